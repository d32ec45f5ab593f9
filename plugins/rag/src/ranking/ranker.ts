import type {Features} from './features.ts'
import {placesOf, termFeatures, weighAllWords, weighQuery, windowShare} from './features.ts'
import {convexCombination, minMax} from './fusion.ts'
import type {AnalysedQuery} from './query.ts'
import trained from './ranker.weights.json' with {type: 'json'}

/** A passage that a list proposes. */
export interface Candidate {
  /** Where the table keeps the passage: the rows of a document's passages follow one another, unless it was changed. */
  readonly rowId: bigint
  /** BM25. */
  readonly score: number
}

/** Where in which document a passage stands. */
export interface Place {
  readonly documentId: string
  readonly ordinal: number
}

/** A passage as the ranker reads it. */
export interface CandidatePassage extends Place {
  readonly id: string
  readonly rowId: bigint
  /** The passage's terms in order, context first. */
  readonly terms: readonly string[]
  readonly contextTermCount: number
}

export interface RankingInput {
  /** The two lists, best first. */
  readonly byTerms: readonly Candidate[]
  readonly byGrams: readonly Candidate[]
  readonly query: AnalysedQuery
  /** How many of the fused list are ranked; the rest is let go. */
  readonly pool: number
  /**
   * Reads the passages in these rows, and those beside them that stand right before and after `besides` in their
   * documents, as far as the search may find them; each once, in any order.
   */
  read(rowIds: readonly bigint[], besides: ReadonlySet<bigint>): Promise<readonly CandidatePassage[]>
  /** Inverse document frequency of the query's terms; the passages that were read help to tell it. */
  idf(read: readonly CandidatePassage[]): Promise<ReadonlyMap<string, number>>
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
 * Orders what the two lists propose: they are fused, and of the best, features are read and weighed by the linear
 * ranker, whose weights `tools/train-ranker.ts` learns.
 */
export async function rankCandidates(input: RankingInput, weights: RankerWeights = trained): Promise<Ranked[]> {
  const fused = convexCombination(scoresOf(input.byTerms), scoresOf(input.byGrams))
  const pool = [...fused]
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, input.pool)
    .map(([rowId]) => rowId)
  if (pool.length === 0) return []

  const passages = await input.read(pool, new Set(pool.slice(0, EXPANDED)))
  const weighed = weighQuery(input.query, await input.idf(passages))
  const documents = documentScores(passages, fused)
  const places = passages.map(({terms}) => placesOf(weighed, terms))
  const allWeighed = weighAllWords(weighed, places)
  const byPlace = new Map(passages.map(passage => [placeOf(passage), fused.get(passage.rowId) ?? 0]))
  const ranked = passages.map((passage, index) => {
    const {documentId, ordinal, rowId, contextTermCount} = passage
    const features: Features = {
      ...termFeatures(weighed, places[index]!, contextTermCount),
      togetherness: windowShare(allWeighed, places[index]!),
      fusion: fused.get(rowId) ?? 0,
      document: documents.get(documentId)!,
      neighbours: Math.max(
        byPlace.get(placeOf({documentId, ordinal: ordinal - 1})) ?? 0,
        byPlace.get(placeOf({documentId, ordinal: ordinal + 1})) ?? 0,
      ),
      opening: 1 / (1 + ordinal),
    }
    return {passage, features, score: linearScore(features, weights)}
  })
  return ranked.toSorted((one, other) => other.score - one.score || (one.passage.id < other.passage.id ? -1 : 1))
}

export function linearScore(features: Features, weights: RankerWeights): number {
  let score = 0
  for (const name of Object.keys(weights) as (keyof RankerWeights)[]) score += weights[name] * features[name]
  return score
}

function scoresOf(list: readonly Candidate[]): Map<bigint, number> {
  return new Map(list.map(({rowId, score}) => [rowId, score]))
}

/** Each document's best passage, normalised over the documents. */
function documentScores(
  passages: readonly CandidatePassage[],
  fused: ReadonlyMap<bigint, number>,
): Map<string, number> {
  const best = new Map<string, number>()
  for (const {documentId, rowId} of passages)
    best.set(documentId, Math.max(best.get(documentId) ?? 0, fused.get(rowId) ?? 0))
  return minMax(best)
}

export function placeOf({documentId, ordinal}: Place): string {
  return `${ordinal}:${documentId}`
}
