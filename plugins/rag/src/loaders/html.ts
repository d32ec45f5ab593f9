import type {MetadataValue} from '../documents/document.ts'
import {CorruptDocumentError} from '../documents/errors.ts'
import type {LoadBudget} from './limits.ts'
import type {ParsedText} from './parsed-text.ts'
import {TextBuilder} from './text-builder.ts'

/** What a reader does not read, or not as this page's text. */
const DROPPED = new Set(
  'script style template noscript svg math iframe object embed canvas audio video nav select button dialog'.split(' '),
)
/** Boilerplate where they stand outside the main content; a part of an article where they stand in one. */
const PAGE_FURNITURE = new Set(['header', 'footer', 'aside'])
const DROPPED_ROLES = new Set(['navigation', 'banner', 'contentinfo', 'search', 'menu', 'menubar', 'dialog'])
/** Elements that begin and end a paragraph. */
const BLOCK_ELEMENTS = new Set(
  (
    'address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form ' +
    'header hgroup hr html legend main p section summary'
  ).split(' '),
)
const VOID_ELEMENTS = new Set('area base br col embed hr img input link meta source track wbr'.split(' '))
const CONTENT_METADATA = new Map([
  ['description', 'description'],
  ['author', 'author'],
  ['keywords', 'keywords'],
  ['article:published_time', 'published'],
])

/** htmlparser2 searches its stack for every end tag: a bound on its depth keeps that linear. */
const DEEPEST_NESTING = 1000
/** The parser gets the page in parts, so that time and cancelling are looked at between them. */
const PART = 65_536
/** The marked main content stands for the page if it has at least this share of its text. */
const LEAST_MAIN_SHARE = 0.2

type Content = {
  readonly kind: 'heading' | 'paragraph' | 'list' | 'code' | 'table'
  readonly text: string
  readonly level?: number
  readonly inMain: boolean
}

/**
 * HTML as readable text: headings, paragraphs, lists (`- item`), tables (`| a | b |`) and preformatted code, with
 * entities decoded. Scripts, styles, navigation, hidden elements and, outside the article, headers, footers and
 * asides are left out; if the page marks its main content, that alone is taken.
 *
 * @throws CorruptDocumentError for nesting no page needs, and what the budget throws.
 */
export async function parseHtml(html: string, budget: LoadBudget): Promise<ParsedText> {
  const {Parser} = await import('htmlparser2')
  const reader = new HtmlReader(budget.source)
  const parser = new Parser(reader, {decodeEntities: true, lowerCaseTags: true, lowerCaseAttributeNames: true})
  for (let start = 0; start < html.length; start += PART) {
    budget.check()
    parser.write(html.slice(start, start + PART))
  }
  parser.end()
  return reader.result(budget)
}

interface OpenElement {
  readonly name: string
  readonly dropped: boolean
}

interface OpenList {
  readonly ordered: boolean
  next: number
}

interface OpenTable {
  readonly rows: {readonly cells: string[]; readonly isHeader: boolean}[]
  caption: string
  /** Preformatted text in it: listings with line numbers are tables of one row. */
  code: string
}

/** Receives the parser's events and collects what is to be read. */
class HtmlReader {
  readonly #source: string
  readonly #content: Content[] = []
  readonly #open: OpenElement[] = []
  readonly #metadata = new Map<string, MetadataValue>()
  #title = ''
  #inTitle = false
  #dropped = 0
  #mainDepth = 0
  /** Text of the paragraph, heading, list line or cell that is being read; `\n` only where a line was broken on purpose. */
  #buffer = ''
  #endsWithBreak = true
  #heading = 0
  #preformatted = 0
  readonly #lists: OpenList[] = []
  #listLines: string[] = []
  #table: OpenTable | undefined

  constructor(source: string) {
    this.#source = source
  }

