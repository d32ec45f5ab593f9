import {CancelledError, OmniError} from '@omni-ops/core/operation'
import {UnreadableFileError} from './file-kind.ts'
import type {PlacedText, Unread} from './placed-text.ts'

/** What pdf.js gives for a run of glyphs; marked content has no text. */
interface TextItem {
  readonly str?: string
  readonly hasEOL?: boolean
}

/** What pdf.js gives for a note, a link or a field of a form. */
interface Annotation {
  readonly fieldName?: string
  readonly fieldValue?: unknown
  readonly url?: string
  readonly titleObj?: {readonly str?: string}
  readonly contentsObj?: {readonly str?: string}
}

/**
 * The text of a PDF: of each page, then of its notes, links and form fields, and what the file says of its author. What is only a
 * picture has no text, and is told.
 *
 * @throws UnreadableFileError, CancelledError
 */
export async function* pdfTexts(
  bytes: Uint8Array,
  {name, signal, unread}: {readonly name: string; readonly signal: AbortSignal; readonly unread: Unread},
): AsyncIterable<PlacedText> {
  const {getResolvedPDFJS} = await import('unpdf')
  const {getDocument} = await getResolvedPDFJS()
  const loading = getDocument({
    data: bytes,
    verbosity: 0,
    disableFontFace: true,
    useSystemFonts: true,
    isEvalSupported: false,
    stopAtErrors: false,
  } as Parameters<typeof getDocument>[0])
  try {
    const document = await loading.promise
    const info = (await document.getMetadata()).info as Readonly<Record<string, unknown>>
    for (const field of ['Author', 'Title', 'Subject', 'Keywords']) {
      const text = info[field]
      if (typeof text === 'string' && text !== '') yield {text, field, place: {page: 0}}
    }
    const pictures: number[] = []
    for (let number = 1; number <= document.numPages; number++) {
      if (signal.aborted) throw new CancelledError()
      const page = await document.getPage(number)
      const text = pageText((await page.getTextContent()).items as readonly TextItem[])
      const notes = (await page.getAnnotations()) as readonly Annotation[]
      page.cleanup()
      if (text.trim() === '') pictures.push(number)
      else yield {text, field: '', place: {page: number}}
      for (const [field, note] of notes.flatMap(noteTexts)) yield {text: note, field, place: {page: number}}
    }
    if (pictures.length > 0) unread(`no text on ${listed(pictures)}: scans are not read`)
  } catch (error) {
    if (error instanceof OmniError) throw error
    throw new UnreadableFileError(
      error instanceof Error && error.name === 'PasswordException'
        ? `${name} is protected by a password`
        : `${name} is damaged or cut off`,
      {hint: 'open it in a PDF viewer and save a copy without a password', cause: error},
    )
  } finally {
    await loading.destroy()
  }
}

function pageText(items: readonly TextItem[]): string {
  return items.map(({str = '', hasEOL}) => (hasEOL === true ? `${str}\n` : str)).join('')
}

function noteTexts(note: Annotation): [field: string, text: string][] {
  const values = Array.isArray(note.fieldValue) ? note.fieldValue : [note.fieldValue]
  const texts: [string, unknown][] = [
    ...values.map((value): [string, unknown] => [note.fieldName ?? '', value]),
    ['author', note.titleObj?.str],
    ['', note.contentsObj?.str],
    ['', note.url?.replace(/^(?:mailto|tel):/i, '')],
  ]
  return texts.filter((each): each is [string, string] => typeof each[1] === 'string' && each[1].trim() !== '')
}

const mostListed = 10

function listed(pages: readonly number[]): string {
  const shown = pages.slice(0, mostListed).join(', ')
  const more = pages.length > mostListed ? ` and ${pages.length - mostListed} more` : ''
  return `page${pages.length > 1 ? 's' : ''} ${shown}${more}`
}
