import type {Block} from '../documents/document.ts'
import {isWhiteSpace, skipWhiteSpace, trimWhiteSpaceEnd} from '../documents/white-space.ts'
import {estimateTokens} from './token-estimate.ts'

/** A stretch of text that is never cut: a paragraph that is short enough, a sentence, a list item, a row, a line of code. */
export interface Piece {
  readonly start: number
  readonly end: number
  readonly tokens: number
  /** What it costs the reader when a chunk begins here; see `BreakCost`. */
  readonly breakCost: number
}

/**
 * How much a boundary hurts, on the scale of the size cost in chunker.ts: 1 is as bad as a chunk of no content.
 * The order is what matters: between blocks, between items and rows, between sentences, between lines, within a line.
 */
export const BreakCost = {
  block: 0.05,
  listItem: 0.15,
  row: 0.2,
  codeAfterBlankLine: 0.1,
  sentence: 0.3,
  codeLine: 0.8,
  line: 0.6,
  withinLine: 2,
  /** A heading is parted from its text, or a table's header from its rows, only when nothing else is possible. */
  afterHeading: 10,
} as const

interface Span {
  readonly start: number
  readonly end: number
}

/** A line that is longer than this is not hard-wrapped: its end is meant, as the end of a paragraph is. */
const LONGEST_WRAPPED_LINE = 160

/** Intl.Segmenter gets at most this many characters at once, so that its cost stays linear in the text. */
const SEGMENTER_WINDOW = 8192

const sentenceSegmenter = new Intl.Segmenter('en', {granularity: 'sentence'})

/**
 * Cuts a block into pieces of at most `limit` tokens, in order, which together hold all its text but white space
 * at the cuts. A block of prose, list or table that has no more than `whole` tokens stays in one piece.
 */
export function piecesOf(text: string, block: Block, whole: number, limit: number): Piece[] {
  const start = block.kind === 'code' ? startOfIndentation(text, block.start) : block.start
  const tokens = estimateTokens(text, start, block.end)
  if (tokens === 0 && skipWhiteSpace(text, start, block.end) === block.end) return []
  if (tokens <= whole) return [{start, end: block.end, tokens, breakCost: BreakCost.block}]
  switch (block.kind) {
    case 'heading':
    case 'paragraph':
      return sentencePieces(text, block, limit)
    case 'list':
      return listPieces(text, block, whole, limit)
    case 'table':
      return tablePieces(text, block, limit)
    case 'row':
      return withinLimit(text, [{start, end: block.end, tokens, breakCost: BreakCost.block}], limit)
    case 'code':
      return codePieces(text, {start, end: block.end}, limit)
  }
}

/** The offset where the first line of the table ends, and where its rows begin (after a Markdown delimiter row). */
export function tableHeaderOf(text: string, block: Block): {header: Span; rowsStart: number} {
  const firstLine = lineEnd(text, block.start, block.end)
  const header = {start: block.start, end: trimWhiteSpaceEnd(text, block.start, firstLine)}
  const secondLine = lineEnd(text, firstLine, block.end)
  const hasDelimiter = isDelimiterRow(text, firstLine, secondLine)
  return {header, rowsStart: hasDelimiter ? secondLine : firstLine}
}

/** Code keeps the indentation of its first line, since it carries meaning. */
function startOfIndentation(text: string, offset: number): number {
  let start = offset
  while (start > 0 && (text[start - 1] === ' ' || text[start - 1] === '\t')) start--
  return start === 0 || text[start - 1] === '\n' ? start : offset
}

/** The offset after the line feed which ends the line at `offset`, or `end`. */
function lineEnd(text: string, offset: number, end: number): number {
  const feed = text.indexOf('\n', offset)
  return feed === -1 || feed >= end ? end : feed + 1
}

function isDelimiterRow(text: string, start: number, end: number): boolean {
  let dashes = 0
  for (let offset = start; offset < end; offset++) {
    const character = text[offset]!
    if (character === '-') dashes++
    else if (character !== '|' && character !== ':' && character !== '+' && !isWhiteSpace(character.charCodeAt(0))) {
      return false
    }
  }
  return dashes > 0
}

function linesOf(text: string, span: Span): Span[] {
  const lines: Span[] = []
  for (let start = span.start; start < span.end;) {
    const end = lineEnd(text, start, span.end)
    lines.push({start, end})
    start = end
  }
  return lines
}

function isBlank(text: string, line: Span): boolean {
  return skipWhiteSpace(text, line.start, line.end) === line.end
}

function piece(text: string, start: number, end: number, breakCost: number): Piece {
  return {start, end, tokens: estimateTokens(text, start, end), breakCost}
}

