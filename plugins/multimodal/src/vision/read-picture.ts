import type {Context} from '@omni-ops/core/operation'
import type {ReadableContent, TextSegment} from '@omni-ops/core/reading'
import {scannedMediaLimits} from '../media/files-to-send.ts'
import {checkedMedia} from '../media/read-media.ts'
import {runningText} from './page-text.ts'
import {configuredLanguages, openRecogniser, recogniseFiles} from './recognise-files.ts'

/** The text of a picture or of scanned pages; a picture is one page, unless it is a TIFF of several. See `TextReader`. */
export async function readPicture(
  {bytes, source, pages}: ReadableContent,
  context: Context,
): Promise<readonly TextSegment[]> {
  const media = checkedMedia(source, bytes, scannedMediaLimits(context))
  const recogniser = await openRecogniser(configuredLanguages(context), context)
  const isWanted = (page: number) => pages?.includes(page) ?? true
  const read = await recogniseFiles([media], isWanted, recogniser, {...context, emit: () => {}})
  const [failure] = read.failures
  if (failure) throw failure.error
  return read.pages.map(page => ({text: runningText(page), page: page.page, confidence: page.confidence}))
}
