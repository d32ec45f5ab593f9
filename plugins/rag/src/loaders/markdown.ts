import type {Block, MetadataValue} from '../documents/document.ts'
import {headingText} from '../documents/heading-text.ts'
import {metadataOf} from './front-matter.ts'
import type {ParsedText} from './parsed-text.ts'
import {cellSeparators, isBlankLine, startsListItem, type TextLine, textLines} from './text-lines.ts'

/** The front matter ends within this many lines, or there is none. */
const LONGEST_FRONT_MATTER = 400
/** An underlined heading is at most this long; what is longer is a paragraph above a thematic break. */
const LONGEST_HEADING = 200

const ATX_HEADING = /^(#{1,6})(?:[ \t]|$)/
const HTML_HEADING = /^<h([1-6])\b[^<>]*>.*<\/h\1>$/i
const FENCE = /^(`{3,}|~{3,})/
const THEMATIC_BREAK = /^(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/
const SETEXT_UNDERLINE = /^(?:=+|-+)$/
const DELIMITER_ROW = /^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?$/

/**
 * Markdown, by the block structure of CommonMark 0.31 with GitHub's tables and YAML front matter. The text stays as
 * it is; the blocks are ranges of it. Containers are not opened: a quotation is a paragraph, a list is one block with
 * whatever its items hold. Unlike CommonMark, a paragraph of several lines above `---` is no heading.
 */
export async function parseMarkdown(text: string): Promise<ParsedText> {
  const lines = textLines(text)
  const frontMatterEnd = findFrontMatterEnd(lines)
  const blocks: Block[] = []
  let metadata: Readonly<Record<string, MetadataValue>> = {}
  if (frontMatterEnd > 0) {
    const last = lines[frontMatterEnd - 1]!
    metadata = await metadataOf(text.slice(lines[1]!.start, last.start))
    blocks.push({kind: 'code', start: lines[0]!.contentStart, end: last.contentEnd})
  }
  new MarkdownScanner(lines, frontMatterEnd, blocks).scan()
  const title = titleOf(text, blocks, metadata)
  return {text, blocks, metadata, ...(title === undefined ? {} : {title})}
}

/** The number of lines of the front matter, its fences included; 0 if there is none. */
function findFrontMatterEnd(lines: readonly TextLine[]): number {
  if (lines[0]?.head !== '---' || lines[0].indentation > 0) return 0
  const limit = Math.min(lines.length, LONGEST_FRONT_MATTER)
  for (let index = 1; index < limit; index++) {
    const {head, indentation} = lines[index]!
    if (indentation === 0 && (head === '---' || head === '...')) return index + 1
  }
  return 0
}

class MarkdownScanner {
  readonly #lines: readonly TextLine[]
  readonly #blocks: Block[]
  #index: number
  /** The first line of the paragraph that is being read, or -1. */
  #paragraph = -1

  constructor(lines: readonly TextLine[], first: number, blocks: Block[]) {
    this.#lines = lines
    this.#index = first
    this.#blocks = blocks
  }

  scan(): void {
    while (this.#index < this.#lines.length) this.#line(this.#lines[this.#index]!)
    this.#closeParagraph()
  }

  #line(line: TextLine): void {
    if (isBlankLine(line)) {
      this.#closeParagraph()
      this.#index++
      return
    }
    const isOpen = this.#paragraph !== -1
    if (line.indentation >= 4 && !isOpen) {
      this.#take('code', this.#indentedCodeEnd())
      return
    }
    if (line.indentation < 4 && this.#structure(line, isOpen)) return
    if (!isOpen) this.#paragraph = this.#index
    this.#index++
  }

  /** Takes the block that begins at this line, if one other than a paragraph does. */
  #structure(line: TextLine, isOpen: boolean): boolean {
    const {head} = line
    const level = headingLevel(line)
    if (level > 0) {
      this.#take('heading', this.#index + 1, level)
    } else if (FENCE.test(head)) {
      this.#take('code', this.#fenceEnd(this.#index))
    } else if (this.#isUnderline(line)) {
      this.#underline(head.startsWith('=') ? 1 : 2)
    } else if (line.isShort && THEMATIC_BREAK.test(head)) {
      this.#take('paragraph', this.#index + 1)
    } else if (this.#startsTable(line)) {
      this.#take('table', this.#tableEnd())
    } else if (startsListItem(line) && (!isOpen || interruptsParagraph(line))) {
      this.#take('list', this.#listEnd())
    } else {
      return false
    }
    return true
  }

  /** Ends the open paragraph, and makes a block of the lines from here to before `end`. */
  #take(kind: Block['kind'], end: number, level?: number): void {
    this.#closeParagraph()
    this.#push(kind, this.#index, end, level)
    this.#index = end
  }

  #push(kind: Block['kind'], from: number, to: number, level?: number): void {
    let last = to - 1
    while (last > from && isBlankLine(this.#lines[last]!)) last--
    const start = this.#lines[from]!.contentStart
    const end = this.#lines[last]!.contentEnd
    this.#blocks.push(level === undefined ? {kind, start, end} : {kind, start, end, level})
  }

  #closeParagraph(): void {
    const from = this.#paragraph
    if (from === -1) return
    this.#paragraph = -1
    this.#push(this.#isLooseTable(from, this.#index) ? 'table' : 'paragraph', from, this.#index)
  }

  /** Lines with cells but without Markdown's delimiter row: at least two, all of as many cells. */
  #isLooseTable(from: number, to: number): boolean {
    const separators = cellSeparators(this.#lines[from]!)
    if (separators === 0 || to - from < 2) return false
    for (let index = from + 1; index < to; index++) {
      if (cellSeparators(this.#lines[index]!) !== separators) return false
    }
    return true
  }

  #isUnderline(line: TextLine): boolean {
    if (this.#paragraph === -1 || this.#paragraph !== this.#index - 1) return false
    const above = this.#lines[this.#paragraph]!
    return line.isShort && above.contentEnd - above.contentStart <= LONGEST_HEADING && SETEXT_UNDERLINE.test(line.head)
  }

  #underline(level: number): void {
    const from = this.#paragraph
    this.#paragraph = -1
    this.#index++
    this.#push('heading', from, this.#index, level)
  }

  #startsTable(line: TextLine): boolean {
    const separators = cellSeparators(line)
    const next = this.#lines[this.#index + 1]
    if (separators === 0 || next === undefined || !next.isShort) return false
    return next.head.includes('-') && cellSeparators(next) > 0 && DELIMITER_ROW.test(next.head)
  }

  #tableEnd(): number {
    let end = this.#index + 2
    while (end < this.#lines.length && this.#lines[end]!.head.includes('|')) end++
    return end
  }

  #indentedCodeEnd(): number {
    let end = this.#index + 1
    while (end < this.#lines.length && (isBlankLine(this.#lines[end]!) || this.#lines[end]!.indentation >= 4)) end++
    return end
  }

  /** The line after the fence which closes the one at `from`; the end of the document closes it too. */
  #fenceEnd(from: number): number {
    const fence = FENCE.exec(this.#lines[from]!.head)![1]!
    for (let index = from + 1; index < this.#lines.length; index++) {
      const {head, isShort} = this.#lines[index]!
      if (isShort && head.startsWith(fence) && head.replaceAll(fence[0]!, '') === '') return index + 1
    }
    return this.#lines.length
  }

  /** A list goes on over blank lines as long as what follows is an item, or indented and so part of one. */
  #listEnd(): number {
    const outer = this.#lines[this.#index]!.indentation
    let index = this.#index + 1
    let afterBlank = false
    while (index < this.#lines.length) {
      const line = this.#lines[index]!
      if (isBlankLine(line)) {
        afterBlank = true
        index++
        continue
      }
      const isInside = line.indentation > outer + 1
      const isItem = startsListItem(line) && !THEMATIC_BREAK.test(line.head)
      if (!isInside && !isItem && (afterBlank || this.#endsList(line))) break
      index = isInside && FENCE.test(line.head) ? this.#fenceEnd(index) : index + 1
      afterBlank = false
    }
    return index
  }

  #endsList(line: TextLine): boolean {
    return headingLevel(line) > 0 || FENCE.test(line.head) || (line.isShort && THEMATIC_BREAK.test(line.head))
  }
}

/** The level of a heading that is one by this line alone, or 0. */
function headingLevel({head, indentation, isShort}: TextLine): number {
  if (indentation > 3) return 0
  const marks = ATX_HEADING.exec(head)
  if (marks !== null) return marks[1]!.length
  const element = isShort && head.startsWith('<') ? HTML_HEADING.exec(head) : null
  return element === null ? 0 : Number(element[1])
}

/** A list may follow a paragraph without a blank line only if its number is 1 and it is not empty (CommonMark 5.3). */
function interruptsParagraph({head}: TextLine): boolean {
  return /^(?:[-*+•‣◦]|1[.)])[ \t]+\S/.test(head)
}

function titleOf(
  text: string,
  blocks: readonly Block[],
  metadata: Readonly<Record<string, MetadataValue>>,
): string | undefined {
  if (typeof metadata.title === 'string') return metadata.title
  const heading = blocks.find(block => block.kind === 'heading' && block.level === 1)
  if (heading === undefined) return undefined
  const title = headingText(text.slice(heading.start, Math.min(heading.end, heading.start + LONGEST_HEADING * 2)))
  return title === '' ? undefined : title
}
