import {ConflictError, type Context, FailureError, InvalidInputError} from '@omni-ops/core/operation'
import type {ChunkIndex} from '../index/chunk-index.ts'
import type {DocumentRows, PassageRow} from '../stores/passage-store.ts'
import type {VectorDatabase} from '../stores/vector-database.ts'
import {RemovedMeanwhileError} from './catalogue.ts'
import {type Collection, IndexMovedError, sharedIndex} from './collection.ts'
import type {DocumentVersion} from './collection-indexes.ts'
import type {CopyState} from './tables.ts'

export interface MigrationOptions {
  readonly from: VectorDatabase
  readonly to: VectorDatabase
  readonly dryRun: boolean
  /** Delete what the source has, once the target is in use. */
  readonly dropSource: boolean
}

export interface MigrationReport {
  readonly documents: number
  readonly passages: number
  /** How many of the documents this run copied. */
  readonly copied: number
  /** How many queries were asked of both. */
  readonly queries: number
  /** The mean share of the ten best passages that both had in common. */
  readonly agreement: number
  readonly sourceDropped: boolean
}

/** What was copied does not answer as the source does; the source stays in use. */
export class MigrationMismatchError extends FailureError {
  override readonly code = 'rag_migration_mismatch'
}

const documentsAtOnce = 50
const rowsAtOnce = 500
/** Rounds of copying what was written meanwhile, before writers are kept out for the last one. */
const mostRounds = 5
const sampledQueries = 20
const wordsPerQuery = 8
const comparedHits = 10
/** Of equal or nearly equal passages either may come first; whole lists may not differ. */
const leastAgreement = 0.9

/**
 * Moves a collection's passages into another database, with their vectors, while the collection stays in use: copies
 * document by document, remembers how far it is, copies what was written meanwhile, compares both by count and by
 * queries, and then says in one step where the passages are. The source keeps its copy until it is dropped.
 *
 * @throws MigrationMismatchError, ConflictError; the source then stays in use
 */
export async function migrateCollection(
  collection: Collection,
  options: MigrationOptions,
  context: Context,
): Promise<MigrationReport> {
  const {vectorDb, previous} = await collection.databases.get(collection.name)
  if (options.from === options.to) {
    throw new InvalidInputError('A collection is migrated from one database to another', {
      hint: 'name two: --from lancedb --to pgvector',
    })
  }
  if (vectorDb === options.to && previous === options.from) return finishMigration(collection, options, context)
  if (vectorDb !== options.from) {
    throw new ConflictError(`The collection "${collection.name}" is in ${vectorDb}, not in ${options.from}`, {
      hint: `omni rag migrate --collection ${collection.name} --from ${vectorDb} --to ${options.to}`,
    })
  }
  const {indexed, pending} = await collection.indexes.versions(collection.name)
  if (pending.length > 0 || (await collection.indexes.get(collection.name)).shadow !== undefined) {
    throw new ConflictError(`The collection "${collection.name}" is being written to or embedded anew`, {
      hint: 'let that end, or run the same omni rag ingest or omni rag reembed again where it was interrupted',
    })
  }
  if (options.dryRun) {
    const passages = await collection.index.count()
    return {documents: indexed.length, passages, copied: 0, queries: 0, agreement: 1, sourceDropped: false}
  }
  const migration = new Migration(collection, await targetOf(collection, options.to, context), options, context)
  const report = await migration.run()
  return {...report, sourceDropped: options.dropSource && (await dropSource(collection, options, context))}
}

/** What is left to do where the passages are in the target already. */
async function finishMigration(
  collection: Collection,
  options: MigrationOptions,
  context: Context,
): Promise<MigrationReport> {
  const {indexed} = await collection.indexes.versions(collection.name)
  const passages = await collection.index.count()
  const sourceDropped = options.dropSource && !options.dryRun && (await dropSource(collection, options, context))
  return {documents: indexed.length, passages, copied: 0, queries: 0, agreement: 1, sourceDropped}
}

async function dropSource(collection: Collection, {from, to}: MigrationOptions, context: Context): Promise<boolean> {
  const index = await sharedIndex({name: collection.indexName, dimension: undefined, vectorDb: from}, context)
  await index.store.drop()
  await collection.databases.forgetPrevious(collection.name, to)
  return true
}

