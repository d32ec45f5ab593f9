import {CancelledError} from '@omni-ops/core/operation'
import {UnreadableFileError} from './file-kind.ts'
import type {PlacedText} from './placed-text.ts'

/** Parts that hold what somebody wrote (ECMA-376-1, 11.3), and what the file says of its author (15.2). */
const textParts = /^word\/((?:document|header|footer|footnotes|endnotes|comments)\d*)\.xml$/
const properties = /^docProps\/(?:core|app|custom)\.xml$/
const relationships = /^word\/_rels\/[a-z]+\d*\.xml\.rels$/

/** Bytes of all parts that are read, unpacked. The archive gives sizes itself; the unpacker fills no more than these. */
const largestUnpacked = 256 * 1024 * 1024
export const deepestNesting = 1000

/** The parts of a DOCX that are asked for, by their names. Throws UnreadableFileError. */
export async function docxParts(
  bytes: Uint8Array,
  name: string,
  isAskedFor: (part: string) => boolean,
): Promise<Readonly<Record<string, Uint8Array>>> {
  const {unzipSync} = await import('fflate')
  let unpacked = 0
  let parts: Readonly<Record<string, Uint8Array>>
  try {
    parts = unzipSync(bytes, {
      filter: file => {
        if (!isAskedFor(file.name)) return false
        unpacked += file.originalSize
        if (unpacked <= largestUnpacked) return true
        throw new UnreadableFileError(`${name} unpacks to more than ${largestUnpacked / 1024 / 1024} MB`)
      },
    })
  } catch (error) {
    if (error instanceof UnreadableFileError) throw error
    throw new UnreadableFileError(`${name} is damaged or cut off`, {
      hint: 'open it in Word and save it again',
      cause: error,
    })
  }
  if (parts['word/document.xml'] === undefined) {
    throw new UnreadableFileError(`${name} is no Word document: it has no word/document.xml`)
  }
  return parts
}

/**
 * The paragraphs of a DOCX: the body, headers and footers, notes, comments with their authors, what was deleted while changes are
 * tracked, the targets of links, and the properties. A converter for reading, such as mammoth, leaves most of these out.
 *
 * @throws UnreadableFileError, CancelledError
 */
export async function* docxTexts(
  bytes: Uint8Array,
  {name, signal}: {readonly name: string; readonly signal: AbortSignal},
): AsyncIterable<PlacedText> {
  const {Parser} = await import('htmlparser2')
  const parts = await docxParts(bytes, name, part =>
    [textParts, properties, relationships].some(pattern => pattern.test(part)),
  )
  for (const [path, content] of Object.entries(parts)) {
    if (signal.aborted) throw new CancelledError()
    const part = textParts.exec(path)?.[1] ?? (properties.test(path) ? 'properties' : 'links')
    const paragraphs = new ParagraphCollector(part, name)
    const parser = new Parser(paragraphs, {xmlMode: true, decodeEntities: true})
    parser.end(new TextDecoder().decode(content))
    yield* paragraphs.found
  }
}

/** Gathers the text of one part, paragraph by paragraph; a property is a paragraph with its name as field. */
class ParagraphCollector {
  readonly found: PlacedText[] = []
  readonly #part: string
  readonly #file: string
  #paragraph = 0
  #depth = 0
  #text = ''
  #reading = false
  #property = ''

  constructor(part: string, file: string) {
    this.#part = part
    this.#file = file
  }

  onopentag(name: string, attributes: Readonly<Record<string, string>>): void {
    if (++this.#depth > deepestNesting) {
      throw new UnreadableFileError(`${this.#file} is nested more than ${deepestNesting} deep`)
    }
    const author = attributes['w:author']
    if (author !== undefined && author !== '') this.#add(author, 'author')
    if (name === 'w:t' || name === 'w:delText' || name === 'w:instrText') this.#reading = true
    else if (name === 'w:tab') this.#text += '\t'
    else if (name === 'w:br' || name === 'w:cr') this.#text += '\n'
    else if (name === 'w:noBreakHyphen') this.#text += '-'
    else if (name === 'Relationship' && attributes['TargetMode'] === 'External') {
      this.#add((attributes['Target'] ?? '').replace(/^(?:mailto|tel):/i, ''), '')
    } else if (this.#part === 'properties') {
      this.#property = attributes['name'] ?? (name.startsWith('vt:') ? this.#property : name.replace(/^.*:/, ''))
      this.#text = ''
      this.#reading = true
    }
  }

  ontext(text: string): void {
    if (this.#reading) this.#text += text
  }

  onclosetag(name: string): void {
    this.#depth--
    if (this.#part === 'properties') {
      this.#add(this.#text, this.#property)
      this.#text = ''
      return
    }
    if (name === 'w:t' || name === 'w:delText' || name === 'w:instrText') this.#reading = false
    if (name !== 'w:p') return
    this.#paragraph++
    this.#add(this.#text, '')
    this.#text = ''
  }

  #add(text: string, field: string): void {
    if (text.trim() === '') return
    const paragraph = this.#part === 'properties' || this.#part === 'links' ? {} : {paragraph: this.#paragraph}
    this.found.push({text, field, place: {part: this.#part, ...paragraph}})
  }
}
