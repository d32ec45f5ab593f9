import {NO_ANSWER, QUOTES_LINE} from './prompt.ts'
import {sentences} from './sentences.ts'

/** A quote that the model gives for a passage. */
export interface ClaimedQuote {
  /** The passage's number in the prompt, from 1. */
  readonly number: number
  readonly quote: string
}

/** A model's text, taken apart. */
export interface AnswerText {
  /** Without the quotes; empty where the model refused. */
  readonly prose: string
  readonly quotes: readonly ClaimedQuote[]
  readonly refused: boolean
}

/** Marks with the space before them. */
const MARKS = /[ \t]*\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]/gu
const MARKS_AFTER_STOP = /([.!?…]+)((?:\s*\[[\d\s,;]{1,40}\])+)/gu

/** More are not read. */
const MOST_QUOTES = 100

/**
 * Passes the prose of a model's text on while it streams, and keeps back what is not for a reader: a refusal, the
 * quotes, and a line as long as it could become the one that announces them.
 */
export class AnswerReader {
  readonly #onText: (text: string) => void
  #text = ''
  /** How much of the text was looked at and passed on or kept back for good. */
  #passed = 0
  #ended = false

  constructor(onText: (text: string) => void) {
    this.#onText = onText
  }

  add(text: string): void {
    this.#text += text
    if (this.#ended || couldBe(this.#text, NO_ANSWER)) return
    const quotes = quotesAt(this.#text)
    if (quotes !== undefined) {
      this.#pass(this.#text.slice(0, quotes.start).trimEnd().length)
      this.#ended = true
      return
    }
    this.#pass(this.#certain())
  }

  /** The whole, once the stream has ended. */
  finish(): AnswerText {
    const refused = isRefusal(this.#text)
    if (refused) return {prose: '', quotes: [], refused}
    const block = quotesAt(this.#text)
    const prose = (block === undefined ? this.#text : this.#text.slice(0, block.start)).trimEnd()
    if (!this.#ended) this.#pass(prose.length)
    return {
      prose: prose.trimStart(),
      quotes: block === undefined ? [] : readQuotes(this.#text.slice(block.end)),
      refused,
    }
  }

  /** The end of what cannot be part of the line before the quotes; white space may stand before that line. */
  #certain(): number {
    const line = this.#text.lastIndexOf('\n') + 1
    const open = couldBeQuotesLine(this.#text.slice(line)) ? line : this.#text.length
    return this.#text.slice(0, open).trimEnd().length
  }

  #pass(end: number): void {
    const piece = this.#text.slice(this.#passed, end)
    if (piece === '') return
    const isFirst = this.#text.slice(0, this.#passed).trim() === ''
    this.#onText(isFirst ? piece.trimStart() : piece)
    this.#passed = end
  }
}

/** Whether a text that goes on may still turn out to be the token alone, or already begins with it. */
function couldBe(text: string, token: string): boolean {
  const begun = text.trimStart().replace(/^[*_"'`]+/u, '')
  return token.startsWith(begun.slice(0, token.length))
}

function isRefusal(text: string): boolean {
  return (
    text.trim() === '' ||
    text
      .trimStart()
      .replace(/^[*_"'`]+/u, '')
      .startsWith(NO_ANSWER)
  )
}

const QUOTES_LINES = new RegExp(`^[ \\t*]*${QUOTES_LINE}[ \\t*:]*$`, 'imu')

function quotesAt(text: string): {start: number; end: number} | undefined {
  const match = QUOTES_LINES.exec(text)
  return match ? {start: match.index, end: match.index + match[0].length} : undefined
}

function couldBeQuotesLine(line: string): boolean {
  const begun = line.replace(/^[ \t*]+/u, '').toLowerCase()
  return QUOTES_LINE.startsWith(begun.slice(0, QUOTES_LINE.length))
}

/** Lines such as `[2] "…"`; a quote may go on over several lines. What has another form is not a quote. */
function readQuotes(text: string): ClaimedQuote[] {
  const quotes: ClaimedQuote[] = []
  for (const entry of text.split(/^(?=[ \t]*(?:[-*][ \t]+)?\[\d{1,3}\])/mu).slice(0, MOST_QUOTES + 1)) {
    const match = /^[ \t]*(?:[-*][ \t]+)?\[(\d{1,3})\][ \t]*:?\s*(.*)$/su.exec(entry.trimEnd())
    const quote = match?.[2]?.replace(/^["'“„«»]+|["'“”»«]+$/gu, '').trim()
    if (match && quote) quotes.push({number: Number(match[1]), quote})
  }
  return quotes
}

/** The numbers of passages that a text cites, in the order of their first appearance: `[1]`, `[2, 3]`. */
export function citedNumbers(prose: string): number[] {
  const numbers = [...prose.matchAll(MARKS)].flatMap(match => match[1]!.split(/[,;]/u).map(Number))
  return [...new Set(numbers)]
}

/** A sentence of an answer as it stands, and without its marks. */
export interface MarkedSentence {
  readonly marked: string
  readonly text: string
}

/** The sentences of an answer; headings are none. */
export function markedSentences(prose: string): MarkedSentence[] {
  // A mark behind a full stop belongs to the sentence before it.
  const joined = prose.replaceAll(MARKS_AFTER_STOP, '$2$1')
  return sentences(joined, 'und')
    .filter(({kind}) => kind !== 'heading')
    .map(({start, end}) => joined.slice(start, end))
    .map(marked => ({marked, text: marked.replaceAll(MARKS, '').trim()}))
}

/** The sentences of an answer that cite a passage, without any marks. */
export function claimOf(prose: string, number: number): string {
  return markedSentences(prose)
    .filter(({marked}) => citedNumbers(marked).includes(number))
    .map(({text}) => text)
    .join(' ')
}

/** The text without the marks of passages for which nothing was proved. */
export function keepMarkers(prose: string, proved: ReadonlySet<number>): string {
  return prose.replaceAll(MARKS, (mark, list: string) => {
    const numbers = list.split(/[,;]/u).map(Number)
    const kept = numbers.filter(number => proved.has(number))
    if (kept.length === numbers.length) return mark
    return kept.length === 0 ? '' : ` [${kept.join(', ')}]`
  })
}
