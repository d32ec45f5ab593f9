import type {AnswerType} from './answer-type.ts'
import {answerTypes} from './answer-type.ts'

/** What the answers need of the analyser: `Analyser` of `../analysis` is one. */
export interface Tokenizer {
  /** @throws RangeError if the language has not been prepared. */
  tokens(
    text: string,
    language: string,
  ): readonly {readonly term: string; readonly start: number; readonly end: number; readonly stop: boolean}[]
}

/** How common terms are in the collection. */
export interface TermStatistics {
  /** The number of passages in the collection. */
  readonly passages: number
  /** The number of passages which hold the term; an estimate where only the idf is known. */
  frequency(term: string): number
}

/** Robertson–Sparck Jones idf as BM25 uses it, kept positive: ln(1 + (N − n + ½) / (n + ½)). */
export function inverseDocumentFrequency(statistics: TermStatistics, term: string): number {
  const frequency = Math.min(statistics.frequency(term), statistics.passages)
  return Math.log(1 + (statistics.passages - frequency + 0.5) / (frequency + 0.5))
}

/** One word of a question that a passage should speak of. */
export interface QuestionTerm {
  readonly term: string
  /** Its share of the question's total idf; the weights of a question add up to 1. */
  readonly weight: number
  /** Some passage of the collection has it. */
  readonly isKnown: boolean
  /** Position among the question's words, stop words included, so that neighbours can be told. */
  readonly position: number
  /** Padded 4-grams, for words too inflected for the stemmer; empty for short words and numbers. */
  readonly grams: ReadonlySet<string>
}

/** A question read for passages of one language: the stems differ from language to language. */
export interface QuestionReading {
  readonly terms: readonly QuestionTerm[]
}

export interface AnalysedQuestion {
  readonly text: string
  /** The most likely of the candidate languages, by stop words; the first one where nothing speaks for any. */
  readonly language: string
  readonly types: readonly AnswerType[]
  /** The question's words as they stand, lower-cased. */
  readonly words: ReadonlySet<string>
  /** Whether a sentence asks the same, word for word: it may be in a transcript, a heading of questions or a test. */
  isEchoedBy(sentence: string): boolean
  /** The question as passages of a language see it. */
  reading(language: string): QuestionReading
}

/** The terms of a question whose frequencies an answer from passages of these languages needs. */
export function questionTerms(text: string, languages: Iterable<string>, tokenizer: Tokenizer): string[] {
  return [...new Set([...languages].flatMap(language => tokenizer.tokens(text, language).map(({term}) => term)))]
}

/** A question of fewer words may well stand within a sentence that answers it: "What if…". */
const SHORTEST_ECHO = 3

function echoOf(text: string): (sentence: string) => boolean {
  const asked = wordsOf(text)
  const isQuestion = /[?？]/u.test(text)
  if (asked.length < SHORTEST_ECHO) return () => false
  const sequence = ` ${asked.join(' ')} `
  return sentence =>
    // What is typed without a question mark is a question all the same where the sentence has one.
    (isQuestion || /[?？]/u.test(sentence)) && ` ${wordsOf(sentence).join(' ')} `.includes(sequence)
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

/** Shorter words carry too few 4-grams to tell inflection from chance. */
const SHORTEST_SOFT_WORD = 5

/**
 * Reads a question in the languages of the passages found.
 *
 * @param languages ISO 639-1 codes, most likely first; the tokenizer must be prepared for them.
 */
export function analyseQuestion(
  text: string,
  languages: readonly string[],
  tokenizer: Tokenizer,
  statistics: TermStatistics,
): AnalysedQuestion {
  const language = likeliestLanguage(text, languages, tokenizer)
  const stopWords = new Set(
    tokenizer
      .tokens(text, language)
      .filter(token => token.stop)
      .map(token => token.start),
  )
  const readings = new Map<string, QuestionReading>()
  return {
    text,
    language,
    types: answerTypes(text, [language]),
    words: new Set(wordsOf(text)),
    isEchoedBy: echoOf(text),
    reading(of) {
      let reading = readings.get(of)
      if (!reading) {
        reading = {terms: contentTerms(text, of, stopWords, tokenizer, statistics)}
        readings.set(of, reading)
      }
      return reading
    },
  }
}

/** The language with the most stop words in the text. Questions are too short for detection by letters. */
function likeliestLanguage(text: string, languages: readonly string[], tokenizer: Tokenizer): string {
  let best = languages[0] ?? 'und'
  let most = 0
  for (const language of languages) {
    const stops = tokenizer.tokens(text, language).filter(token => token.stop).length
    if (stops > most) {
      best = language
      most = stops
    }
  }
  return best
}

function contentTerms(
  text: string,
  language: string,
  stopWords: ReadonlySet<number>,
  tokenizer: Tokenizer,
  statistics: TermStatistics,
): QuestionTerm[] {
  const tokens = tokenizer.tokens(text, language)
  const content = tokens.filter(token => !stopWords.has(token.start))
  const first = new Map<string, number>()
  // A question of stop words alone ("who is it?") is better read with them than not at all.
  for (const token of content.length > 0 ? content : tokens) {
    if (!first.has(token.term)) first.set(token.term, tokens.indexOf(token))
  }
  const weights = [...first.keys()].map(term => inverseDocumentFrequency(statistics, term))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return [...first].map(([term, position], at) => ({
    term,
    weight: weights[at]! / total,
    isKnown: statistics.frequency(term) >= 0.5,
    position,
    grams: softGrams(term),
  }))
}

/** The 4-grams of a word with its beginning marked; none for words which only match whole. */
export function softGrams(term: string): ReadonlySet<string> {
  const grams = new Set<string>()
  if (term.length < SHORTEST_SOFT_WORD || /\p{N}/u.test(term)) return grams
  const padded = `^${term}`
  for (let at = 0; at + 4 <= padded.length; at += 1) grams.add(padded.slice(at, at + 4))
  return grams
}

/** Dice coefficient of two sets of grams, from 0 to 1. */
export function gramSimilarity(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  if (left.size === 0 || right.size === 0) return 0
  let common = 0
  for (const gram of left) if (right.has(gram)) common += 1
  return (2 * common) / (left.size + right.size)
}
