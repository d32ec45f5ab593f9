import {mkdir, readdir, rename, rm} from 'node:fs/promises'
import {join} from 'node:path'
import type {Connection, Query, Table} from '@lancedb/lancedb'
import {FailureError, InvalidInputError, NotFoundError, OmniError} from '@omni-ops/core/operation'
import type {Analyser} from '../analysis/analyser.ts'
import {type ReadableDocument, readDocuments, type ReadDocuments} from '../analysis/document-reading.ts'
import type {Chunk} from '../chunking/chunk.ts'
import type {MetadataValue} from '../documents/document.ts'
import type {AnalysedQuery} from '../ranking/query.ts'
import {analyseQuery} from '../ranking/query.ts'
import {chooseGrams} from '../ranking/gram-choice.ts'
import {bm25Factor, idfFromScores} from '../ranking/idf-from-scores.ts'
import type {Candidate, CandidatePassage} from '../ranking/ranker.ts'
import {placeOf, rankCandidates} from '../ranking/ranker.ts'
import type {CollectionStatistics, GramStatistics} from './collection-statistics.ts'
import {countGrams, countPassages, readStatistics, storeStatistics} from './collection-statistics.ts'
import type {PassageFilter} from './metadata-filter.ts'
import {filterSql} from './metadata-filter.ts'
import type {Hit, Passage} from './passage.ts'
import type {PassageRow} from './passage-table.ts'
import {createTextIndexes, passageColumns, passageId, passageSchema, passagesOf, rowOf} from './passage-table.ts'
import {sqlIn, sqlString} from './sql.ts'
import {acquireWriterLock} from './writer-lock.ts'

/** A document cut into chunks, as the index takes it in. */
export interface IndexedDocument {
  readonly documentId: string
  readonly source: string
  readonly title?: string
  /** ISO 639-1; detected from the chunks where it is not given. */
  readonly language?: string
  readonly metadata: Readonly<Record<string, MetadataValue>>
  readonly chunks: readonly Chunk[]
}

export interface ChunkIndexOptions {
  /** The tenant's directory, absolute. Nothing outside it is read or written. */
  readonly directory: string
  /** Lower-case letters, digits, `-` and `_`. */
  readonly collection: string
  /** One analyser may serve many indexes. */
  readonly analyser: Analyser
  /** Reads documents elsewhere than in this thread. */
  readonly read?: ReadDocuments
  /** How long a write waits for another writer, in milliseconds; a minute by default. */
  readonly lockTimeout?: number
  readonly signal?: AbortSignal
}

export interface SearchOptions {
  /** How many hits at most; 10 by default. */
  readonly limit?: number
  readonly filter?: PassageFilter
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

/** The collection has never been written to. */
export class CollectionNotFoundError extends NotFoundError {
  override readonly code = 'rag_collection_not_found'
}

/** The engine could not read or write the collection's files. */
export class IndexFailureError extends FailureError {
  override readonly code = 'rag_index_failure'
}

interface Statistics extends CollectionStatistics {
  readonly gramShares: GramStatistics['shares']
  /** Filled as queries ask. */
  readonly idf: Map<string, number>
}

const collectionName = /^[a-z0-9][a-z0-9_-]{0,62}$/
/** How many passages each of the two lists proposes. */
const LIST_LENGTH = 128
/** How many of the fused list are read and ranked. */
const POOL_LENGTH = 60
/** A query of a page of text is searched by its first telling terms. */
const MOST_TERMS = 64
/** Grams are counted anew once a collection has grown or shrunk by this share; a small one always. */
const GROWTH = 0.2
const SMALL = 4_096
/** A reader that began on an older version has this long to finish before its files go. Milliseconds. */
const VERSION_GRACE = 60_000
/** Rows an IN list may name before it is cut up. */
const IDS_AT_ONCE = 500

/**
 * The passages of one collection of one tenant, on disk, searchable. Invariants:
 *
 * - a document is in the index with all the chunks of its last `replaceDocuments` or not at all: each call is one
 *   atomic commit, also under kill -9;
 * - what was committed is found at once, by every process; no refresh is needed, and `optimize` only makes it faster
 *   and lets BM25 forget removed passages (until then they count in document frequencies);
 * - one writer at a time per collection; readers never wait, and each search sees one version.
 */
export class ChunkIndex {
  readonly #options: ChunkIndexOptions
  #connection: Promise<Connection> | undefined
  #statistics: Statistics | undefined
  #lastWrite: Promise<void> = Promise.resolve()

