/** A language that a text may be written in: an ISO 639-1 code, and how much speaks for it, from 0 to 1. */
export interface LanguageGuess {
  readonly language: string
  readonly score: number
}

/** Guesses the language of a text, best first; none where it holds no words. */
export type GuessLanguage = (text: string) => LanguageGuess[]

/** Detection reads no more than this many UTF-16 units: more changes nothing and costs time. */
const SAMPLE_LENGTH = 1_000

/**
 * Loads the detector (ELD, 60 languages, its smallest table). That takes a quarter of a second and 80 MB, so that only
 * an ingest does it; the language of a query is told by `analyseQuery`.
 */
export async function loadLanguageGuessing(): Promise<GuessLanguage> {
  const {default: eld} = await import('eld/extrasmall')
  return text =>
    Object.entries(eld.detect(text).getScores())
      .map(([language, score]) => ({language, score}))
      .toSorted((one, other) => other.score - one.score)
}

/** The part of a text to detect its language by: from the middle, because documents begin with titles and licences. */
export function languageSample(text: string): string {
  if (text.length <= SAMPLE_LENGTH) return text
  const start = Math.floor((text.length - SAMPLE_LENGTH) / 2)
  return text.slice(start, start + SAMPLE_LENGTH)
}

const capitalisedWord = /(?<![\p{L}\p{M}\p{N}])\p{Lu}[\p{L}\p{M}\p{N}.'’-]*/gu
/** Fewer letters tell no language. */
const FEWEST_LETTERS = 40

/**
 * A text without its capitalised words, where enough remains to tell a language by: a list of people and places is in
 * the language of what stands between their names. German loses its nouns, which it can spare.
 */
export function withoutNames(text: string): string {
  const rest = text.replace(capitalisedWord, ' ')
  return (rest.match(/\p{L}/gu)?.length ?? 0) < FEWEST_LETTERS ? text : rest
}
