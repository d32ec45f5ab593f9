import type {AnalysedQuery, QueryWord} from './query.ts'
import {TermFinder} from './term-finder.ts'

/** What is known of how a passage fits a query; all between 0 and 1. */
export interface Features {
  /** The two BM25 lists fused, before the document's score. */
  readonly fusion: number
  /** The best fused score of the document's passages, normalised over the documents. */
  readonly document: number
  /** Idf-weighted share of the query's words, without stop words and compounds, in the passage or its context. */
  readonly coverage: number
  /** The same share in the context alone: title, headings, table header. */
  readonly context: number
  /** Idf-weighted share of neighbouring words of the query that stand close together in the passage, in order. */
  readonly phrase: number
  /** The largest idf-weighted share of the query's words within any window of `WINDOW` terms. */
  readonly proximity: number
  /**
   * The same with stop words, which weigh how rare they are among the ranked passages: lists of stop words hold some
   * that tell a lot, such as `side` and `work`.
   */
  readonly togetherness: number
  /** Share of all the query's words, stop words included, counted equally. */
  readonly words: number
  /** The better fused score of the passages before and after it in its document. */
  readonly neighbours: number
  /** 1 for the first passage of its document, then 1/2, 1/3…: what a document is about stands at its beginning. */
  readonly opening: number
}

/** In terms; about two sentences. */
const WINDOW = 32
/** How far apart, in terms, the words of a pair may stand. */
const PAIR_DISTANCE = 3

interface WeighedWord extends QueryWord {
  readonly weight: number
}

/** The query prepared for looking at many passages. */
export interface QueryWeights {
  readonly words: readonly WeighedWord[]
  /** For each term, the words that it stands for, as indexes into `words`. */
  readonly wordsByTerm: ReadonlyMap<string, readonly number[]>
  readonly finder: TermFinder
  /** Sum of the weights that coverage shares out. */
  readonly total: number
}

/** Where in a passage the query's words stand, from its beginning; words are indexes into `QueryWeights.words`. */
export type WordPlaces = readonly {readonly word: number; readonly place: number}[]

/** What a passage's terms alone tell about it. */
export type TermFeatures = Pick<Features, 'coverage' | 'context' | 'phrase' | 'proximity' | 'words'>

/** A word weighs the idf of its commonest stem; stop words weigh nothing, unless the query has no other words. */
export function weighQuery({words}: AnalysedQuery, idf: ReadonlyMap<string, number>): QueryWeights {
  const distinct = [...new Map(words.map(word => [word.terms.join(' '), word])).values()]
  const onlyStops = distinct.every(({stop}) => stop)
  const weighed = distinct.map(word => ({
    ...word,
    weight: word.stop && !onlyStops ? 0 : Math.min(...word.terms.map(term => idf.get(term) ?? 0)),
  }))
  const wordsByTerm = new Map<string, number[]>()
  for (const [index, {terms}] of weighed.entries()) {
    for (const term of terms) wordsByTerm.set(term, [...(wordsByTerm.get(term) ?? []), index])
  }
  return {words: weighed, wordsByTerm, finder: new TermFinder(wordsByTerm.keys()), total: totalOf(weighed)}
}

function totalOf(words: readonly WeighedWord[]): number {
  return words.reduce((sum, {weight, compound}) => sum + (compound ? 0 : weight), 0)
}

/**
 * The same query with every word weighed: one without a weight gets the idf that it has among these passages, by the
 * formula of BM25. Compounds still weigh nothing of their own.
 */
export function weighAllWords(query: QueryWeights, passages: readonly WordPlaces[]): QueryWeights {
  const frequencies = query.words.map(() => 0)
  for (const places of passages) for (const word of new Set(places.map(each => each.word))) frequencies[word]! += 1
  const words = query.words.map((word, at) => {
    const frequency = frequencies[at]!
    if (word.weight > 0 || frequency === 0) return word
    return {...word, weight: Math.log(1 + (passages.length - frequency + 0.5) / (frequency + 0.5))}
  })
  return {...query, words, total: totalOf(words)}
}

/** Reads a passage's terms, which a space parts, once. Linear in their length. */
export function placesOf({wordsByTerm, finder}: QueryWeights, terms: string): WordPlaces {
  const places: {readonly word: number; readonly place: number}[] = []
  finder.find(terms, (term, place) => {
    for (const word of wordsByTerm.get(term)!) places.push({word, place})
  })
  return places
}

export function termFeatures(query: QueryWeights, places: WordPlaces, contextTermCount: number): TermFeatures {
  const {words} = query
  const found = new Set(places.map(({word}) => word))
  const inContext = new Set(places.filter(({place}) => place < contextTermCount).map(({word}) => word))
  return {
    coverage: coverageOf(query, found),
    context: coverageOf(query, inContext),
    phrase: pairShare(words, places),
    proximity: windowShare(query, places),
    words: words.length === 0 ? 0 : found.size / words.length,
  }
}

/** The largest weighed share of the query's words, without compounds, within any window of `WINDOW` terms. */
export function windowShare(query: QueryWeights, places: WordPlaces): number {
  return coverageOf(query, bestWindow(query.words, places))
}

/** The idf-weighted share of the query's words, without stop words and compounds, that are among these. */
function coverageOf({words, total}: QueryWeights, found: Iterable<number>): number {
  let sum = 0
  for (const word of found) if (!words[word]!.compound) sum += words[word]!.weight
  return total > 0 ? sum / total : 0
}

function pairShare(words: readonly WeighedWord[], places: WordPlaces): number {
  const close = new Set<number>()
  const last = new Map<number, number>()
  for (const {word, place} of places) {
    const before = last.get(word - 1)
    if (before !== undefined && place > before && place - before <= PAIR_DISTANCE) close.add(word)
    last.set(word, place)
  }
  let sum = 0
  let total = 0
  for (let word = 1; word < words.length; word++) {
    const weight = words[word]!.weight + words[word - 1]!.weight
    total += weight
    if (close.has(word)) sum += weight
  }
  return total > 0 ? sum / total : 0
}

/** The words of the window that weighs most. */
function bestWindow(words: readonly WeighedWord[], places: WordPlaces): Set<number> {
  const counts = new Map<number, number>()
  let weight = 0
  let best = new Set<number>()
  let bestWeight = 0
  let first = 0
  for (const {word, place} of places) {
    const count = counts.get(word) ?? 0
    counts.set(word, count + 1)
    if (count === 0 && !words[word]!.compound) weight += words[word]!.weight
    while (place - places[first]!.place >= WINDOW) {
      const gone = places[first]!.word
      const left = counts.get(gone)! - 1
      if (left > 0) counts.set(gone, left)
      else {
        counts.delete(gone)
        if (!words[gone]!.compound) weight -= words[gone]!.weight
      }
      first++
    }
    if (weight > bestWeight + 1e-9) {
      bestWeight = weight
      best = new Set(counts.keys())
    }
  }
  return best
}
