import type {Block} from '../documents/document.ts'
import {headingText} from '../documents/heading-text.ts'
import type {ParsedText} from './parsed-text.ts'
import {cellSeparators, isBlankLine, startsListItem, type TextLine, textLines} from './text-lines.ts'

const LONGEST_HEADING = 120
/** Marks under (or over) a heading in reStructuredText and in plain text files. */
const UNDERLINE = /^([=\-~^"'`#*+.:_])\1{2,}$/
/** AsciiDoc `== Heading` and MediaWiki `== Heading ==`. */
const EQUALS_HEADING = /^((?:= ?){1,6})[^=\s].*$/

/**
 * Text without a markup of its own: paragraphs at blank lines, lists, tables drawn with `|`, and the headings people
 * write in plain text: underlined ones (levels in the order in which the marks appear, as in reStructuredText) and
 * those of AsciiDoc and MediaWiki. The text stays as it is.
 */
export function parsePlainText(text: string): ParsedText {
  const lines = textLines(text)
  const blocks: Block[] = []
  const underlineMarks: string[] = []
  let from = 0
  while (from < lines.length) {
    if (isBlankLine(lines[from]!)) {
      from++
      continue
    }
    const heading = headingAt(lines, from, underlineMarks)
    const to = heading?.to ?? groupEnd(lines, from)
    const kind = heading === undefined ? kindOf(lines, from, to) : 'heading'
    const start = lines[from]!.contentStart
    const end = lines[to - 1]!.contentEnd
    blocks.push(heading === undefined ? {kind, start, end} : {kind, start, end, level: heading.level})
    from = to
  }
  const title = blocks[0]?.kind === 'heading' ? headingText(text.slice(blocks[0].start, blocks[0].end)) : ''
  return {text, blocks, ...(title === '' ? {} : {title})}
}

function headingAt(
  lines: readonly TextLine[],
  from: number,
  underlineMarks: string[],
): {to: number; level: number} | undefined {
  const line = lines[from]!
  if (!line.isShort || line.head.length > LONGEST_HEADING) return undefined
  const equals = EQUALS_HEADING.exec(line.head)
  if (equals !== null) return {to: from + 1, level: equals[1]!.replaceAll(' ', '').length}
  const over = UNDERLINE.test(line.head) ? line.head : undefined
  const title = over === undefined ? line : lines[from + 1]
  const under = lines[over === undefined ? from + 1 : from + 2]
  if (title === undefined || under === undefined || isBlankLine(title) || UNDERLINE.test(title.head)) return undefined
  if (!UNDERLINE.test(under.head) || (over !== undefined && over[0] !== under.head[0])) return undefined
  // A rule under a paragraph or a table is longer or shorter than its last line; one under a heading is drawn to fit.
  if (Math.abs(under.head.length - title.head.length) > Math.max(4, title.head.length / 4)) return undefined
  const mark = under.head[0]! + (over === undefined ? '' : over[0]!)
  if (!underlineMarks.includes(mark)) underlineMarks.push(mark)
  return {to: from + (over === undefined ? 2 : 3), level: Math.min(underlineMarks.indexOf(mark) + 1, 6)}
}

/** Lines to the next blank line, or to where a list or a heading begins. */
function groupEnd(lines: readonly TextLine[], from: number): number {
  const isList = startsListItem(lines[from]!)
  let to = from + 1
  while (to < lines.length && !isBlankLine(lines[to]!)) {
    const line = lines[to]!
    if (!isList && startsListItem(line)) break
    if (line.isShort && EQUALS_HEADING.test(line.head)) break
    to++
  }
  return to
}

function kindOf(lines: readonly TextLine[], from: number, to: number): Block['kind'] {
  if (startsListItem(lines[from]!)) return 'list'
  const separators = cellSeparators(lines[from]!)
  if (separators === 0 || to - from < 2) return 'paragraph'
  for (let index = from + 1; index < to; index++) {
    if (cellSeparators(lines[index]!) !== separators) return 'paragraph'
  }
  return 'table'
}