/** Cuts those pieces that are above the limit between words, or between characters where there are no words. */
function withinLimit(text: string, pieces: Iterable<Piece>, limit: number): Piece[] {
  const fitting: Piece[] = []
  for (const candidate of pieces) {
    if (candidate.tokens <= limit) fitting.push(candidate)
    else appendWordPieces(text, candidate, limit, fitting)
  }
  return fitting
}

function appendWordPieces(text: string, long: Piece, limit: number, into: Piece[]): void {
  // A token has at least one character, so this many characters can never be above the limit.
  const least = Math.max(limit, 2)
  let breakCost = long.breakCost
  let start = long.start
  while (start < long.end) {
    let end = Math.min(start + least, long.end)
    let tokens = estimateTokens(text, start, end)
    // Prose has several characters to a token: grow by as many characters as there are tokens left
    // (to 8 a token, since only white space has more).
    while (end < long.end && tokens + 2 <= limit && end - start < limit * 8) {
      end = Math.min(end + (limit - tokens), long.end)
      tokens = estimateTokens(text, start, end)
    }
    if (end < long.end) end = cutBefore(text, start, end)
    const from = skipWhiteSpace(text, start, end)
    const to = trimWhiteSpaceEnd(text, from, end)
    if (to > from) {
      into.push(piece(text, from, to, breakCost))
      breakCost = BreakCost.withinLine
    }
    start = end
  }
}

const COMBINING = /^\p{M}/u

/** The best place for a cut in the last half of [start, end): after white space, else after a symbol, else between characters. */
function cutBefore(text: string, start: number, end: number): number {
  const earliest = start + ((end - start) >> 1)
  let afterSymbol = -1
  for (let offset = end; offset > earliest; offset--) {
    const code = text.charCodeAt(offset - 1)
    if (isWhiteSpace(code)) return offset
    if (afterSymbol === -1 && (code === 0x2c || code === 0x3b || code === 0x7d || code === 0x3002 || code === 0x3e)) {
      afterSymbol = offset
    }
  }
  if (afterSymbol !== -1) return afterSymbol
  let offset = end
  while (offset > earliest && joinsPrevious(text, offset)) offset--
  if (offset > earliest) return offset
  return isLowSurrogate(text.charCodeAt(end)) ? end - 1 : end
}

function joinsPrevious(text: string, offset: number): boolean {
  const code = text.charCodeAt(offset)
  if (code < 0x300) return false
  if (isLowSurrogate(code) || code === 0x200d || text.charCodeAt(offset - 1) === 0x200d) return true
  return COMBINING.test(String.fromCodePoint(text.codePointAt(offset)!))
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff
}

/** Prose: cut after sentences and at the ends of lines. */
function sentencePieces(text: string, span: Span, limit: number): Piece[] {
  const pieces: Piece[] = []
  for (const group of lineGroups(text, span)) {
    const first = pieces.length
    for (const window of windows(text, group)) appendSentences(text, window, pieces)
    // The first sentence of a paragraph begins where the paragraph does.
    if (pieces.length > first) pieces[first] = {...pieces[first]!, breakCost: BreakCost.block}
  }
  return withinLimit(text, pieces, limit)
}

/** The lines of a block, wrapped ones together: a line too long to have been wrapped is a paragraph of its own. */
function lineGroups(text: string, span: Span): Span[] {
  const groups: Span[] = []
  let open: Span | undefined
  for (const line of linesOf(text, span)) {
    const isLong = line.end - line.start > LONGEST_WRAPPED_LINE
    if (open !== undefined && !isLong) {
      open = {start: open.start, end: line.end}
      continue
    }
    if (open !== undefined) groups.push(open)
    open = isLong ? undefined : line
    if (isLong) groups.push(line)
  }
  if (open !== undefined) groups.push(open)
  return groups
}

/** Cuts a span into stretches that are short enough for the segmenter, after white space where there is some. */
function* windows(text: string, span: Span): Generator<Span> {
  let start = span.start
  while (span.end - start > SEGMENTER_WINDOW) {
    const end = cutBefore(text, start, start + SEGMENTER_WINDOW)
    yield {start, end}
    start = end
  }
  yield {start, end: span.end}
}

