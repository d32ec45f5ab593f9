import {CancelledError, type Context, OmniError} from '@omni-ops/core/operation'
import type {Media} from '../media/read-media.ts'
import {languageData} from './language-data.ts'
import {pageRasters} from './page-rasters.ts'
import {recognisePage, type RecognisedPage} from './recognise-page.ts'
import {TextRecogniser} from './text-recogniser.ts'

export interface PageOfFile extends RecognisedPage {
  readonly source: string
  /** From 1. */
  readonly page: number
}

export interface RecognisedFiles {
  /** In the order of the files. */
  readonly pages: readonly PageOfFile[]
  /** Files of which nothing, or not all, could be read. */
  readonly failures: readonly {readonly source: string; readonly error: OmniError}[]
}

/** For one page in one position, in milliseconds. */
const pageTime = 180_000
/** Languages by which a server keeps threads at once. */
const mostRecognisers = 4

/** The languages that the profile recognises where nobody names others. */
export function configuredLanguages({settings}: Pick<Context, 'settings'>): readonly string[] {
  return String(settings.get('vision.languages')).split(',')
}

/** The threads that recognise text in these languages, shared by all calls. @throws UnknownLanguageError */
export function openRecogniser(languages: readonly string[], context: Context): Promise<TextRecogniser> {
  const directory = context.settings.get('vision.tessdata') as string | undefined
  const threads = Number(context.settings.get('vision.threads'))
  const data = languageData(languages, directory)
  return context.shared(
    `vision.recogniser ${data.directory} ${data.languages.join('+')} ${threads}`,
    async () => new TextRecogniser({data, threads, milliseconds: pageTime}),
    recogniser => recogniser.close(),
    {name: 'vision.recogniser', most: mostRecognisers},
  )
}

/**
 * Reads the pages of files, several at once. What is wrong with a file is told beside the others.
 *
 * @throws CancelledError, RecognitionFailedError, UnknownLanguageError
 */
export async function recogniseFiles(
  files: readonly Media[],
  isWanted: (page: number) => boolean,
  recogniser: TextRecogniser,
  context: Pick<Context, 'signal' | 'emit'>,
): Promise<RecognisedFiles> {
  const {signal} = context
  const failures: {source: string; error: OmniError}[] = []
  const pages: {readonly order: number; readonly page: PageOfFile}[] = []
  const progress = progressOf(files.length, context)
  const rasters = rastersOf(files, isWanted, signal, failures, progress.found)
  const stop = new AbortController()
  const either = AbortSignal.any([signal, stop.signal])
  const readOn = async () => {
    for await (const {order, source, raster} of {[Symbol.asyncIterator]: () => ({next: () => rasters.next()})}) {
      const read = await recognisePage(raster, recogniser, {signal: either})
      pages.push({order, page: {...read, source, page: raster.page}})
      progress.read()
    }
  }
  const readers = Array.from({length: recogniser.threads}, readOn)
  try {
    await Promise.all(readers)
  } catch (error) {
    stop.abort()
    await Promise.allSettled(readers)
    throw signal.aborted ? new CancelledError() : error
  } finally {
    await rasters.return(undefined)
  }
  return {pages: pages.toSorted((a, b) => a.order - b.order).map(({page}) => page), failures}
}

async function* rastersOf(
  files: readonly Media[],
  isWanted: (page: number) => boolean,
  signal: AbortSignal,
  failures: {source: string; error: OmniError}[],
  found: (pages: number) => void,
) {
  let order = 0
  for (const media of files) {
    let isKnown = false
    try {
      for await (const raster of pageRasters(media, isWanted, signal)) {
        if (!isKnown) found(Array.from({length: raster.pages}, (_, index) => index + 1).filter(isWanted).length)
        isKnown = true
        yield {order: order++, source: media.source, raster}
      }
    } catch (error) {
      if (!(error instanceof OmniError) || error instanceof CancelledError) throw error
      failures.push({source: media.source, error})
    }
  }
}

/** How many pages are read of those known of; a file that was not opened yet counts as one. */
function progressOf(files: number, {emit}: Pick<Context, 'emit'>) {
  let done = 0
  let total = files
  const tell = () => emit({type: 'progress', label: 'Reading text', done, total, unit: 'pages'})
  tell()
  return {
    found: (pages: number) => {
      total += pages - 1
    },
    read: () => {
      done++
      tell()
    },
  }
}
