import type {Analyser} from '../analysis/analyser.ts'

/** A word of a query, or a part or compound of one, as it may stand in the index. */
export interface QueryWord {
  /** Its terms, one for each way that the collection's languages stem it. */
  readonly terms: readonly string[]
  /** A stop word in every language that the query may be in. */
  readonly stop: boolean
  /** The whole of an identifier or hyphenated word, whose parts are words as well. */
  readonly compound: boolean
}

export interface AnalysedQuery {
  /** In the order of the query, with repetitions. */
  readonly words: readonly QueryWord[]
  /** Distinct character 4-grams, those of telling words first. */
  readonly grams: readonly string[]
  /** The languages that the query was read in. */
  readonly languages: readonly string[]
}

/** Languages that fewer of the passages are in are misdetections, or too rare to read every query in. */
const LEAST_SHARE = 0.01
const MOST_LANGUAGES = 6

/**
 * Reads a query in the languages of the collection. A query is too short for language detection, but its stop words
 * often tell: where one language knows more of them than the others, the query is read in that one alone, otherwise
 * in each, and a word matches by any of its stems.
 * @param passagesByLanguage how many passages the collection has in each language.
 */
export async function analyseQuery(
  analyser: Analyser,
  query: string,
  passagesByLanguage: ReadonlyMap<string, number>,
): Promise<AnalysedQuery> {
  const candidates = commonLanguages(passagesByLanguage)
  await analyser.prepare(candidates)
  const readings = candidates.map(language => ({language, tokens: analyser.tokens(query, language)}))
  const chosen = mostFamiliar(readings)
  const words = new Map<string, {terms: Set<string>; stop: boolean; compound: boolean}>()
  for (const {tokens} of chosen) {
    for (const {term, start, end, stop} of tokens) {
      const compound = tokens.some(
        part => start <= part.start && part.end <= end && part.end - part.start < end - start,
      )
      const word = words.get(`${start}-${end}`) ?? {terms: new Set(), stop: true, compound}
      word.terms.add(term)
      word.stop &&= stop
      words.set(`${start}-${end}`, word)
    }
  }
  const {language, tokens} = chosen[0]!
  const telling = tokens.filter(({stop}) => !stop).map(({start, end}) => query.slice(start, end))
  const grams = new Set(analyser.analyse(telling.join(' '), {language}).grams)
  for (const gram of analyser.analyse(query, {language}).grams) grams.add(gram)
  return {
    words: [...words.values()].map(({terms, ...word}) => ({...word, terms: [...terms]})),
    grams: [...grams],
    languages: chosen.map(reading => reading.language),
  }
}

function commonLanguages(passagesByLanguage: ReadonlyMap<string, number>): string[] {
  const total = [...passagesByLanguage.values()].reduce((sum, count) => sum + count, 0)
  const languages = [...passagesByLanguage]
    .filter(([, count]) => count >= total * LEAST_SHARE)
    .sort(([, one], [, other]) => other - one)
    .slice(0, MOST_LANGUAGES)
    .map(([language]) => language)
  return languages.length === 0 ? ['und'] : languages
}

interface Reading {
  readonly language: string
  readonly tokens: readonly {
    readonly term: string
    readonly start: number
    readonly end: number
    readonly stop: boolean
  }[]
}

function mostFamiliar(readings: readonly Reading[]): readonly Reading[] {
  const counts = readings.map(({tokens}) => tokens.filter(({stop}) => stop).length)
  const most = Math.max(...counts)
  const best = readings.filter((_, index) => counts[index] === most)
  return best.length === 1 && most >= 2 ? best : readings
}
