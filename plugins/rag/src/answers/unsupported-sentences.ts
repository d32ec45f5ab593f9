import type {Hit} from '../index/passage.ts'
import {citedNumbers, markedSentences} from './answer-text.ts'
import {numbersIn} from './answer-type.ts'
import {isSameWord, wordsOf} from './support.ts'

export interface ClaimedAnswer {
  readonly prose: string
  /** The numbers of the passages whose citation holds. */
  readonly proved: ReadonlySet<number>
  /** The passages by their number less one. */
  readonly hits: readonly Hit[]
  /** The languages that the question, and so the answer, may be in; none where that is not known. */
  readonly languages: readonly string[]
}

/** The share of a sentence's longer words that the passages it cites must have. */
const LEAST_SHARE = 0.5
/** Sentences with fewer longer words, such as "Yes.", say nothing that could be looked for. */
const FEWEST_WORDS = 2

/**
 * The sentences of a generated answer that nothing proved speaks for. A sentence is supported if it cites a passage
 * whose citation holds, and if the passages it so cites have every number of it, in digits or in words, and at least
 * half of its longer words, inflected or not. Where the answer is in another language than those passages, only the
 * numbers in digits are looked for. It is a lexical check: it catches what is made up or not cited, and not a sentence
 * that turns the words of its source around.
 */
export function unsupportedSentences(answer: ClaimedAnswer): string[] {
  return markedSentences(answer.prose)
    .filter(({text}) => saysSomething(text))
    .filter(({marked, text}) => !isSupported(marked, text, answer))
    .map(({text}) => text)
}

/** How many sentences of an answer say something that could be looked for. */
export function countClaims(prose: string): number {
  return markedSentences(prose).filter(({text}) => saysSomething(text)).length
}

function saysSomething(text: string): boolean {
  const words = wordsOf(text)
  return words.length >= FEWEST_WORDS || words.some(word => /\p{N}/u.test(word))
}

function isSupported(marked: string, text: string, {proved, hits, languages}: ClaimedAnswer): boolean {
  const cited = citedNumbers(marked).filter(number => proved.has(number))
  const passages = cited.flatMap(number => hits[number - 1] ?? [])
  if (passages.length === 0) return false
  const source = passages.map(({text: own, headings, tableHeader}) => [own, ...headings, tableHeader ?? ''].join('\n'))
  const isSameLanguage =
    languages.length === 0 || passages.some(({language}) => language === 'und' || languages.includes(language))
  const has = numbersIn(source.join('\n'), isSameLanguage ? languages : [])
  const numbers = [...numbersIn(text, languages)].filter(number => isSameLanguage || /\p{N}/u.test(number))
  if (!numbers.every(number => has.has(number))) return false
  if (!isSameLanguage) return true
  const available = wordsOf(source.join('\n'))
  const claimed = wordsOf(text)
  const met = claimed.filter(word => available.some(other => isSameWord(word, other))).length
  return claimed.length === 0 || met / claimed.length >= LEAST_SHARE
}
