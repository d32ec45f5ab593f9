import type {Analyser} from '../analysis/analyser.ts'
import {type ReadableDocument, readDocuments, type ReadDocuments} from '../analysis/document-reading.ts'
import type {Chunk} from '../chunking/chunk.ts'
import type {MetadataValue} from '../documents/document.ts'
import type {AnalysedQuery} from '../ranking/query.ts'
import {analyseQuery} from '../ranking/query.ts'
import {chooseGrams} from '../ranking/gram-choice.ts'
import type {FusionWeights, RankingInput} from '../ranking/ranker.ts'
import {placeOf, rankCandidates} from '../ranking/ranker.ts'
import {QueryReading} from '../ranking/query-reading.ts'
import type {Candidate, CandidatePassage, PassageRow, PassageStore, ScoredTerms} from '../stores/passage-store.ts'
import {unitVector} from '../stores/unit-vector.ts'
import type {PassageFilter, SearchFilter} from './metadata-filter.ts'
import type {Hit, Passage} from './passage.ts'
import {passageId} from './passage.ts'

/** A document cut into chunks, as the index takes it in. */
export interface IndexedDocument {
  readonly documentId: string
  readonly source: string
  readonly title?: string
  /** ISO 639-1; detected from the chunks where it is not given. */
  readonly language?: string
  readonly metadata: Readonly<Record<string, MetadataValue>>
  readonly chunks: readonly Chunk[]
  /**
   * Of each chunk, in their order, the embedding, of any length but zero; a chunk without one is found by its words
   * alone.
   */
  readonly vectors?: readonly (Float32Array | undefined)[]
}

export interface ChunkIndexOptions {
  /** Where the passages are. */
  readonly store: PassageStore
  /** One analyser may serve many indexes. */
  readonly analyser: Analyser
  /** Reads documents elsewhere than in this thread. */
  readonly read?: ReadDocuments
  /** Lets a search begin when its turn has come; at once where it is left out. */
  readonly inTurn?: InTurn
}

/** Runs work, at once or when earlier work has ended. */
export type InTurn = <Result>(work: () => Promise<Result>) => Promise<Result>

export interface SearchOptions {
  /** How many hits at most; 10 by default. */
  readonly limit?: number
  /** How many hits more, told from the query as it was read; none by default. */
  readonly further?: (query: AnalysedQuery) => number
  readonly filter?: SearchFilter
  /** The query's embedding, of any length but zero, by the model that made the collection's vectors. */
  readonly vector?: Float32Array
  readonly weights?: FusionWeights
  /** Whether hits say by which features they were ranked. */
  readonly explain?: boolean
}

export interface SearchResult {
  /** Best first. */
  readonly hits: readonly Hit[]
  /** The query as it was read, for whoever explains or answers. */
  readonly query: AnalysedQuery
  /** Inverse document frequency of each of the query's terms that are not stop words, in this collection. */
  readonly idf: ReadonlyMap<string, number>
}

/** How many passages each of the two lists proposes. */
const LIST_LENGTH = 128
/** How many of the fused list are read and ranked. */
const POOL_LENGTH = 60
/** A query of a page of text is searched by its first telling terms. */
const MOST_TERMS = 64
/**
 * The passages of one collection of one tenant, searchable. Documents are analysed on their way in and queries on
 * theirs; the store keeps rows and proposes candidates; what is ranked how is decided here, so that it is the same on
 * every store. What a store guarantees, this does: docs/rag-stores.md.
 */
export class ChunkIndex {
  readonly #options: ChunkIndexOptions

  /** Opens nothing yet. */
  constructor(options: ChunkIndexOptions) {
    this.#options = options
  }

  get store(): PassageStore {
    return this.#options.store
  }

  /**
   * Puts documents into the index, each in place of all that it had under the same id.
   * @param before runs when no other writer can come in between any more, with the language of each document by its id.
   * @returns how many chunks were written.
   * @throws CollectionBusyError, StoreFailureError; InvalidMetadataError, VectorDimensionError before anything is
   *   written.
   */
  async replaceDocuments(
    documents: readonly IndexedDocument[],
    before: (languages: ReadonlyMap<string, string>) => Promise<void> = async () => {},
  ): Promise<{chunks: number}> {
    const latest = [...new Map(documents.map(document => [document.documentId, document])).values()]
    const {rows, languages} = await this.#rowsOf(latest)
    await this.store.replaceDocuments(
      latest.map(({documentId}, index) => ({documentId, rows: rows[index]!})),
      () => before(languages),
    )
    return {chunks: rows.flat().length}
  }

