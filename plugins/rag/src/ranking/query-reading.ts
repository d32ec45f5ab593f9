import type {CandidatePassage, PassageKey} from '../stores/passage-store.ts'
import {placesOf, type QueryWeights, type TermFeatures, termFeatures, weighQuery, type WordPlaces} from './features.ts'
import type {AnalysedQuery} from './query.ts'

/** What a passage's terms tell of it for a query. */
export interface ReadPassage {
  readonly places: WordPlaces
  readonly features: TermFeatures
}

/**
 * A query's words as they stand in passages, each of which is read once. Nothing here depends on how much the lists
 * count, so that one reading serves the ranking under any weights.
 */
export class QueryReading {
  readonly weights: QueryWeights
  readonly #passages = new Map<PassageKey, ReadPassage>()

  /** @param idf inverse document frequency of the query's terms. */
  constructor(query: AnalysedQuery, idf: ReadonlyMap<string, number>) {
    this.weights = weighQuery(query, idf)
  }

  of({key, terms, contextTermCount}: CandidatePassage): ReadPassage {
    const known = this.#passages.get(key)
    if (known !== undefined) return known
    const places = placesOf(this.weights, terms)
    const read = {places, features: termFeatures(this.weights, places, contextTermCount)}
    this.#passages.set(key, read)
    return read
  }
}
