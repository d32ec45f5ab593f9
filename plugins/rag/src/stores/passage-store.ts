import {FailureError, InvalidInputError, NotFoundError} from '@omni-ops/core/operation'
import type {PassageTerms} from '../analysis/document-reading.ts'
import type {PassageFilter} from '../index/metadata-filter.ts'
import type {Passage} from '../index/passage.ts'

/**
 * Where a store keeps a passage. Its own affair: a number, an id, whatever it finds the passage fastest by. A key holds
 * within the snapshot that gave it and means nothing elsewhere.
 */
export type PassageKey = bigint | string

/** A passage with all that it is searched by. */
export interface PassageRow {
  readonly passage: Passage
  /** Analysed terms and grams. A store cuts them at spaces and does nothing else to them. */
  readonly terms: PassageTerms
  /** Of unit length; a passage without one is not in the dense list. */
  readonly vector?: Float32Array
}

/** Everything that a store is to hold of one document. No rows: nothing. */
export interface DocumentRows {
  readonly documentId: string
  readonly rows: readonly PassageRow[]
}

/** A passage that a list proposes. */
export interface Candidate {
  readonly key: PassageKey
  /** BM25, or the cosine of two vectors; comparable within one list. */
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
  readonly key: PassageKey
  /** The passage's terms in order, context first, with a space between them. */
  readonly terms: string
  readonly contextTermCount: number
}

/** A passage that a search for terms found. */
export interface ScoredTerms {
  /** BM25 of the search's terms. */
  readonly score: number
  /** The passage's, with a space between them. */
  readonly terms: string
}

/** What a collection holds, as far as a search has to know it beforehand. */
export interface StoreStatistics {
  readonly passages: number
  /** Of the passages, context included. */
  readonly averageTermCount: number
  readonly passagesByLanguage: ReadonlyMap<string, number>
  /**
   * The share of the passages that have a gram, from 0 to 1; one that is not in it is rare. Empty where nobody has
   * counted: every gram of a query is then searched.
   */
  readonly gramShares: ReadonlyMap<string, number>
}

/** What a store can do, for callers that must know. */
export interface StoreLimits {
  /** `eventual`: what was written is found some time later. */
  readonly consistency: 'immediate' | 'eventual'
  /**
   * Whether a document is replaced in one step even under kill -9. Where not, a crash leaves it as it is until it is
   * replaced again, which the catalogue's `pending` calls for.
   */
  readonly atomic: boolean
  /** Whether the store could fuse lexical and dense lists itself. Nobody asks it to: one ranking serves all stores. */
  readonly nativeHybrid: boolean
  /** So many rows may be given to one `replaceDocuments`. */
  readonly mostRows: number
  /** The dimension of its vectors; undefined where the collection has none. */
  readonly dimension: number | undefined
}

export interface ListOptions {
  readonly limit: number
  readonly filter?: PassageFilter
}

export interface PageOptions extends ListOptions {
  /** `next` of the page before. */
  readonly after?: string
}

export interface RowPage {
  readonly rows: readonly PassageRow[]
  /** Undefined on the last page. */
  readonly next: string | undefined
}

/**
 * A collection as it was at one moment, where the store can hold on to one; else as it is. All methods throw
 * StoreFailureError, and those with a filter InvalidMetadataError.
 */
export interface PassageSnapshot {
  statistics(): Promise<StoreStatistics>
  /** How many passages there are, or how many the filter lets through. */
  count(filter?: PassageFilter): Promise<number>
  /** The best passages by BM25 (k₁ = 1.2, b = 0.75) over their terms, best first. No terms: none. */
  byTerms(terms: readonly string[], options: ListOptions): Promise<Candidate[]>
  /** The same over character 4-grams. */
  byGrams(grams: readonly string[], options: ListOptions): Promise<Candidate[]>
  /**
   * The nearest passages by cosine, best first. Empty where the collection has no vectors.
   * @param vector of unit length.
   * @throws VectorDimensionError where it is of another length than the collection's, or not finite.
   */
  byVector(vector: Float32Array, options: ListOptions): Promise<Candidate[]>
  /**
   * Passages by their keys, and with them those that stand right before and after `besides` (some of the keys) in their
   * documents; each once, in any order.
   */
  read(keys: readonly PassageKey[], besides: ReadonlySet<PassageKey>): Promise<CandidatePassage[]>
  /** Whole passages by their keys, in any order. */
  take(keys: readonly PassageKey[]): Promise<Passage[]>
  /**
   * Inverse document frequency ln(1 + (N − n + ½) / (n + ½)) of terms: n of N passages have it. In agreement with the
   * scores of `byTerms`.
   * @param found passages that `byTerms` found for just these terms; a store that keeps no frequencies may tell them
   *   from their scores.
   */
  idf(terms: readonly string[], found?: readonly ScoredTerms[]): Promise<ReadonlyMap<string, number>>
  /** Passages by their ids, in any order; those that are gone are left out. */
  get(ids: readonly string[]): Promise<Passage[]>
  /** All passages of these documents, in any order. */
  ofDocuments(documentIds: readonly string[]): Promise<Passage[]>
  /**
   * A page of rows, all that the store holds of them, in an order of its own which stays. Rows that are there before
   * the first page and after the last come exactly once.
   */
  list(options: PageOptions): Promise<RowPage>
  /** All passages, in no order, in constant memory. */
  scan(filter?: PassageFilter): AsyncGenerator<Passage>
}

