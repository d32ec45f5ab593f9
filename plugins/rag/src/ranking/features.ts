import type {AnalysedQuery, QueryWord} from './query.ts'

/** What the linear ranker weighs; all between 0 and 1 except `length`. */
export interface Features {
  /** The two lists fused, before the document's score. */
  readonly fusion: number
  /** BM25 of stems and of 4-grams, each normalised within its list; 0 where the list lacks the passage. */
  readonly terms: number
  readonly grams: number
  /** The best fused score of the document's passages, normalised over the documents. */
  readonly document: number
  /** Idf-weighted share of the query's words, without stop words and compounds, in the passage or its context. */
  readonly coverage: number
  /** The same share in the context alone: title, headings, table header. */
  readonly context: number
  /** The same share over all ranked passages of the document together. */
  readonly documentCoverage: number
  /** Idf-weighted share of neighbouring words of the query that stand close together in the passage, in order. */
  readonly phrase: number
  /** The largest idf-weighted share of the query's words within any window of `WINDOW` terms. */
  readonly proximity: number
  /** Share of the query's compounds (identifiers, hyphenated words) that the passage has whole. */
  readonly compound: number
  /** Whether the passage has the query's rarest word. */
  readonly rarest: number
  /** Share of all the query's words, stop words included, counted equally. */
  readonly words: number
  /** The better fused score of the passages before and after it in its document. */
  readonly neighbours: number
  /** Natural logarithm of the passage's length over the collection's average, within ±2. */
  readonly length: number
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
  /** Sum of the weights that coverage shares out. */
  readonly total: number
}

/** What a passage's terms alone tell about it. */
export type TermFeatures = Pick<
  Features,
  'coverage' | 'context' | 'phrase' | 'proximity' | 'compound' | 'rarest' | 'words' | 'length'
> & {readonly found: ReadonlySet<number>}

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
  const total = weighed.reduce((sum, {weight, compound}) => sum + (compound ? 0 : weight), 0)
  return {words: weighed, wordsByTerm, total}
}

/** Reads a passage's terms once. Linear in their number. */
export function termFeatures(
  {words, wordsByTerm, total}: QueryWeights,
  terms: readonly string[],
  contextTermCount: number,
  averageTermCount: number,
): TermFeatures {
  const found = new Set<number>()
  const inContext = new Set<number>()
  const places: {readonly word: number; readonly place: number}[] = []
  for (const [place, term] of terms.entries()) {
    for (const word of wordsByTerm.get(term) ?? []) {
      found.add(word)
      if (place < contextTermCount) inContext.add(word)
      places.push({word, place})
    }
  }
  const share = (some: Iterable<number>) => {
    let sum = 0
    for (const word of some) if (!words[word]!.compound) sum += words[word]!.weight
    return total > 0 ? sum / total : 0
  }
  const compounds = words.filter(({compound}) => compound).length
  const compoundsFound = [...found].filter(word => words[word]!.compound).length
  const rarest = words.reduce((best, {weight, compound}, word) => {
    return !compound && weight > (words[best]?.weight ?? -1) ? word : best
  }, -1)
  return {
    found,
    coverage: share(found),
    context: share(inContext),
    phrase: pairShare(words, places),
    proximity: share(bestWindow(words, places)),
    compound: compounds === 0 ? 0 : compoundsFound / compounds,
    rarest: found.has(rarest) ? 1 : 0,
    words: words.length === 0 ? 0 : found.size / words.length,
    length: Math.max(-2, Math.min(2, Math.log(Math.max(1, terms.length) / Math.max(1, averageTermCount)))),
  }
}

/** Weighted share of words over several passages taken together. */
export function coverageOf({words, total}: QueryWeights, found: Iterable<number>): number {
  let sum = 0
  for (const word of found) if (!words[word]!.compound) sum += words[word]!.weight
  return total > 0 ? sum / total : 0
}

function pairShare(words: readonly WeighedWord[], places: readonly {word: number; place: number}[]): number {
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
function bestWindow(words: readonly WeighedWord[], places: readonly {word: number; place: number}[]): Set<number> {
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
