import type {Features, TermFeatures} from './features.ts'
import {coverageOf, termFeatures, weighQuery} from './features.ts'
import {convexCombination, minMax} from './fusion.ts'
import type {AnalysedQuery} from './query.ts'
import trained from './ranker.weights.json' with {type: 'json'}

/** A passage that a list proposes. */
export interface Candidate {
  readonly id: string
  readonly documentId: string
  readonly ordinal: number
  readonly rowId: bigint
  /** BM25. */
  readonly score: number
}

export interface CandidateTerms {
  /** The passage's terms in order, context first. */
  readonly terms: readonly string[]
  readonly contextTermCount: number
}

export interface RankingInput {
  /** The two lists, best first. */
  readonly byTerms: readonly Candidate[]
  readonly byGrams: readonly Candidate[]
  readonly query: AnalysedQuery
  readonly idf: ReadonlyMap<string, number>
  /** How many of the fused list are ranked; the rest is let go. */
  readonly pool: number
  /** The collection's mean number of terms per passage. */
  readonly averageTermCount: number
  /** Reads the terms of candidates, in their order. */
  readTerms(candidates: readonly Candidate[]): Promise<readonly CandidateTerms[]>
}

export interface Ranked {
  readonly candidate: Candidate
  readonly score: number
  readonly features: Features
}

export type RankerWeights = Readonly<Record<keyof Features, number>>

/** How much of a passage's score is its document's, in files of several passages. */
const DOCUMENT_SHARE = 0.2

/**
 * Orders what the two lists propose: they are fused, the document's best score is mixed in, and of the best of that,
 * features are read and weighed by the linear ranker, whose weights `tools/train-ranker.ts` learns.
 */
export async function rankCandidates(input: RankingInput, weights: RankerWeights = trained): Promise<Ranked[]> {
  const candidates = new Map([...input.byTerms, ...input.byGrams].map(candidate => [candidate.id, candidate]))
  const [terms, grams] = [scoresOf(input.byTerms), scoresOf(input.byGrams)]
  const fused = convexCombination(terms, grams)
  const documents = documentScores(candidates, fused)
  const mixed = (candidate: Candidate) =>
    (1 - DOCUMENT_SHARE) * fused.get(candidate.id)! + DOCUMENT_SHARE * documents.get(candidate.documentId)!
  const pool = [...candidates.values()].sort((one, other) => mixed(other) - mixed(one)).slice(0, input.pool)
  if (pool.length === 0) return []

  const weighed = weighQuery(input.query, input.idf)
  const read = (await input.readTerms(pool)).map(passage =>
    termFeatures(weighed, passage.terms, passage.contextTermCount, input.averageTermCount),
  )
  const foundByDocument = groupFound(pool, read)
  const [normalTerms, normalGrams] = [minMax(terms), minMax(grams)]
  const byPlace = new Map([...candidates.values()].map(candidate => [placeOf(candidate), fused.get(candidate.id)!]))
  const ranked = pool.map((candidate, index) => {
    const {found: _, ...own} = read[index]!
    const {documentId, ordinal, id} = candidate
    const features: Features = {
      ...own,
      fusion: fused.get(id)!,
      terms: normalTerms.get(id) ?? 0,
      grams: normalGrams.get(id) ?? 0,
      document: documents.get(documentId)!,
      documentCoverage: coverageOf(weighed, foundByDocument.get(documentId)!),
      neighbours: Math.max(
        byPlace.get(placeOf({documentId, ordinal: ordinal - 1})) ?? 0,
        byPlace.get(placeOf({documentId, ordinal: ordinal + 1})) ?? 0,
      ),
    }
    return {candidate, features, score: linearScore(features, weights)}
  })
  return ranked.sort((one, other) => other.score - one.score || (one.candidate.id < other.candidate.id ? -1 : 1))
}

export function linearScore(features: Features, weights: RankerWeights): number {
  let score = 0
  for (const name of Object.keys(weights) as (keyof Features)[]) score += weights[name] * features[name]
  return score
}

function scoresOf(list: readonly Candidate[]): Map<string, number> {
  return new Map(list.map(({id, score}) => [id, score]))
}

/** Each document's best passage, normalised over the documents. */
function documentScores(
  candidates: ReadonlyMap<string, Candidate>,
  fused: ReadonlyMap<string, number>,
): Map<string, number> {
  const best = new Map<string, number>()
  for (const [id, {documentId}] of candidates) best.set(documentId, Math.max(best.get(documentId) ?? 0, fused.get(id)!))
  return minMax(best)
}

function groupFound(pool: readonly Candidate[], read: readonly TermFeatures[]): Map<string, Set<number>> {
  const groups = new Map<string, Set<number>>()
  for (const [index, {documentId}] of pool.entries()) {
    const group = groups.get(documentId) ?? new Set()
    for (const word of read[index]!.found) group.add(word)
    groups.set(documentId, group)
  }
  return groups
}

function placeOf({documentId, ordinal}: {readonly documentId: string; readonly ordinal: number}): string {
  return `${ordinal}:${documentId}`
}