  /**
   * Removes documents; ids that are not there are no error.
   * @param choose tells which, when no other writer can come in between any more.
   * @returns how many passages went.
   */
  async removeDocuments(choose: () => Promise<readonly string[]>): Promise<{chunks: number}> {
    return {chunks: await this.store.removeDocuments(choose)}
  }

  /**
   * The passages that best match a query: by BM25 on stems and on character 4-grams, fused, with a score for the whole
   * document, then ordered by the linear ranker; with a vector also by its nearness.
   * @throws CollectionNotFoundError, StoreFailureError, InvalidMetadataError, VectorDimensionError.
   */
  search(query: string, options: SearchOptions = {}): Promise<SearchResult> {
    const {inTurn = work => work()} = this.#options
    return inTurn(() => this.#search(query, options))
  }

  async #search(
    query: string,
    {limit = 10, further = () => 0, filter: asked = {}, vector, weights = {}, explain = false}: SearchOptions,
  ): Promise<SearchResult> {
    const {admits, ...filter} = asked
    const {snapshot, analysed, input, terms} = await this.#proposals(query, {
      limit,
      filter,
      ...(vector ? {vector} : {}),
    })
    if (input === undefined) return {hits: [], query: analysed, idf: new Map()}
    let idf: ReadonlyMap<string, number> = new Map()
    const ranked = await rankCandidates({
      ...input,
      fusion: weights,
      idf: async read => {
        idf = await input.idf(read)
        return idf
      },
    })
    const wanted = limit + further(analysed)
    const hits: Hit[] = []
    // Who may not be shown is told from a passage's words: the next best then takes its place.
    for (let from = 0; from < ranked.length && hits.length < wanted; from += wanted) {
      const best = ranked.slice(from, from + wanted)
      const taken = await snapshot.take(best.map(({passage}) => passage.key))
      const passages = new Map(taken.map(passage => [passage.id, passage]))
      for (const {
        score,
        features,
        passage: {id},
      } of best) {
        const passage = passages.get(id)
        // On a store without versions, it may have gone since the lists were made.
        if (passage === undefined || admits?.(passage) === false) continue
        hits.push({...passage, score, coverage: features.coverage, ...(explain ? {features} : {})})
      }
      if (admits === undefined) break
    }
    hits.splice(wanted)
    return {hits, query: analysed, idf: idf.size > 0 ? idf : await snapshot.idf(terms)}
  }

  /**
   * The best passages of a query under each of several weightings, as `search` would find them one by one, with the
   * lists proposed and the passages read once for all. For tuning, and slower than one search.
   * @throws What `search` throws.
   */
  async searchWeighted(
    query: string,
    weightings: readonly FusionWeights[],
    {limit = 10, filter: asked = {}, vector}: Pick<SearchOptions, 'limit' | 'filter' | 'vector'> = {},
  ): Promise<readonly (readonly Passage[])[]> {
    const {admits = () => true, ...filter} = asked
    const {snapshot, input} = await this.#proposals(query, {limit, filter, ...(vector ? {vector} : {})})
    if (input === undefined) return weightings.map(() => [])
    const {byTerms, byGrams, byVector = []} = input
    const proposed = new Set([...byTerms, ...byGrams, ...byVector].map(({key}) => key))
    const all = await snapshot.read([...proposed], proposed)
    const byPlace = new Map(all.map(passage => [placeOf(passage), passage]))
    const byKey = new Map(all.map(passage => [passage.key, passage]))
    const reading = new QueryReading(input.query, await input.idf(all))
    const read: typeof input.read = async (keys, besides) => {
      const wanted = new Map(keys.flatMap(key => (byKey.has(key) ? [[key, byKey.get(key)!] as const] : [])))
      for (const key of besides) {
        const passage = byKey.get(key)
        if (passage === undefined) continue
        const {documentId, ordinal} = passage
        for (const beside of [ordinal - 1, ordinal + 1]) {
          const neighbour = byPlace.get(placeOf({documentId, ordinal: beside}))
          if (neighbour) wanted.set(neighbour.key, neighbour)
        }
      }
      return [...wanted.values()]
    }
    const lists: CandidatePassage[][] = []
    for (const fusion of weightings) {
      const ranked = await rankCandidates({...input, fusion, read, reading})
      lists.push(ranked.slice(0, limit).map(({passage}) => passage))
    }
    const taken = await snapshot.take([...new Set(lists.flat().map(({key}) => key))])
    const passages = new Map(taken.map(passage => [passage.id, passage]))
    return lists.map(list => list.map(({id}) => passages.get(id)!).filter(admits))
  }

  /** The passages of the same document from `ordinal - reach` to `ordinal + reach`, in order, itself included. */
  async neighbours(documentId: string, ordinal: number, reach = 1): Promise<Passage[]> {
    const first = Math.max(0, ordinal - reach)
    const ids = Array.from({length: ordinal + reach - first + 1}, (_, at) =>
      passageId({documentId, ordinal: first + at}),
    )
    return this.get(ids)
  }

  /** The passages with these ids, in this order; those that are gone are left out. */
  async get(ids: readonly string[]): Promise<Passage[]> {
    const passages = await (await this.store.snapshot()).get(ids)
    const byId = new Map(passages.map(passage => [passage.id, passage]))
    return ids.flatMap(id => byId.get(id) ?? [])
  }

  /** All passages of these documents, document by document in the order given, each in its own order. */
  async ofDocuments(documentIds: readonly string[]): Promise<Passage[]> {
    const passages = await (await this.store.snapshot()).ofDocuments(documentIds)
    const byDocument = Map.groupBy(passages, ({documentId}) => documentId)
    return [...new Set(documentIds)].flatMap(id =>
      (byDocument.get(id) ?? []).toSorted((one, other) => one.ordinal - other.ordinal),
    )
  }

  /** How many passages there are, or how many the filter lets through. 0 for a collection that was never written. */
  async count(filter: PassageFilter = {}): Promise<number> {
    if (!(await this.exists())) return 0
    return (await this.store.snapshot()).count(filter)
  }

  /** How many passages there are in each language. */
  async languages(): Promise<ReadonlyMap<string, number>> {
    return (await (await this.store.snapshot()).statistics()).passagesByLanguage
  }

  /** Inverse document frequency of terms, as `Analyser` gives them; the highest value for a term that is nowhere. */
  async idf(terms: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return (await this.store.snapshot()).idf(terms)
  }

  /** All passages, in no order, in constant memory. */
  async *scan({filter = {}}: {readonly filter?: PassageFilter} = {}): AsyncGenerator<Passage> {
    yield* (await this.store.snapshot()).scan(filter)
  }

  /**
   * Makes the next searches fast. Every ingest should end with it.
   * @param now the time by the caller's clock, from which the age of old versions is reckoned.
   */
  async optimize(now: Date): Promise<void> {
    await this.store.optimize(now)
  }

  /** Whether the collection has ever been written to. */
  exists(): Promise<boolean> {
    return this.store.exists()
  }

  async close(): Promise<void> {
    await this.store.close()
  }

  /** The lists that a query is ranked from; no input where the collection is empty. */
  async #proposals(
    query: string,
    {limit, filter, vector}: Required<Pick<SearchOptions, 'limit' | 'filter'>> & Pick<SearchOptions, 'vector'>,
  ) {
    const snapshot = await this.store.snapshot()
    const options = {limit: Math.max(LIST_LENGTH, limit), filter}
    const direction = vector === undefined ? undefined : unitVector(vector)
    // It asks nothing of the query's words: the store looks while they are read.
    const nearest = direction === undefined ? Promise.resolve([]) : snapshot.byVector(direction, options)
    nearest.catch(() => undefined)
    const statistics = await snapshot.statistics()
    const analysed = await analyseQuery(this.#options.analyser, query, statistics.passagesByLanguage)
    const terms = searchedTerms(analysed)
    if (statistics.passages === 0) return {snapshot, analysed, terms, input: undefined}
    const grams = chooseGrams(analysed.grams, statistics.gramShares, statistics.passages)
    const [byTerms, byGrams, byVector] = await Promise.all([
      snapshot.byTerms(terms, options),
      snapshot.byGrams(grams, options),
      nearest,
    ])
    const input: RankingInput = {
      byTerms,
      byGrams,
      byVector,
      query: analysed,
      pool: Math.max(POOL_LENGTH, limit),
      read: (keys, besides) => snapshot.read(keys, besides),
      idf: read => snapshot.idf(terms, scoredTerms(byTerms, read)),
    }
    return {snapshot, analysed, terms, input}
  }

  /** The rows of documents, and which language each was found to be in. */
  async #rowsOf(
    documents: readonly IndexedDocument[],
  ): Promise<{rows: PassageRow[][]; languages: ReadonlyMap<string, string>}> {
    const {analyser, read = readable => readDocuments(analyser, readable)} = this.#options
    const answers = await read(documents.map(readableOf))
    const languages = new Map(documents.map(({documentId}, index) => [documentId, answers[index]!.language]))
    const rows = documents.map((document, index) => {
      const {language, passages} = answers[index]!
      return document.chunks.map((chunk, at) => {
        const vector = document.vectors?.[at] && unitVector(document.vectors[at])
        return {
          passage: passageOf(document, chunk, language),
          terms: passages[at]!,
          ...(vector === undefined ? {} : {vector}),
        }
      })
    })
    return {rows, languages}
  }
}

