import {gramSimilarity, softGrams} from './question.ts'
import type {Span} from './quote-match.ts'
import {sentences} from './sentences.ts'

/** The share of a claim's words that a sentence must have to support it. */
const LEAST_SHARE = 0.5
const FEWEST_WORDS = 2
const LEAST_SIMILARITY = 0.5
/** Shorter words are mostly articles, prepositions and the like, in every language written with letters. */
const SHORTEST_WORD = 4

/**
 * The sentence of a text that says what a claim says: it has all of the claim's numbers and at least half of its longer
 * words, inflected or not. Lexical, so a claim in another language than the text finds none.
 */
export function findSupport(text: string, language: string, claim: string): Span | undefined {
  const claimed = wordsOf(claim)
  const numbers = claimed.filter(isNumber)
  if (claimed.length < FEWEST_WORDS) return undefined
  let best: Span | undefined
  let most = 0
  for (const {kind, start, end} of sentences(text, language)) {
    if (kind === 'heading') continue
    const words = wordsOf(text.slice(start, end))
    if (!numbers.every(number => words.includes(number))) continue
    const met = claimed.filter(word => words.some(other => isSameWord(word, other))).length
    const share = met / claimed.length
    if (met >= FEWEST_WORDS && share >= LEAST_SHARE && share > most) {
      best = {start, end}
      most = share
    }
  }
  return best
}

/** The longer words and the numbers of a text, lower-cased, each once. */
export function wordsOf(text: string): string[] {
  const words =
    text
      .normalize('NFC')
      .toLowerCase()
      .match(/\p{N}+(?:[.,]\p{N}+)*|[\p{L}\p{N}\p{M}]+/gu) ?? []
  return [...new Set(words.filter(word => isNumber(word) || word.length >= SHORTEST_WORD))]
}

function isNumber(word: string): boolean {
  return /^\p{N}/u.test(word)
}

/** Whether two words are forms of one. */
export function isSameWord(left: string, right: string): boolean {
  return left === right || gramSimilarity(softGrams(left), softGrams(right)) >= LEAST_SIMILARITY
}
