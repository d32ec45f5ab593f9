import {isWhiteSpace, skipWhiteSpace, trimWhiteSpaceEnd} from '../documents/white-space.ts'

/** Only this much of a line is shown to patterns, so that a line of megabytes costs no more than another. */
const LONGEST_HEAD = 400

/** A line of a text with what scanners ask of it. Offsets are UTF-16 offsets into the text. */
export interface TextLine {
  readonly start: number
  /** The first character that is not white space; equal to `contentEnd` on a blank line. */
  readonly contentStart: number
  /** After the last character that is not white space. */
  readonly contentEnd: number
  /** Columns of white space before the content; a tab advances to the next multiple of 4. */
  readonly indentation: number
  /** The content, or the beginning of a very long one. */
  readonly head: string
  /** Whether `head` is the whole content. */
  readonly isShort: boolean
}

/** Splits a text, from `start` on, at its line feeds; a carriage return before one counts as white space. */
export function textLines(text: string, start = 0): TextLine[] {
  const lines: TextLine[] = []
  for (let offset = start; offset < text.length;) {
    const feed = text.indexOf('\n', offset)
    const end = feed === -1 ? text.length : feed
    const contentStart = skipWhiteSpace(text, offset, end)
    const contentEnd = trimWhiteSpaceEnd(text, contentStart, end)
    lines.push({
      start: offset,
      contentStart,
      contentEnd,
      indentation: columns(text, offset, contentStart),
      head: text.slice(contentStart, Math.min(contentEnd, contentStart + LONGEST_HEAD)),
      isShort: contentEnd - contentStart <= LONGEST_HEAD,
    })
    offset = end + 1
  }
  return lines
}

export function isBlankLine(line: TextLine): boolean {
  return line.contentStart === line.contentEnd
}

/** The number of `|` in a line which part cells; an escaped one does not. Zero for very long lines. */
export function cellSeparators(line: TextLine): number {
  if (!line.isShort) return 0
  let count = 0
  for (let index = line.head.indexOf('|'); index !== -1; index = line.head.indexOf('|', index + 1)) {
    if (line.head[index - 1] !== '\\') count++
  }
  return count
}

const LIST_ITEM = /^(?:[-*+•‣◦–]|\(?\d{1,9}[.)]|\(?[a-zA-Z][.)])(?:[ \t]|$)/

export function startsListItem(line: TextLine): boolean {
  return LIST_ITEM.test(line.head)
}

function columns(text: string, start: number, end: number): number {
  let column = 0
  for (let offset = start; offset < end; offset++) {
    if (text[offset] === '\t') column += 4 - (column % 4)
    else if (isWhiteSpace(text.charCodeAt(offset))) column++
  }
  return column
}
