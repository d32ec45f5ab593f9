import type {PassageTerms} from '../../analysis/document-reading.ts'
import {bm25Factor} from '../../ranking/idf-from-scores.ts'

/** A sparse vector as Pinecone takes it: parallel lists, each index once. */
export interface SparseVector {
  readonly indices: number[]
  readonly values: number[]
}

/** Average lengths that the document side of BM25 is reckoned with. */
export interface AverageLengths {
  readonly terms: number
  readonly grams: number
}

/**
 * A sparse vector has at most so many values that are not zero (`SparseValues` in Pinecone's data-plane description,
 * https://github.com/pinecone-io/pinecone-api, 2025-10).
 */
export const MOST_VALUES = 1_000
/** The index of records that are no passages; no term has it. */
export const RESERVED_INDEX = 0
const FIRST_INDEX = 1
/** Indices are unsigned integers of 32 bits (https://docs.pinecone.io/guides/data/upsert-sparse-dense-vectors). */
const INDICES = 2 ** 32 - FIRST_INDEX

export type TokenKind = 'terms' | 'grams'

/**
 * The index of a term or gram: FNV-1a of 32 bits (https://datatracker.ietf.org/doc/draft-eastlake-fnv/) over its UTF-16
 * units, mixed once more, so that neighbours do not lie beside each other. Two tokens may share an index: their scores
 * are then one.
 */
export function tokenIndex(kind: TokenKind, token: string): number {
  let hash = kind === 'terms' ? 0x811c9dc5 : 0x050c5d1f
  for (let at = 0; at < token.length; at++) hash = Math.imul(hash ^ token.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b)
  hash ^= hash >>> 15
  return FIRST_INDEX + ((hash >>> 0) % INDICES)
}

/**
 * The document side of BM25 (k₁ = 1.2, b = 0.75): of each term and gram what idf is multiplied with. Where a passage
 * has more than fits, the grams that count least are left out first.
 */
export function sparseVectorOf(terms: PassageTerms, average: AverageLengths): SparseVector {
  const weighted = [
    ...weights('terms', terms.terms, average.terms).toSorted(heavier),
    ...weights('grams', terms.grams, average.grams).toSorted(heavier),
  ].slice(0, MOST_VALUES)
  const sums = new Map<number, number>()
  for (const [index, weight] of weighted) sums.set(index, (sums.get(index) ?? 0) + weight)
  if (sums.size === 0) return {indices: [RESERVED_INDEX], values: [1]}
  return {indices: [...sums.keys()], values: [...sums.values()]}
}

/** The indices of a passage's terms and grams, each once. */
export function indicesOf(terms: PassageTerms): Set<number> {
  return new Set([
    ...tokensOf(terms.terms).map(token => tokenIndex('terms', token)),
    ...tokensOf(terms.grams).map(token => tokenIndex('grams', token)),
  ])
}

export function tokensOf(text: string): string[] {
  return text === '' ? [] : text.split(' ')
}

function weights(kind: TokenKind, text: string, average: number): [number, number][] {
  const tokens = tokensOf(text)
  const frequencies = new Map<string, number>()
  for (const token of tokens) frequencies.set(token, (frequencies.get(token) ?? 0) + 1)
  return [...frequencies].map(([token, frequency]) => [
    tokenIndex(kind, token),
    bm25Factor(frequency, tokens.length, Math.max(average, 1e-9)),
  ])
}

function heavier(one: [number, number], other: [number, number]): number {
  return other[1] - one[1]
}
