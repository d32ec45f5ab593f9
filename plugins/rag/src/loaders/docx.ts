import {CorruptDocumentError, DocumentError} from '../documents/errors.ts'
import {parseHtml} from './html.ts'
import {largestUnpackedOffice, type LoadBudget} from './limits.ts'
import type {ParsedText} from './parsed-text.ts'
import {checkArchive} from './zip-archive.ts'

/**
 * Word's DOCX by way of the HTML that mammoth makes of it: headings, paragraphs, lists, tables, footnotes. Pictures
 * are left out. The archive is checked before, so that a small file that unpacks to a huge one is refused.
 *
 * @throws CorruptDocumentError, EncryptedDocumentError, DocumentTooLargeError, and what the budget throws.
 */
export async function parseDocx(bytes: Uint8Array, budget: LoadBudget): Promise<ParsedText> {
  const {source} = budget
  checkArchive(bytes, source, {
    maxUnpackedBytes: largestUnpackedOffice,
    isUnpacked: name => name.endsWith('.xml') || name.endsWith('.rels'),
  })
  budget.check()
  const {default: mammoth} = await import('mammoth')
  let html: string
  try {
    const withoutPictures = mammoth.images.imgElement(async () => ({src: ''}))
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    html = (await mammoth.convertToHtml({buffer}, {convertImage: withoutPictures})).value
  } catch (error) {
    if (error instanceof DocumentError) throw error
    throw new CorruptDocumentError(source, 'is no Word document that can be read', {
      hint: 'open it in Word and save it again',
      cause: error,
    })
  }
  budget.check()
  return parseHtml(`<main>${html}</main>`, budget)
}