function appendSentences(text: string, window: Span, into: Piece[]): void {
  const content = text.slice(window.start, window.end)
  // A line feed always ends a sentence for the segmenter, but a wrapped line does not end one: it is shown spaces.
  for (const segment of sentenceSegmenter.segment(content.replace(/[\r\n\u2028\u2029]/g, ' '))) {
    let start = segment.index
    const end = start + segment.segment.length
    let breakCost: number = BreakCost.sentence
    while (start < end) {
      const feed = content.indexOf('\n', start)
      const stop = feed === -1 || feed >= end ? end : feed + 1
      const from = skipWhiteSpace(content, start, stop)
      const to = trimWhiteSpaceEnd(content, from, stop)
      if (to > from) {
        into.push(piece(text, window.start + from, window.start + to, breakCost))
        breakCost = BreakCost.line
      }
      start = stop
    }
  }
}

const LIST_MARKER = /^[ \t]*(?:[-*+•‣◦·–]|\(?[0-9a-zA-Z]{1,4}[.)])[ \t]/

/** Lists: cut before items, the outermost first; a long item is cut like prose. */
function listPieces(text: string, span: Span, whole: number, limit: number): Piece[] {
  const pieces: Piece[] = []
  let item: Span | undefined
  const close = (): void => {
    if (item === undefined) return
    const start = skipWhiteSpace(text, item.start, item.end)
    const end = trimWhiteSpaceEnd(text, start, item.end)
    if (end === start) return
    const tokens = estimateTokens(text, start, end)
    if (tokens <= whole) {
      pieces.push({start, end, tokens, breakCost: BreakCost.listItem})
      return
    }
    const [first, ...rest] = sentencePieces(text, {start, end}, limit)
    pieces.push({...first!, breakCost: BreakCost.listItem}, ...rest)
  }
  for (const line of linesOf(text, span)) {
    // Only the head of the line is looked at: the pattern must not run along a line of megabytes.
    const startsItem = LIST_MARKER.test(text.slice(line.start, Math.min(line.end, line.start + 80)))
    if (item === undefined || startsItem) {
      close()
      item = line
    } else {
      item = {start: item.start, end: line.end}
    }
  }
  close()
  return withinLimit(text, pieces, limit)
}

/** Tables: cut between rows; the header stays with the first row. */
function tablePieces(text: string, block: Block, limit: number): Piece[] {
  const {rowsStart} = tableHeaderOf(text, block)
  const pieces: Piece[] = []
  for (const row of linesOf(text, block)) {
    const start = skipWhiteSpace(text, row.start, row.end)
    const end = trimWhiteSpaceEnd(text, start, row.end)
    if (end === start) continue
    const isFirst = row.start === block.start
    const isFirstOfBody = row.start <= rowsStart
    pieces.push(
      piece(text, start, end, isFirst ? BreakCost.block : isFirstOfBody ? BreakCost.afterHeading : BreakCost.row),
    )
  }
  return withinLimit(text, pieces, limit)
}

/** A line that closes what an earlier line opened, or goes on with it, does not begin a chunk well. */
const CONTINUES = /^(?:[})\]>]|end\b|else\b|elif\b|except\b|catch\b|finally\b|then\b|do\b)/
/** A line that belongs to what follows it: a comment, an attribute, a decorator. */
const LEADS_IN = /^(?:\/\/|\/\*|\*|#|--|@|"""|\[)/

/** Code: cut between lines, best after a blank line at the outermost indentation. Indentation is kept. */
function codePieces(text: string, span: Span, limit: number): Piece[] {
  const lines = linesOf(text, span)
  const indentations = lines.map(line => skipWhiteSpace(text, line.start, line.end) - line.start)
  const outermost = lines.reduce(
    (least, line, index) => (isBlank(text, line) ? least : Math.min(least, indentations[index]!)),
    Number.POSITIVE_INFINITY,
  )
  const pieces: Piece[] = []
  let afterBlank = false
  let afterLeadIn = false
  for (const [index, line] of lines.entries()) {
    const end = trimWhiteSpaceEnd(text, line.start, line.end)
    if (end === line.start) {
      afterBlank = true
      continue
    }
    const contentStart = line.start + indentations[index]!
    const head = text.slice(contentStart, Math.min(end, contentStart + 16))
    let breakCost: number = afterBlank ? BreakCost.codeAfterBlankLine : BreakCost.codeLine
    // Nesting is counted up to four levels of four columns.
    breakCost += 0.05 * Math.min((indentations[index]! - outermost) / 4, 4)
    if (CONTINUES.test(head)) breakCost += 0.4
    if (afterLeadIn && !afterBlank) breakCost += 0.3
    pieces.push(piece(text, line.start, end, pieces.length === 0 ? BreakCost.block : breakCost))
    afterBlank = false
    afterLeadIn = LEADS_IN.test(head)
  }
  return withinLimit(text, pieces, limit)
}