  /** Opens nothing yet. @throws InvalidInputError for a name that cannot be a collection's. */
  constructor(options: ChunkIndexOptions) {
    assertCollectionName(options.collection)
    this.#options = options
  }

  /**
   * Puts documents into the index, each in place of all that it had under the same id.
   * @param before runs when no other writer can come in between any more, with the language of each document by its id.
   * @returns how many chunks were written.
   * @throws CollectionBusyError, IndexFailureError; InvalidMetadataError before anything is written.
   */
  async replaceDocuments(
    documents: readonly IndexedDocument[],
    before: (languages: ReadonlyMap<string, string>) => Promise<void> = async () => {},
  ): Promise<{chunks: number}> {
    const latest = [...new Map(documents.map(document => [document.documentId, document])).values()]
    const {rows, languages} = await this.#rowsOf(latest)
    const ids = latest.map(({documentId}) => documentId)
    await this.#write(async table => {
      await before(languages)
      const present = await countIn(table, 'document_id', ids)
      if (present === 0) {
        if (rows.length > 0) await table.add(rows as unknown as Record<string, unknown>[])
        return
      }
      if (rows.length === 0) {
        await table.delete(sqlIn('document_id', ids))
        return
      }
      await table
        .mergeInsert('id')
        .whenMatchedUpdateAll()
        .whenNotMatchedInsertAll()
        .whenNotMatchedBySourceDelete({where: sqlIn('document_id', ids)})
        .execute(rows as unknown as Record<string, unknown>[])
    })
    return {chunks: rows.length}
  }

  /**
   * Removes documents; ids that are not there are no error.
   * @param choose tells which, when no other writer can come in between any more.
   * @returns how many passages went.
   */
  async removeDocuments(choose: () => Promise<readonly string[]>): Promise<{chunks: number}> {
    let chunks = 0
    if (!(await this.exists())) {
      await choose()
      return {chunks}
    }
    await this.#write(async table => {
      for (const ids of slices(await choose(), IDS_AT_ONCE)) {
        const present = await table.countRows(sqlIn('document_id', ids))
        if (present === 0) continue
        await table.delete(sqlIn('document_id', ids))
        chunks += present
      }
    })
    return {chunks}
  }

  /**
   * The passages that best match a query: by BM25 on stems and on character 4-grams, fused, with a score for the whole
   * document, then ordered by the linear ranker.
   * @throws CollectionNotFoundError, IndexFailureError, InvalidMetadataError.
   */
  async search(query: string, {limit = 10, filter = {}, explain = false}: SearchOptions = {}): Promise<SearchResult> {
    const where = filterSql(filter)
    return this.#read(async table => {
      const statistics = await this.#statisticsOf(table)
      const analysed = await analyseQuery(this.#options.analyser, query, statistics.passagesByLanguage)
      if (statistics.passages === 0) return {hits: [], query: analysed, idf: new Map()}
      const length = Math.max(LIST_LENGTH, limit)
      const terms = searchedTerms(analysed)
      const grams = chooseGrams(analysed.grams, statistics.gramShares, statistics.passages)
      const [byTerms, byGrams] = await Promise.all([
        matches(table, 'terms', terms, length, where),
        matches(table, 'grams', grams, length, where),
      ])
      let idf: ReadonlyMap<string, number> = new Map()
      const ranked = await rankCandidates({
        byTerms,
        byGrams,
        query: analysed,
        pool: Math.max(POOL_LENGTH, limit),
        read: (rowIds, besides) => readCandidates(table, {rowIds, besides, contiguous: statistics.contiguous}),
        idf: async read => {
          learnIdf(byTerms, read, terms, statistics)
          idf = await idfOf(table, terms, statistics)
          return idf
        },
      })
      const best = ranked.slice(0, limit)
      const passages = await take(
        table,
        best.map(({passage}) => passage.rowId),
      )
      const hits = best.map(({score, features, passage}) => ({
        ...passages.get(passage.id)!,
        score,
        coverage: features.coverage,
        ...(explain ? {features} : {}),
      }))
      return {hits, query: analysed, idf: idf.size > 0 ? idf : await idfOf(table, terms, statistics)}
    })
  }

  /** The passages of the same document from `ordinal - reach` to `ordinal + reach`, in order, itself included. */
  async neighbours(documentId: string, ordinal: number, reach = 1): Promise<Passage[]> {
    const range = `ordinal BETWEEN ${Math.trunc(ordinal - reach)} AND ${Math.trunc(ordinal + reach)}`
    const passages = await this.#read(async table =>
      passagesOf(
        await select(table, passageColumns)
          .where(`document_id = ${sqlString(documentId)} AND ${range}`)
          .toArrow(),
      ),
    )
    return passages.toSorted((one, other) => one.ordinal - other.ordinal)
  }

  /** The passages with these ids, in this order; those that are gone are left out. */
  async get(ids: readonly string[]): Promise<Passage[]> {
    const found = new Map<string, Passage>()
    await this.#read(async table => {
      for (const some of slices(ids, IDS_AT_ONCE)) {
        const passages = passagesOf(await select(table, passageColumns).where(sqlIn('id', some)).toArrow())
        for (const passage of passages) found.set(passage.id, passage)
      }
    })
    return ids.flatMap(id => found.get(id) ?? [])
  }

  /** All passages of these documents, document by document in the order given, each in its own order. */
  async ofDocuments(documentIds: readonly string[]): Promise<Passage[]> {
    const byDocument = new Map<string, Passage[]>(documentIds.map(id => [id, []]))
    await this.#read(async table => {
      for (const some of slices(documentIds, IDS_AT_ONCE)) {
        const passages = passagesOf(await select(table, passageColumns).where(sqlIn('document_id', some)).toArrow())
        for (const passage of passages) byDocument.get(passage.documentId)?.push(passage)
      }
    })
    return [...byDocument.values()].flatMap(own => own.toSorted((one, other) => one.ordinal - other.ordinal))
  }

  /** How many passages there are, or how many the filter lets through. 0 for a collection that was never written. */
  async count(filter: PassageFilter = {}): Promise<number> {
    if (!(await this.exists())) return 0
    const where = filterSql(filter)
    return this.#read(table => table.countRows(where))
  }

  /** How many passages there are in each language. */
  async languages(): Promise<ReadonlyMap<string, number>> {
    return this.#read(async table => (await this.#statisticsOf(table)).passagesByLanguage)
  }

  /** Inverse document frequency of terms, as `Analyser` gives them; the highest value for a term that is nowhere. */
  async idf(terms: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#read(async table => idfOf(table, terms, await this.#statisticsOf(table)))
  }

  /** All passages, in no order, in constant memory. */
  async *scan({filter = {}}: {readonly filter?: PassageFilter} = {}): AsyncGenerator<Passage> {
    const where = filterSql(filter)
    const table = await this.#snapshot()
    let query = select(table, passageColumns)
    if (where !== undefined) query = query.where(where)
    for await (const batch of query) yield* passagesOf(batch)
  }

  /**
   * Folds new rows into the text indexes, forgets removed ones, compacts files and drops old versions. Every ingest
   * should end with it.
   * @param now the time by the caller's clock, from which the age of old versions is reckoned.
   */
  async optimize(now: Date): Promise<void> {
    if (!(await this.exists())) return
    const {directory, collection} = this.#options
    await this.#write(async table => {
      await rm(removedDirectory(directory, collection), {recursive: true, force: true})
      await createLookupIndexes(table)
      await table.optimize({cleanupOlderThan: new Date(now.getTime() - VERSION_GRACE)})
      await this.#storeStatistics(table)
    })
  }

  /** Whether the collection has ever been written to. */
  async exists(): Promise<boolean> {
    return (await listCollections(this.#options.directory)).includes(this.#options.collection)
  }

  async close(): Promise<void> {
    const connection = await this.#connection
    this.#connection = undefined
    connection?.close()
  }

  /** The rows of documents, and which language each was found to be in. */
  async #rowsOf(
    documents: readonly IndexedDocument[],
  ): Promise<{rows: PassageRow[]; languages: ReadonlyMap<string, string>}> {
    const {analyser, read = readable => readDocuments(analyser, readable)} = this.#options
    const answers = await read(documents.map(readableOf))
    const rows: PassageRow[] = []
    const languages = new Map<string, string>()
    for (const [index, document] of documents.entries()) {
      const {language, passages} = answers[index]!
      languages.set(document.documentId, language)
      for (const [at, chunk] of document.chunks.entries()) {
        rows.push(rowOf(passageOf(document, chunk, language), passages[at]!))
      }
    }
    return {rows, languages}
  }

  async #connect(): Promise<Connection> {
    this.#connection ??= import('@lancedb/lancedb').then(({connect}) => connect(this.#options.directory))
    return this.#connection
  }

  /** The latest version, which this handle then stays on. With the connection's cache that takes a fraction of a ms. */
  async #snapshot(): Promise<Table> {
    const {collection} = this.#options
    if (!(await this.exists())) {
      throw new CollectionNotFoundError(`There is no collection ${collection}`, {
        hint: 'Ingest something first: omni rag ingest PATH',
      })
    }
    return (await this.#connect()).openTable(collection)
  }

  async #read<Result>(work: (table: Table) => Promise<Result>): Promise<Result> {
    try {
      return await work(await this.#snapshot())
    } catch (error) {
      throw indexFailure(error, 'read', this.#options.collection)
    }
  }

  /** Writes of this process wait for each other in a line, instead of trying for the lock. */
  async #write(work: (table: Table) => Promise<void>): Promise<void> {
    const own = this.#lastWrite.then(() => this.#writeLocked(work))
    this.#lastWrite = own.catch(() => undefined)
    return own
  }

  async #writeLocked(work: (table: Table) => Promise<void>): Promise<void> {
    const {directory, collection, lockTimeout = 60_000, signal} = this.#options
    const release = await acquireWriterLock({
      directory,
      collection,
      timeout: lockTimeout,
      ...(signal === undefined ? {} : {signal}),
    })
    try {
      await work(await this.#writable())
    } catch (error) {
      throw indexFailure(error, 'write', collection)
    } finally {
      release()
    }
  }

  /** The table, made where it is missing and given its indexes where a crash came in between. */
  async #writable(): Promise<Table> {
    const {directory, collection} = this.#options
    await mkdir(directory, {recursive: true})
    const connection = await this.#connect()
    const table = (await this.exists())
      ? await connection.openTable(collection)
      : await connection.createEmptyTable(collection, await passageSchema())
    await createTextIndexes(table)
    return table
  }

  /** What the collection holds, counted once per version. */
  async #statisticsOf(table: Table): Promise<Statistics> {
    const version = await table.version()
    if (this.#statistics?.version === version) return this.#statistics
    const stored = await readStatistics(this.#tableDirectory)
    const collection = stored?.collection.version === version ? stored.collection : await countPassages(table)
    this.#statistics = {...collection, gramShares: stored?.grams.shares ?? new Map(), idf: new Map()}
    return this.#statistics
  }

  async #storeStatistics(table: Table): Promise<void> {
    const collection = await countPassages(table)
    const stored = await readStatistics(this.#tableDirectory)
    const counted = stored?.grams.passages ?? 0
    const still = collection.passages > SMALL && Math.abs(collection.passages - counted) < GROWTH * collection.passages
    const grams = stored !== undefined && still ? stored.grams : await countGrams(table)
    await storeStatistics(this.#tableDirectory, {collection, grams})
    this.#statistics = undefined
  }

  get #tableDirectory(): string {
    return join(this.#options.directory, `${this.#options.collection}.lance`)
  }
}

/** The collections in a tenant's directory, sorted; none where the directory does not exist. */
export async function listCollections(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, {withFileTypes: true})
    return entries
      .filter(entry => entry.isDirectory() && entry.name.endsWith('.lance'))
      .map(entry => entry.name.slice(0, -'.lance'.length))
      .toSorted()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

/** Deletes a collection with all its passages. @returns whether there was one. @throws CollectionBusyError */
export async function dropCollection({
  directory,
  collection,
  lockTimeout = 60_000,
}: {
  readonly directory: string
  readonly collection: string
  readonly lockTimeout?: number
}): Promise<boolean> {
  assertCollectionName(collection)
  if (!(await listCollections(directory)).includes(collection)) return false
  const release = await acquireWriterLock({directory, collection, timeout: lockTimeout})
  try {
    // Out of the way in one step: half a table could be neither read nor written again.
    const leaving = removedDirectory(directory, collection)
    await rm(leaving, {recursive: true, force: true})
    await rename(join(directory, `${collection}.lance`), leaving)
    await rm(leaving, {recursive: true, force: true})
  } finally {
    release()
  }
  return true
}

/** Where a collection's files go before they are deleted; what a crash left there is deleted by the next `optimize`. */
function removedDirectory(directory: string, collection: string): string {
  return join(directory, `${collection}.removed`)
}

function assertCollectionName(collection: string): void {
  if (collectionName.test(collection)) return
  throw new InvalidInputError(`${JSON.stringify(collection)} cannot be the name of a collection`, {
    hint: 'Use lower-case letters, digits, - and _, at most 63, beginning with a letter or digit.',
  })
}

function indexFailure(error: unknown, verb: 'read' | 'write', collection: string): unknown {
  if (error instanceof OmniError || (error instanceof Error && error.name === 'AbortError')) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new IndexFailureError(
    `The collection ${collection} could not be ${verb === 'read' ? 'read' : 'written'}: ${reason}`,
    {
      hint: 'Check the free space and the rights of the data directory; omni doctor looks at both.',
      cause: error,
    },
  )
}

function select(table: Table, columns: readonly string[]): Query {
  return table.query().select([...columns])
}

function slices<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({length: Math.ceil(items.length / size)}, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}

async function countIn(table: Table, column: string, values: readonly string[]): Promise<number> {
  let count = 0
  for (const some of slices(values, IDS_AT_ONCE)) count += await table.countRows(sqlIn(column, some))
  return count
}

/**
 * What is searched besides the text itself: title, headings, the header of a cut table; each once. A heading that the
 * chunk begins with counts as context, and not again as text.
 */
function searchedTexts({
  title,
  headings,
  tableHeader,
  text,
}: Pick<Passage, 'title' | 'headings' | 'tableHeader' | 'text'>): {context: string; body: string} {
  const lines = new Set([title, ...headings, tableHeader].filter(line => line !== undefined && line !== ''))
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

/** One full-text list, best first. */
async function matches(
  table: Table,
  column: 'terms' | 'grams',
  terms: readonly string[],
  limit: number,
  where: string | undefined,
): Promise<Candidate[]> {
  if (terms.length === 0) return []
  const {MatchQuery} = await import('@lancedb/lancedb')
  let query = select(table, ['_score'])
    .fullTextSearch(new MatchQuery(terms.join(' '), column))
    .withRowId()
    .limit(limit)
  if (where !== undefined) query = query.where(where)
  const result = await query.toArrow()
  const scores = result.getChild('_score')!
  const rowIds = result.getChild('_rowid')!
  return Array.from({length: result.numRows}, (_, row) => ({
    rowId: rowIds.get(row) as bigint,
    score: scores.get(row) as number,
  }))
}

const candidateColumns = ['document_id', 'ordinal', 'terms', 'context_term_count'] as const

/** Passages by their rows, and with them the passages right before and after some of them in their documents. */
async function readCandidates(
  table: Table,
  {
    rowIds,
    besides,
    contiguous,
  }: {readonly rowIds: readonly bigint[]; readonly besides: ReadonlySet<bigint>; readonly contiguous: boolean},
): Promise<CandidatePassage[]> {
  const asked = new Set(rowIds)
  const beside = contiguous ? [...besides].flatMap(rowId => [rowId - 1n, rowId + 1n]).filter(rowId => rowId >= 0n) : []
  const wanted = [...new Set([...rowIds, ...beside])]
  const read = await candidatesOf(table.takeRowIds(wanted))
  const places = new Set(
    read
      .filter(({rowId}) => besides.has(rowId))
      .flatMap(({documentId, ordinal}) => [
        placeOf({documentId, ordinal: ordinal - 1}),
        placeOf({documentId, ordinal: ordinal + 1}),
      ]),
  )
  // The row beside a document's first or last passage is another document's.
  const passages = read.filter(passage => asked.has(passage.rowId) || places.has(placeOf(passage)))
  if (contiguous) return passages
  const present = new Set(passages.map(({id}) => id))
  const missing = read
    .filter(({rowId}) => besides.has(rowId))
    .flatMap(({documentId, ordinal}) => [ordinal - 1, ordinal + 1].map(each => passageId({documentId, ordinal: each})))
    .filter(id => !present.has(id))
  if (missing.length === 0) return passages
  return passages.concat(await candidatesOf(table.query().where(sqlIn('id', missing))))
}

async function candidatesOf(query: Query | ReturnType<Table['takeRowIds']>): Promise<CandidatePassage[]> {
  const result = await query
    .select([...candidateColumns])
    .withRowId()
    .toArrow()
  const [documentIds, ordinals, terms, counts, rowIds] = [...candidateColumns, '_rowid'].map(name =>
    result.getChild(name)!,
  )
  return Array.from({length: result.numRows}, (_, row) => {
    const place = {documentId: documentIds!.get(row) as string, ordinal: ordinals!.get(row) as number}
    return {
      id: passageId(place),
      ...place,
      rowId: rowIds!.get(row) as bigint,
      terms: (terms!.get(row) as string).split(' '),
      contextTermCount: counts!.get(row) as number,
    }
  })
}

async function take(table: Table, rowIds: readonly bigint[]): Promise<Map<string, Passage>> {
  if (rowIds.length === 0) return new Map()
  const passages = passagesOf(
    await table
      .takeRowIds([...rowIds])
      .select([...passageColumns])
      .toArrow(),
  )
  return new Map(passages.map(passage => [passage.id, passage]))
}

/** Remembers what the scores of a search tell of its terms' idf. */
function learnIdf(
  list: readonly Candidate[],
  read: readonly CandidatePassage[],
  terms: readonly string[],
  {idf, averageTermCount}: Statistics,
): void {
  if (terms.every(term => idf.has(term))) return
  const scores = new Map(list.map(({rowId, score}) => [rowId, score]))
  const scored = read.flatMap(({rowId, terms: own}) => {
    const score = scores.get(rowId)
    return score === undefined ? [] : [{score, terms: own}]
  })
  for (const [term, value] of idfFromScores(scored, terms, idf, averageTermCount)) idf.set(term, value)
}

/**
 * LanceDB does not tell document frequencies, but each BM25 score of a single term is its idf times a factor that the
 * passage's own counts give. One hit per term therefore gives the idf, in agreement with the scores of the search.
 */
async function idfOf(table: Table, terms: readonly string[], statistics: Statistics): Promise<Map<string, number>> {
  const unknown = terms.filter(term => !statistics.idf.has(term))
  await Promise.all(
    unknown.map(async term => {
      statistics.idf.set(term, await probeIdf(table, term, statistics))
    }),
  )
  return new Map(terms.map(term => [term, statistics.idf.get(term)!]))
}

async function probeIdf(table: Table, term: string, {passages, averageTermCount}: Statistics): Promise<number> {
  const {MatchQuery} = await import('@lancedb/lancedb')
  const result = await select(table, ['terms', '_score'])
    .fullTextSearch(new MatchQuery(term, 'terms'))
    .limit(1)
    .toArrow()
  if (result.numRows === 0) return Math.log(1 + (passages + 0.5) / 0.5)
  const terms = (result.getChild('terms')!.get(0) as string).split(' ')
  const frequency = terms.reduce((count, each) => count + (each === term ? 1 : 0), 0)
  return (result.getChild('_score')!.get(0) as number) / bm25Factor(frequency, terms.length, averageTermCount)
}

/** Indexes for looking rows up; worth their making once a scan would be slow. */
async function createLookupIndexes(table: Table): Promise<void> {
  const {Index} = await import('@lancedb/lancedb')
  const indexed = new Set((await table.listIndices()).flatMap(({columns}) => columns))
  if ((await table.countRows()) < 10_000) return
  if (!indexed.has('id')) await table.createIndex('id', {config: Index.btree()})
  if (!indexed.has('document_id')) await table.createIndex('document_id', {config: Index.btree()})
  if (!indexed.has('facets')) await table.createIndex('facets', {config: Index.labelList()})
}
