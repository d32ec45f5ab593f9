import {Parser} from 'htmlparser2'
import {deepestNesting} from './docx-texts.ts'
import {UnreadableFileError} from './file-kind.ts'

/** A stretch of a part that may be replaced; offsets are UTF-16 into the part, the end exclusive. */
interface Stretch {
  readonly start: number
  readonly end: number
}

/** One run's text in a paragraph; without a place where it stands for an element, as a tab does. */
export interface Run {
  readonly text: string
  readonly content?: Stretch
  /** Where `xml:space="preserve"` goes if the text needs it (ECMA-376-1, 17.3.3.31). */
  readonly space?: number
  /** A tracked change: what was put in, or taken out. */
  readonly change: 'inserted' | 'deleted' | 'none'
  /** The code of a field, such as HYPERLINK "mailto:…", and not what is seen. */
  readonly isCode: boolean
}

/** The text of an element that has no elements inside. */
export interface Leaf {
  readonly text: string
  readonly content: Stretch
  /** The element's name without its prefix. */
  readonly element: string
  /** The same, or the `name` of the property that it is the value of. */
  readonly field: string
}

/** A tag with attributes that somebody's words may stand in. */
export interface Tag {
  readonly place: Stretch
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly closesItself: boolean
}

export interface OfficePart {
  readonly paragraphs: readonly (readonly Run[])[]
  readonly leaves: readonly Leaf[]
  readonly tags: readonly Tag[]
}

const runElements = new Set(['t', 'delText', 'instrText', 'delInstrText'])
const virtual: Readonly<Record<string, string>> = {tab: '\t', br: '\n', cr: '\n', noBreakHyphen: '-'}

/** A name without the prefix of its namespace, which every document may choose. */
export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

/**
 * Where words stand in a part of an Office document: paragraphs with their runs (ECMA-376-1, 17.3 and 21.1.2), leaves, and tags. The
 * places are those of the parser, so that what is not replaced stays byte for byte.
 *
 * @param name How messages call the document.
 * @throws UnreadableFileError
 */
export function officePart(xml: string, name: string): OfficePart {
  const paragraphs: Run[][] = []
  const leaves: Leaf[] = []
  const tags: Tag[] = []
  const open: {contentStart: number; text: string; isLeaf: boolean; keepsSpace: boolean; field: string}[] = []
  const nested: Run[][] = []
  let inserted = 0
  let deleted = 0
  const change = () => (deleted > 0 ? 'deleted' : inserted > 0 ? 'inserted' : 'none')
  const parser: Parser = new Parser(
    {
      onopentag(tag, attributes) {
        if (open.length >= deepestNesting) {
          throw new UnreadableFileError(`${name} is nested more than ${deepestNesting} deep`)
        }
        const around = open.at(-1)
        if (around) around.isLeaf = false
        const local = localName(tag)
        // After a processing instruction the parser's place is that of its end.
        const start = xml.indexOf('<', parser.startIndex)
        const end = parser.endIndex + 1
        const place = {start, end}
        if (Object.keys(attributes).length > 0) {
          tags.push({place, name: tag, attributes, closesItself: xml.charAt(end - 2) === '/'})
        }
        if (local === 'p') nested.push([])
        else if (local === 'ins' || local === 'moveTo') inserted++
        else if (local === 'del' || local === 'moveFrom') deleted++
        const stands = virtual[local]
        if (stands !== undefined) nested.at(-1)?.push({text: stands, change: change(), isCode: false})
        const field = attributes['name'] ?? (tag.startsWith('vt:') && around ? around.field : local)
        // Text in drawings keeps its space and takes no such attribute.
        const keepsSpace = !tag.startsWith('w:') || attributes['xml:space'] !== undefined
        open.push({contentStart: end, text: '', isLeaf: true, keepsSpace, field})
      },
      ontext(text) {
        const element = open.at(-1)
        if (element) element.text += text
      },
      onclosetag(tag) {
        const element = open.pop()
        if (element === undefined) return
        const local = localName(tag)
        if (local === 'p') {
          const runs = nested.pop()
          if (runs && runs.some(run => run.content)) paragraphs.push(runs)
        } else if (local === 'ins' || local === 'moveTo') inserted--
        else if (local === 'del' || local === 'moveFrom') deleted--
        if (!element.isLeaf || element.text === '') return
        const content = {start: element.contentStart, end: parser.startIndex}
        const runs = nested.at(-1)
        if (runs && runElements.has(local)) {
          const isCode = local.endsWith('nstrText')
          const isDeleted = local.startsWith('del')
          const run: Run = {text: element.text, content, change: isDeleted ? 'deleted' : change(), isCode}
          runs.push(element.keepsSpace ? run : {...run, space: content.start - 1})
        } else leaves.push({text: element.text, content, element: local, field: element.field})
      },
    },
    {xmlMode: true, decodeEntities: true},
  )
  parser.end(xml)
  return {paragraphs, leaves, tags}
}

/** As XML writes it, in content and between double quotes. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
