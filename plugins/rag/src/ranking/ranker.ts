import type {Candidate, CandidatePassage, PassageKey, Place} from '../stores/passage-store.ts'
import type {Features} from './features.ts'
import {weighAllWords, windowShare} from './features.ts'
import {convexCombination, minMax} from './fusion.ts'
import type {AnalysedQuery} from './query.ts'
import {QueryReading} from './query-reading.ts'
import trained from './ranker.weights.json' with {type: 'json'}

/** How much each list counts. */
export interface FusionWeights {
  /** Of the two lexical lists, in proportion; .5 each by default. */
  readonly terms?: number
  readonly grams?: number
  /** In place of the ranker's own weight of the document's best passage. */
  readonly document?: number
  /** The share of the dense list in the final score, from 0 to 1; .5 by default where there is such a list. */
  readonly dense?: number
}

export interface RankingInput {
  /** The two lexical lists, best first. */
  readonly byTerms: readonly Candidate[]
  readonly byGrams: readonly Candidate[]
  /** The list of a query that has a vector. */
  readonly byVector?: readonly Candidate[]
  readonly fusion?: FusionWeights
  readonly query: AnalysedQuery
  /** How many of the fused list are ranked; the rest is let go. */
  readonly pool: number
  /**
   * Reads the passages of these keys, and those that stand right before and after `besides` in their documents; each
   * once, in any order.
   */
  read(keys: readonly PassageKey[], besides: ReadonlySet<PassageKey>): Promise<readonly CandidatePassage[]>
  /** Inverse document frequency of the query's terms; the passages that were read help to tell it. */
  idf(read: readonly CandidatePassage[]): Promise<ReadonlyMap<string, number>>
  /** Of the same query, where it is ranked under many weights; `idf` is not asked then. */
  readonly reading?: QueryReading
}

export interface Ranked {
  readonly passage: CandidatePassage
  readonly score: number
  readonly features: Features
}

/** `coverage` is reported and not weighed: what it tells, `fusion` has. */
export type RankerWeights = Readonly<Record<Exclude<keyof Features, 'coverage'>, number>>

/** Of so many of the best candidates, the passages beside them are ranked as well: an answer often stands there. */
const EXPANDED = 12

/**
 * Orders what the lists propose: the lexical ones are fused, and of the best, features are read and weighed by the
 * linear ranker, whose weights `tools/train-ranker.ts` learns. A dense list proposes passages as well, and its scores
 * and the ranker's are then combined.
 */
export async function rankCandidates(input: RankingInput, weights: RankerWeights = trained): Promise<Ranked[]> {
  const {byTerms, byGrams, byVector = [], fusion = {}} = input
  const {terms: ofTerms = 0.5, grams: ofGrams = 0.5, dense: ofDense = byVector.length > 0 ? 0.5 : 0} = fusion
  const lexical = convexCombination(scoresOf(byTerms), scoresOf(byGrams), ofTerms / (ofTerms + ofGrams))
  const dense = minMax(scoresOf(byVector))
  const proposed = byVector.length === 0 ? lexical : convexCombination(lexical, dense, 1 - ofDense)
  const pool = [...proposed]
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, input.pool)
    .map(([key]) => key)
  if (pool.length === 0) return []

  const passages = await input.read(pool, new Set(pool.slice(0, EXPANDED)))
  const reading = input.reading ?? new QueryReading(input.query, await input.idf(passages))
  const documents = documentScores(passages, lexical)
  const read = passages.map(passage => reading.of(passage))
  const allWeighed = weighAllWords(
    reading.weights,
    read.map(({places}) => places),
  )
  const byPlace = new Map(passages.map(passage => [placeOf(passage), lexical.get(passage.key) ?? 0]))
  const used = fusion.document === undefined ? weights : {...weights, document: fusion.document}
  const ranked = passages.map((passage, index) => {
    const {documentId, ordinal, key} = passage
    const {places, features: ofWords} = read[index]!
    const features: Features = {
      ...ofWords,
      togetherness: windowShare(allWeighed, places),
      fusion: lexical.get(key) ?? 0,
      document: documents.get(documentId)!,
      neighbours: Math.max(
        byPlace.get(placeOf({documentId, ordinal: ordinal - 1})) ?? 0,
        byPlace.get(placeOf({documentId, ordinal: ordinal + 1})) ?? 0,
      ),
      opening: 1 / (1 + ordinal),
    }
    return {passage, features, score: linearScore(features, used)}
  })
  const combined = byVector.length === 0 ? ranked : withDense(ranked, dense, ofDense)
  return combined.toSorted((one, other) => other.score - one.score || (one.passage.id < other.passage.id ? -1 : 1))
}

/** The ranker's scores and the dense list's, combined as lists are. */
function withDense(ranked: readonly Ranked[], dense: ReadonlyMap<PassageKey, number>, share: number): Ranked[] {
  const scores = minMax(new Map(ranked.map(({passage, score}) => [passage.key, score])))
  return ranked.map(each => ({
    ...each,
    score: (1 - share) * scores.get(each.passage.key)! + share * (dense.get(each.passage.key) ?? 0),
  }))
}

export function linearScore(features: Features, weights: RankerWeights): number {
  let score = 0
  for (const name of Object.keys(weights) as (keyof RankerWeights)[]) score += weights[name] * features[name]
  return score
}

function scoresOf(list: readonly Candidate[]): Map<PassageKey, number> {
  return new Map(list.map(({key, score}) => [key, score]))
}

/** Each document's best passage, normalised over the documents. */
function documentScores(
  passages: readonly CandidatePassage[],
  fused: ReadonlyMap<PassageKey, number>,
): Map<string, number> {
  const best = new Map<string, number>()
  for (const {documentId, key} of passages)
    best.set(documentId, Math.max(best.get(documentId) ?? 0, fused.get(key) ?? 0))
  return minMax(best)
}

export function placeOf({documentId, ordinal}: Place): string {
  return `${ordinal}:${documentId}`
}