  onopentag(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'html' && attributes.lang) this.#metadata.set('language', attributes.lang)
    if (name === 'meta') this.#readMeta(attributes)
    if (name === 'title' && this.#dropped === 0 && this.#title === '') this.#inTitle = true
    if (!VOID_ELEMENTS.has(name)) this.#enter(name, attributes)
    if (this.#dropped === 0) this.#begin(name)
  }

  onclosetag(name: string): void {
    if (name === 'title') this.#inTitle = false
    if (VOID_ELEMENTS.has(name)) return
    if (this.#dropped === 0) this.#finish(name)
    if (this.#open.pop()?.dropped) this.#dropped--
    if (isMain(name)) this.#mainDepth--
  }

  ontext(text: string): void {
    if (this.#inTitle) this.#title += text
    else if (this.#dropped === 0) this.#append(this.#preformatted > 0 ? text : text.replace(/\s+/g, ' '))
  }

  result(budget: LoadBudget): ParsedText {
    this.#endParagraph()
    const builder = new TextBuilder(budget)
    for (const {kind, text, level} of mainContent(this.#content)) builder.add(kind, text, level)
    const title = collapse(this.#title.replace(/\s+/g, ' ')) || this.#content.find(({kind}) => kind === 'heading')?.text
    return {
      ...builder.build(),
      metadata: Object.fromEntries(this.#metadata),
      ...(title ? {title: title.toWellFormed()} : {}),
    }
  }

  #readMeta(attributes: Readonly<Record<string, string>>): void {
    const name = CONTENT_METADATA.get((attributes.name ?? attributes.property ?? '').toLowerCase())
    const content = attributes.content?.trim()
    if (name !== undefined && content) this.#metadata.set(name, content.slice(0, 1000).toWellFormed())
  }

  #enter(name: string, attributes: Readonly<Record<string, string>>): void {
    if (this.#open.length >= DEEPEST_NESTING) {
      throw new CorruptDocumentError(this.#source, `its elements are nested more than ${DEEPEST_NESTING} deep`)
    }
    const dropped = this.#isDropped(name, attributes)
    if (dropped && this.#dropped === 0 && (name === 'nav' || PAGE_FURNITURE.has(name))) this.#endParagraph()
    if (isMain(name)) {
      this.#endParagraph()
      this.#mainDepth++
    }
    this.#open.push({name, dropped})
    if (dropped) this.#dropped++
  }

  #isDropped(name: string, attributes: Readonly<Record<string, string>>): boolean {
    if (DROPPED.has(name)) return true
    if (PAGE_FURNITURE.has(name) && this.#mainDepth === 0) return true
    if (DROPPED_ROLES.has(attributes.role ?? '')) return true
    if ('hidden' in attributes && name !== 'html' && name !== 'body') return true
    return attributes['aria-hidden'] === 'true' || /display\s*:\s*none/i.test(attributes.style ?? '')
  }

  #begin(name: string): void {
    const level = headingLevel(name)
    if (level > 0) {
      this.#dissolveTable()
      this.#endParagraph()
      this.#heading = level
    } else if (name === 'pre') {
      if (this.#lists.length > 0) this.#endListLine()
      else this.#endParagraph()
      this.#preformatted++
    } else if (name === 'br') {
      this.#append('\n')
    } else if (isList(name)) {
      if (this.#lists.length > 0) this.#endListLine()
      else this.#endParagraph()
      this.#lists.push({ordered: name === 'ol', next: 1})
    } else if (name === 'li') {
      this.#beginItem()
    } else if (name === 'table') {
      this.#dissolveTable()
      this.#endParagraph()
      this.#table = {rows: [], caption: '', code: ''}
    } else if (name === 'tr') {
      this.#table?.rows.push({cells: [], isHeader: false})
    } else if (name === 'td' || name === 'th') {
      this.#beginCell(name)
    } else if (BLOCK_ELEMENTS.has(name)) {
      this.#endParagraph()
    }
  }

  #finish(name: string): void {
    if (headingLevel(name) > 0) {
      this.#endParagraph()
      this.#heading = 0
    } else if (name === 'pre') {
      this.#endPreformatted()
    } else if (isList(name)) {
      this.#endListLine()
      this.#lists.pop()
      if (this.#lists.length === 0) this.#endList()
    } else if (name === 'li') {
      this.#endListLine()
    } else if (name === 'td' || name === 'th') {
      if (this.#table === undefined) this.#endParagraph()
      else this.#table.rows.at(-1)?.cells.push(this.#take())
    } else if (name === 'caption' && this.#table !== undefined) {
      this.#table.caption = this.#take()
    } else if (name === 'table') {
      this.#endTable()
    } else if (BLOCK_ELEMENTS.has(name)) {
      this.#endParagraph()
    }
  }

  #append(text: string): void {
    if (text === '') return
    this.#buffer += text
    this.#endsWithBreak = text.endsWith('\n')
  }

  /** The text read since it was last taken, with white space collapsed; line breaks stay. */
  #take(): string {
    const text = this.#preformatted > 0 ? this.#buffer : collapse(this.#buffer)
    this.#buffer = ''
    this.#endsWithBreak = true
    return text
  }

  #push(kind: Content['kind'], text: string, level?: number): void {
    if (text.trim() === '') return
    this.#content.push({kind, text, inMain: this.#mainDepth > 0, ...(level === undefined ? {} : {level})})
  }

  /** Ends the paragraph or heading that is being read. In a list or a cell, a paragraph is only a line. */
  #endParagraph(): void {
    if (this.#table !== undefined || this.#lists.length > 0) {
      if (!this.#endsWithBreak) this.#append('\n')
    } else if (this.#heading > 0) {
      this.#push('heading', this.#take().replaceAll('\n', ' '), this.#heading)
    } else {
      this.#push(this.#preformatted > 0 ? 'code' : 'paragraph', this.#take())
    }
  }

  #endPreformatted(): void {
    const code = this.#preformatted > 0 ? this.#take().replace(/\r\n?/g, '\n') : ''
    this.#preformatted = Math.max(0, this.#preformatted - 1)
    if (this.#table !== undefined) {
      this.#table.code = code
      this.#append(code)
    } else if (this.#lists.length > 0) {
      const indentation = '  '.repeat(Math.min(this.#lists.length, DEEPEST_INDENTATION))
      this.#listLines.push(code.replace(/^\n+|\s+$/g, '').replace(/^/gm, indentation))
    } else {
      this.#push('code', code)
    }
  }

  #beginItem(): void {
    this.#endListLine()
    const list = this.#lists.at(-1)
    if (list === undefined) {
      this.#endParagraph()
      return
    }
    const indentation = '  '.repeat(Math.min(this.#lists.length - 1, DEEPEST_INDENTATION))
    this.#listLines.push(list.ordered ? `${indentation}${list.next++}. ` : `${indentation}- `)
  }

  /** What was read since the item or the nested list began goes to the item's line, or below it. */
  #endListLine(): void {
    if (this.#lists.length === 0) return
    const text = this.#take()
    if (text === '') return
    const indentation = '  '.repeat(Math.min(this.#lists.length, DEEPEST_INDENTATION))
    const content = text.replaceAll('\n', `\n${indentation}`)
    const marker = this.#listLines.at(-1)
    if (marker !== undefined && EMPTY_ITEM.test(marker)) this.#listLines[this.#listLines.length - 1] = marker + content
    else this.#listLines.push(indentation + content)
  }

  #endList(): void {
    const text = this.#listLines.filter(line => !EMPTY_ITEM.test(line)).join('\n')
    this.#listLines = []
    if (this.#table !== undefined) this.#append(`${text}\n`)
    else this.#push('list', text)
  }

  #beginCell(name: string): void {
    if (this.#table === undefined) {
      this.#endParagraph()
      return
    }
    const row = this.#table.rows.at(-1)
    const startsHeader = name === 'th' && (row === undefined || row.cells.length === 0)
    if (row === undefined) this.#table.rows.push({cells: [], isHeader: startsHeader})
    else if (startsHeader) this.#table.rows[this.#table.rows.length - 1] = {cells: [], isHeader: true}
    // White space between cells is no content.
    this.#take()
  }

  /** A table that holds headings or tables lays out the page: what it holds is read as if it were none. */
  #dissolveTable(): void {
    const table = this.#table
    if (table === undefined) return
    const last = this.#take()
    this.#table = undefined
    for (const row of table.rows) for (const cell of row.cells) this.#push('paragraph', cell)
    this.#push('paragraph', last)
  }

  #endTable(): void {
    const table = this.#table
    if (table === undefined) {
      this.#endParagraph()
      return
    }
    this.#table = undefined
    const trailing = this.#take()
    const rows = table.rows.filter(row => row.cells.some(cell => cell !== ''))
    const columns = rows.reduce((most, row) => Math.max(most, row.cells.length), 0)
    if (this.#lists.length > 0) {
      const lines = rows.map(row => row.cells.filter(cell => cell !== '').join(' | '))
      this.#append(`${[table.caption, ...lines, trailing].filter(line => line !== '').join('\n')}\n`)
      return
    }
    this.#push('paragraph', table.caption)
    if (rows.length === 1 && table.code !== '') this.#push('code', table.code)
    else if (columns < 2) for (const row of rows) this.#push('paragraph', row.cells.join('\n'))
    else this.#push('table', renderTable(rows, columns))
    this.#push('paragraph', trailing)
  }
}

const DEEPEST_INDENTATION = 10
/** The line of a list item of which nothing but the marker was read. */
const EMPTY_ITEM = /^ *(?:-|\d+\.) $/

function isMain(name: string): boolean {
  return name === 'main' || name === 'article'
}

function isList(name: string): boolean {
  return name === 'ul' || name === 'ol' || name === 'menu'
}

function headingLevel(name: string): number {
  return name.length === 2 && name[0] === 'h' && name[1]! >= '1' && name[1]! <= '6' ? Number(name[1]) : 0
}

function collapse(text: string): string {
  return text
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{2,}/g, '\n')
    .trim()
}

function renderTable(rows: OpenTable['rows'], columns: number): string {
  const lines = rows.map(row => {
    const cells = Array.from({length: columns}, (_, column) => cellText(row.cells[column] ?? ''))
    return `| ${cells.join(' | ')} |`
  })
  if (rows[0]!.isHeader) lines.splice(1, 0, `|${' --- |'.repeat(columns)}`)
  return lines.join('\n')
}

function cellText(cell: string): string {
  return cell.replaceAll('\n', ' ').replaceAll('|', '\\|')
}

/** The content within `main` or `article`, if it is marked and not just a teaser; else everything. */
function mainContent(content: readonly Content[]): readonly Content[] {
  const main = content.filter(({inMain}) => inMain)
  const length = (parts: readonly Content[]): number => parts.reduce((sum, {text}) => sum + text.length, 0)
  return length(main) > length(content) * LEAST_MAIN_SHARE ? main : content
}

const META_CHARSET = /<meta[^>]+charset\s*=\s*["']?\s*([a-z0-9_:-]+)/i

/** The encoding that the page declares in its first kilobytes (HTML Living Standard, "prescan a byte stream"). */
export function declaredCharset(bytes: Uint8Array): string | undefined {
  return META_CHARSET.exec(new TextDecoder('latin1').decode(bytes.subarray(0, 4096)))?.[1]
}