/** What of a passage is searched. */
export type SearchedParts = Pick<Passage, 'title' | 'headings' | 'tableHeader' | 'situation' | 'text'>

/**
 * What is searched besides the text itself: title, headings, the header of a cut table, what a model wrote of where it
 * stands; each once. A heading that the
 * chunk begins with counts as context, and not again as text.
 */
export function searchedTexts({title, headings, tableHeader, situation, text}: SearchedParts): {
  context: string
  body: string
} {
  const lines = new Set([title, ...headings, tableHeader, situation].filter(line => line !== undefined && line !== ''))
  let body = text
  for (const line of lines) {
    const begin = body.replace(/^[#\s]+/u, '')
    if (begin.startsWith(line!)) body = begin.slice(line!.length)
  }
  return {context: [...lines].join('\n'), body}
}

/** Enough of a document's middle chunks to tell its language by. */
function middleOf(chunks: readonly Chunk[]): string {
  const middle = Math.floor(chunks.length / 2)
  return chunks
    .slice(Math.max(0, middle - 1), middle + 2)
    .map(({text}) => text)
    .join('\n')
}

function passageOf(document: IndexedDocument, chunk: Chunk, language: string): Passage {
  const {documentId, source, title, metadata} = document
  return {
    ...chunk,
    id: passageId({documentId, ordinal: chunk.ordinal}),
    documentId,
    source,
    ...(title === undefined ? {} : {title}),
    language,
    metadata,
  }
}

function readableOf(document: IndexedDocument): ReadableDocument {
  const {language, title, chunks} = document
  return {
    ...(language === undefined ? {} : {language}),
    sample: middleOf(chunks),
    passages: chunks.map(chunk => searchedTexts({...chunk, ...(title === undefined ? {} : {title})})),
  }
}

/** The telling terms; all of them in a query of stop words alone. */
function searchedTerms({words}: AnalysedQuery): string[] {
  const telling = words.filter(({stop}) => !stop)
  const terms = (telling.length > 0 ? telling : words).flatMap(word => word.terms)
  return [...new Set(terms)].slice(0, MOST_TERMS)
}

/** What the list of a search's terms tells of the passages that were read. */
function scoredTerms(list: readonly Candidate[], read: readonly CandidatePassage[]): ScoredTerms[] {
  const scores = new Map(list.map(({key, score}) => [key, score]))
  return read.flatMap(({key, terms}) => {
    const score = scores.get(key)
    return score === undefined ? [] : [{score, terms}]
  })
}
