import type {Language, TextDocument} from '../documents/document.ts'
import {registerDocument, type RegisterName, registerRows} from '../documents/register-template.ts'
import {csvLine} from '../table/table-source.ts'

export type PublishedForm = 'json' | 'csv' | 'pdf' | 'text'

/** A document in the form in which it is handed over. */
export interface PublishedDocument {
  readonly name: string
  readonly mediaType: string
  readonly bytes: Buffer
}

/** A register as JSON, CSV, PDF or plain text. The same register gives the same bytes. */
export async function publishRegister(
  name: RegisterName,
  content: Readonly<Record<string, unknown>>,
  {form, language}: {readonly form: PublishedForm; readonly language: Language},
): Promise<PublishedDocument> {
  if (form === 'json') {
    return {
      name: `${name}.json`,
      mediaType: 'application/json',
      bytes: Buffer.from(`${JSON.stringify(content, null, 2)}\n`),
    }
  }
  if (form === 'csv') {
    const rows = registerRows(name, content, language).map(row => csvLine(row.map(inert), ','))
    return {name: `${name}.csv`, mediaType: 'text/csv; charset=utf-8', bytes: Buffer.from(`${rows.join('\r\n')}\r\n`)}
  }
  return publishDocument(name, registerDocument(name, content, language), form)
}

export async function publishDocument(
  name: string,
  document: TextDocument,
  form: 'pdf' | 'text',
): Promise<PublishedDocument> {
  if (form === 'pdf') {
    const {pdfOf} = await import('../documents/pdf.ts')
    return {name: `${name}.pdf`, mediaType: 'application/pdf', bytes: await pdfOf(document)}
  }
  const {textOf} = await import('../documents/document.ts')
  return {name: `${name}.txt`, mediaType: 'text/plain; charset=utf-8', bytes: Buffer.from(textOf(document))}
}

/** A cell that a spreadsheet would run as a formula gets an apostrophe before it (OWASP, CSV injection). */
function inert(cell: string): string {
  return /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
}