function targetOf(collection: Collection, vectorDb: VectorDatabase, context: Context): Promise<ChunkIndex> {
  return sharedIndex({name: collection.indexName, dimension: collection.embedding?.dimension, vectorDb}, context)
}

class Migration {
  readonly #collection: Collection
  readonly #target: ChunkIndex
  readonly #options: MigrationOptions
  readonly #context: Context
  #copied = 0

  constructor(collection: Collection, target: ChunkIndex, options: MigrationOptions, context: Context) {
    this.#collection = collection
    this.#target = target
    this.#options = options
    this.#context = context
  }

  async run(): Promise<Omit<MigrationReport, 'sourceDropped'>> {
    const {name, index, indexes} = this.#collection
    // Removed passages that still count in frequencies would make the two rank differently.
    await index.optimize(this.#context.clock.now())
    let copy = await this.#copyAll(await this.#begin())
    let report: Omit<MigrationReport, 'sourceDropped'> | undefined
    for (let round = 1; round <= mostRounds; round++) {
      copy = await this.#catchUp(copy)
      await this.#target.optimize(this.#context.clock.now())
      // Runs while nobody else can write to the source.
      await index.store.replaceDocuments([], async () => {
        const {indexName} = await indexes.get(name)
        if (indexName !== copy.index_name) throw new IndexMovedError(name)
        const changed = await this.#changedSince(copy)
        if (changed.length > 0 && round < mostRounds) return
        await this.#copyDocuments(changed)
        await this.#removeVanished()
        const {documents, passages} = await this.#compareCounts()
        const {queries, agreement} = await this.#compareAnswers()
        await this.#collection.databases.move(name, this.#options.from, this.#options.to, documents)
        report = {documents, passages, copied: this.#copied, queries, agreement}
      })
      if (report !== undefined) break
    }
    // The last round copies whatever there is.
    return report!
  }

  /** Takes up a copy that was cut off, or begins one in an empty index. */
  async #begin(): Promise<CopyState> {
    const {name, databases, indexName} = this.#collection
    const {copy} = await databases.get(name)
    if (copy?.to === this.#options.to && copy.index_name === indexName && (await this.#target.exists())) return copy
    await this.#target.store.drop()
    const begun = {to: this.#options.to, index_name: indexName, cursor: '', since: this.#context.random.id()}
    await databases.saveCopy(name, this.#options.from, begun)
    return begun
  }

  async #copyAll(from: CopyState): Promise<CopyState> {
    const {name, indexes, databases} = this.#collection
    let copy = from
    const {indexed} = await indexes.versions(name)
    const rest = indexed.map(({id}) => id).filter(id => id > copy.cursor)
    for (let at = 0; at < rest.length; at += documentsAtOnce) {
      this.#context.signal.throwIfAborted()
      const ids = rest.slice(at, at + documentsAtOnce)
      await this.#copyDocuments(ids)
      copy = {...copy, cursor: ids.at(-1)!}
      await databases.saveCopy(name, this.#options.from, copy)
      const done = indexed.length - rest.length + at + ids.length
      this.#context.emit({type: 'progress', label: 'Copying', done, total: indexed.length, unit: 'documents'})
    }
    // An empty collection has to be there as well.
    if (!(await this.#target.exists())) await this.#target.store.replaceDocuments([])
    return copy
  }

  /** Copies what was written since the copy began, and says up to when. */
  async #catchUp(copy: CopyState): Promise<CopyState> {
    const until = this.#context.random.id()
    await this.#copyDocuments(await this.#changedSince(copy))
    await this.#removeVanished()
    const caughtUp = {...copy, since: until}
    await this.#collection.databases.saveCopy(this.#collection.name, this.#options.from, caughtUp)
    return caughtUp
  }

  /** Documents of attempts that began later: attempts are UUIDs of version 7, which order by time (RFC 9562, 5.7). */
  async #changedSince({since}: CopyState): Promise<string[]> {
    const {indexed, pending} = await this.#collection.indexes.versions(this.#collection.name)
    const isLater = ({attempt}: DocumentVersion) => attempt > since
    return [...indexed.filter(isLater), ...pending].map(({id}) => id)
  }

  async #copyDocuments(ids: readonly string[]): Promise<void> {
    const {mostRows} = await this.#target.store.limits()
    for (let at = 0; at < ids.length; at += documentsAtOnce) {
      const some = ids.slice(at, at + documentsAtOnce)
      const rows = Map.groupBy(await this.#rowsOf(some), ({passage}) => passage.documentId)
      const documents = some.map(documentId => ({documentId, rows: rows.get(documentId) ?? []}))
      const size = documents.reduce((sum, document) => sum + document.rows.length, 0)
      const batches = size <= mostRows ? [documents] : documents.map(document => [document])
      for (const batch of batches) await this.#write(batch)
      this.#copied += some.length
    }
  }

  async #write(documents: readonly DocumentRows[]): Promise<void> {
    const ids = documents.map(({documentId}) => documentId)
    const {catalogue} = this.#collection
    try {
      await this.#target.store.replaceDocuments(documents, () => catalogue.refuseGone(ids))
    } catch (error) {
      if (!(error instanceof RemovedMeanwhileError)) throw error
      const removed = new Set(error.ids)
      await this.#target.removeDocuments(async () => error.ids)
      await this.#write(documents.filter(({documentId}) => !removed.has(documentId)))
    }
  }

  async #rowsOf(documentIds: readonly string[]): Promise<PassageRow[]> {
    const snapshot = await this.#collection.index.store.snapshot()
    const all: PassageRow[] = []
    for (let after: string | undefined; ;) {
      const page = {limit: rowsAtOnce, filter: {documentIds}, ...(after === undefined ? {} : {after})}
      const {rows, next} = await snapshot.list(page)
      all.push(...rows)
      if (next === undefined) return all
      after = next
    }
  }

  /** Takes out of the target what was removed from the source meanwhile. */
  async #removeVanished(): Promise<void> {
    const {index} = this.#collection
    if ((await index.count()) === (await this.#target.count())) return
    const {indexed, pending} = await this.#collection.indexes.versions(this.#collection.name)
    const known = new Set([...indexed, ...pending].map(({id}) => id))
    const vanished = new Set<string>()
    for await (const {documentId} of this.#target.scan()) if (!known.has(documentId)) vanished.add(documentId)
    await this.#target.removeDocuments(async () => [...vanished])
  }

  async #compareCounts(): Promise<{documents: number; passages: number}> {
    const {index, indexes, name} = this.#collection
    const passages = await index.count()
    const copied = await this.#target.count()
    if (copied !== passages) {
      throw new MigrationMismatchError(`Of ${passages} passages, ${this.#options.to} shows ${copied}`, {
        hint: 'run it again; a store that shows writes late may need a moment',
      })
    }
    return {documents: (await indexes.versions(name)).indexed.length, passages}
  }

  /** Asks both for the first words of passages from all over the collection. */
  async #compareAnswers(): Promise<{queries: number; agreement: number}> {
    const {index, indexes, name} = this.#collection
    const {indexed} = await indexes.versions(name)
    const step = Math.max(1, indexed.length / sampledQueries)
    const ids = Array.from(
      {length: Math.min(sampledQueries, indexed.length)},
      (_, at) => indexed[Math.floor(at * step)]!.id,
    )
    const passages = await index.ofDocuments(ids)
    const samples = ids.flatMap(id => passages.find(({documentId}) => documentId === id) ?? [])
    let shared = 0
    let queries = 0
    for (const {text} of samples) {
      const query = text.split(/\s+/u).slice(0, wordsPerQuery).join(' ')
      const [here, there] = await Promise.all(
        [index, this.#target].map(async each => (await each.search(query, {limit: comparedHits})).hits),
      )
      if (here!.length === 0) continue
      const found = new Set(there!.map(({id}) => id))
      const share = here!.filter(({id}) => found.has(id)).length / here!.length
      if (!found.has(here![0]!.id)) this.#differ(query)
      shared += share
      queries++
    }
    const agreement = queries === 0 ? 1 : shared / queries
    if (agreement < leastAgreement) this.#differ(`${queries} queries`)
    return {queries, agreement}
  }

  #differ(query: string): never {
    throw new MigrationMismatchError(`${this.#options.to} does not find what ${this.#options.from} finds: ${query}`, {
      hint: 'the collection stays where it was; run it again, and report it if it happens again',
    })
  }
}