/** The passages of one collection of one tenant. docs/rag-stores.md says what must hold. */
export interface PassageStore {
  limits(): Promise<StoreLimits>
  /** Whether the collection has ever been written to. */
  exists(): Promise<boolean>
  /** @throws CollectionNotFoundError */
  snapshot(): Promise<PassageSnapshot>
  /**
   * Puts documents into the collection, each in place of all that it had under the same id.
   * @param before runs when no other writer of this store can come in between any more.
   * @throws VectorDimensionError, InvalidMetadataError before anything is written; CollectionBusyError,
   *   StoreFailureError.
   */
  replaceDocuments(documents: readonly DocumentRows[], before?: () => Promise<void>): Promise<void>
  /**
   * Removes documents; ids that are not there are no error.
   * @param choose tells which, when no other writer of this store can come in between any more.
   * @returns how many passages went.
   */
  removeDocuments(choose: () => Promise<readonly string[]>): Promise<number>
  /** Waits for the writes that have begun, also where the collection is only just being made. @throws CollectionBusyError */
  awaitWriters(): Promise<void>
  /**
   * Whatever makes the next searches fast: indexes, compaction, counting. Every ingest should end with it.
   * @param now the time by the caller's clock, from which the age of old versions is reckoned.
   */
  optimize(now: Date): Promise<void>
  /**
   * Sees to it that nothing of what was ever removed or replaced is left in the store's files, versions or indexes.
   * Takes as long as writing what shares files with it. A snapshot taken before may fail after.
   */
  erase(now: Date): Promise<void>
  /** Deletes the collection with all its passages. @returns whether there was one. */
  drop(): Promise<boolean>
  close(): Promise<void>
}

export interface OpenOptions {
  /** Of the vectors that the collection holds or is to hold; undefined: none are written. */
  readonly dimension?: number
}

/** One tenant's part of a vector database. Nothing outside it is read or written. */
export interface PassageDatabase {
  /** Opens nothing yet. @throws InvalidInputError for a name that cannot be a collection's. */
  open(collection: string, options?: OpenOptions): PassageStore
  /** The tenant's collections, sorted. */
  collections(): Promise<string[]>
  /** Deletes all collections of the tenant. @returns which there were. */
  removeTenant(): Promise<string[]>
}

/** The collection has never been written to. */
export class CollectionNotFoundError extends NotFoundError {
  override readonly code = 'rag_collection_not_found'

  constructor(collection: string) {
    super(`There is no collection ${collection}`, {hint: 'Ingest something first: omni rag ingest PATH'})
  }
}

/** A store could not read or write a collection. */
export class StoreFailureError extends FailureError {
  override readonly code = 'rag_index_failure'
}

/** A vector that the collection cannot hold or look for. */
export class VectorDimensionError extends InvalidInputError {
  override readonly code = 'rag_vector_dimension'
}

const collectionName = /^[a-z0-9][a-z0-9_-]{0,62}$/

/** @throws InvalidInputError */
export function assertCollectionName(collection: string): void {
  if (collectionName.test(collection)) return
  throw new InvalidInputError(`${JSON.stringify(collection)} cannot be the name of a collection`, {
    hint: 'Use lower-case letters, digits, - and _, at most 63, beginning with a letter or digit.',
  })
}

/** @throws VectorDimensionError for a vector of another length, or with a number in it that is none. */
export function assertVector(vector: Float32Array, dimension: number | undefined): void {
  if (vector.length !== dimension) {
    const holds = dimension === undefined ? 'holds no vectors' : `holds vectors of ${dimension} numbers`
    throw new VectorDimensionError(`The collection ${holds}, this one has ${vector.length}`, {
      hint: 'Another embedding model made it: ingest and search a collection with one and the same model.',
    })
  }
  if (vector.every(Number.isFinite)) return
  throw new VectorDimensionError('A vector holds a number that is not finite', {
    hint: 'The embedding model failed on this text; look at what it answers.',
  })
}

/** @throws VectorDimensionError for the first row whose vector does not fit. */
export function assertVectors(documents: readonly DocumentRows[], dimension: number | undefined): void {
  for (const {rows} of documents) {
    for (const {vector} of rows) if (vector !== undefined) assertVector(vector, dimension)
  }
}
