import {statSync} from 'node:fs'
import {mkdir, rename, rm} from 'node:fs/promises'
import {join} from 'node:path'
import type {Connection, Table} from '@lancedb/lancedb'
import {OmniError} from '@omni-ops/core/operation'
import {
  assertCollectionName,
  assertVectors,
  CollectionNotFoundError,
  type DocumentRows,
  type OpenOptions,
  type PassageStore,
  StoreFailureError,
  type StoreLimits,
} from '../passage-store.ts'
import {slices} from '../slices.ts'
import {acquireWriterLock} from '../writer-lock.ts'
import {arrowTableOf} from './arrow-rows.ts'
import {
  countGrams,
  countPassages,
  type GramStatistics,
  readStatistics,
  storeStatistics,
} from './collection-statistics.ts'
import {connectTo} from './connect.ts'
import {fragmentsWithDeletions, remakeIndexes, rewriteFragments} from './erasure.ts'
import {IDS_AT_ONCE, LanceDbSnapshot, type LanceDbSnapshotOptions, type TableStatistics} from './lancedb-snapshot.ts'
import {
  addVectorColumn,
  createLookupIndexes,
  createTextIndexes,
  dimensionOf,
  passageSchema,
  tableRowOf,
} from './passage-table.ts'
import {sqlIn} from './sql.ts'
import {versionsOf} from './tables-in.ts'
import {createVectorIndex} from './vector-index.ts'

export interface LanceDbStoreOptions extends OpenOptions {
  /** The tenant's directory, absolute. Nothing outside it is read or written. */
  readonly directory: string
  /** Where the tenant's tables are, if not in the directory: `s3://bucket/prefix`. Locks and counts stay in it. */
  readonly uri?: string
  /** For an object store, what LanceDB is told beside the environment (https://lancedb.com/docs/storage/). */
  readonly storageOptions?: Readonly<Record<string, string>>
  /** Lower-case letters, digits, `-` and `_`. */
  readonly collection: string
  /** How long a write waits for another writer, in milliseconds; a minute by default. */
  readonly lockTimeout?: number
  readonly signal?: AbortSignal
  /** Whether large collections get LanceDB's vector index; they do by default. */
  readonly indexVectors?: boolean
}

/** Grams are counted anew once a collection has grown or shrunk by this share; a small one always. */
const GROWTH = 0.2
const SMALL = 4_096
/** A reader that began on an older version has this long to finish before its files go. Milliseconds. */
const VERSION_GRACE = 60_000
/** Later than any version, whatever the clocks say. Milliseconds. */
const AFTER_ALL = 86_400_000

/**
 * A LanceDB table in a directory. Each write is one atomic commit, also under kill -9; what was committed is found at
 * once, by every process, and until `optimize` removed passages still count in document frequencies; one writer at a
 * time, while readers never wait.
 */
export class LanceDbStore implements PassageStore {
  readonly #options: LanceDbStoreOptions
  #connection: Promise<Connection> | undefined
  /** What the connection is being asked for. */
  readonly #asked = new Set<Promise<unknown>>()
  #statistics: TableStatistics | undefined
  /** The table as it was opened last for reading, and the versions that there were then. */
  #opened: {readonly versions: string; readonly table: Promise<Table>} | undefined
  #lastWrite: Promise<void> = Promise.resolve()

  /** Opens nothing yet. @throws InvalidInputError for a name that cannot be a collection's. */
  constructor(options: LanceDbStoreOptions) {
    assertCollectionName(options.collection)
    this.#options = options
  }

  async limits(): Promise<StoreLimits> {
    return {
      consistency: 'immediate',
      atomic: true,
      nativeHybrid: true,
      mostRows: Number.POSITIVE_INFINITY,
      dimension: await this.#dimension(),
    }
  }

  async exists(): Promise<boolean> {
    const {uri, collection} = this.#options
    if (uri === undefined) return (await versionsOf(this.#tableDirectory)).length > 0
    return this.#guarded('read', async () => (await this.#with(each => each.tableNames())).includes(collection))
  }

  /** The latest version, on which the snapshot then stays. */
  async snapshot(): Promise<LanceDbSnapshot> {
    const made = this.#identity()
    const failure = (error: unknown) => this.#readFailure(error, made)
    try {
      const table = await this.#latest()
      return this.snapshotOf({
        table,
        dimension: () => dimensionOf(table),
        statistics: () => this.#statisticsOf(table),
        failure,
      })
    } catch (error) {
      throw failure(error)
    }
  }

  /** A store that finds vectors in its own way has snapshots of its own. */
  protected snapshotOf(options: LanceDbSnapshotOptions): LanceDbSnapshot {
    return new LanceDbSnapshot(options)
  }

  async replaceDocuments(
    documents: readonly DocumentRows[],
    before: () => Promise<void> = async () => {},
  ): Promise<void> {
    const {dimension = this.#options.dimension} = await this.limits()
    assertVectors(documents, dimension)
    const rows = documents.flatMap(document => document.rows.map(row => tableRowOf(row, dimension !== undefined)))
    const ids = documents.map(({documentId}) => documentId)
    await this.#write(async table => {
      await before()
      const present = await countIn(table, 'document_id', ids)
      if (present === 0) {
        if (rows.length > 0) await table.add(await arrowTableOf(rows, dimension))
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
        .execute(await arrowTableOf(rows, dimension))
    })
  }

  async removeDocuments(choose: () => Promise<readonly string[]>): Promise<number> {
    let removed = 0
    if (!(await this.exists())) {
      await choose()
      return removed
    }
    await this.#write(async table => {
      for (const ids of slices(await choose(), IDS_AT_ONCE)) {
        const present = await table.countRows(sqlIn('document_id', ids))
        if (present === 0) continue
        await table.delete(sqlIn('document_id', ids))
        removed += present
      }
    })
    return removed
  }

  async awaitWriters(): Promise<void> {
    await this.#lastWrite.catch(() => undefined)
    const release = await this.#lock()
    release()
  }

  /** Folds new rows into the text indexes, forgets removed ones, compacts files and drops old versions. */
  async optimize(now: Date): Promise<void> {
    if (!(await this.exists())) return
    await this.#write(async table => {
      await rm(this.#leavingDirectory, {recursive: true, force: true})
      await createLookupIndexes(table)
      if (this.#options.indexVectors ?? true) await createVectorIndex(table)
      // Counted while the engine builds its indexes in threads of its own, and leaves this one with nothing to do.
      const counting = this.#countGrams()
      counting.catch(() => undefined)
      await table.optimize({cleanupOlderThan: new Date(now.getTime() - VERSION_GRACE)})
      await this.#storeStatistics(table, await counting)
    })
  }

  /**
   * LanceDB deletes rows by naming them: their bytes stay in the fragment, whatever is compacted. So the rows that are
   * left in such a fragment are written anew, each batch in one commit, after which the whole fragment is unused, as
   * are the old indexes once they were made anew. Cleaning up deletes both; twice, since it makes a version itself.
   */
  async erase(now: Date): Promise<void> {
    if (!(await this.exists())) return
    await this.#write(async table => {
      await rm(this.#leavingDirectory, {recursive: true, force: true})
      // What deletion files an object store has is not looked up: every fragment is written anew.
      const isLocal = this.#options.uri === undefined
      await rewriteFragments(table, isLocal ? await fragmentsWithDeletions(this.#tableDirectory) : undefined)
      await remakeIndexes(table)
      const everything = {cleanupOlderThan: new Date(now.getTime() + AFTER_ALL), deleteUnverified: true}
      for (let time = 0; time < 2; time++) await table.optimize(everything)
      await rm(join(this.#tableDirectory, 'statistics.json'), {force: true})
      await this.#storeStatistics(table, await countGrams(table))
    })
    // Its cache may hold rows of versions that are no more.
    await this.close()
  }

  async drop(): Promise<boolean> {
    if (!(await this.exists())) return false
    const release = await this.#lock()
    try {
      if (this.#options.uri !== undefined) {
        await this.#guarded('write', () => this.#with(each => each.dropTable(this.#options.collection)))
      }
      await this.#dropDirectory()
    } finally {
      release()
    }
    await this.close()
    return true
  }

  /** Out of the way in one step: half a table could be neither read nor written again. */
  async #dropDirectory(): Promise<void> {
    await rm(this.#leavingDirectory, {recursive: true, force: true})
    await rename(this.#tableDirectory, this.#leavingDirectory).catch(ignoreMissing)
    await rm(this.#leavingDirectory, {recursive: true, force: true})
  }

  async close(): Promise<void> {
    const closing = this.#connection
    this.#connection = undefined
    this.#opened = undefined
    // A connection that is being asked for something cannot be closed: the engine throws.
    await Promise.allSettled(this.#asked)
    const connection = await closing
    connection?.close()
  }

  /** Asks the connection for something. */
  async #with<T>(ask: (connection: Connection) => Promise<T>): Promise<T> {
    const {directory, uri = directory, storageOptions} = this.#options
    this.#connection ??= connectTo(uri, storageOptions)
    const asked = this.#connection.then(ask)
    this.#asked.add(asked)
    try {
      return await asked
    } finally {
      this.#asked.delete(asked)
    }
  }

  /** Opened once for all readers of a version: its files tell whether there is a newer one. */
  async #latest(): Promise<Table> {
    if (this.#options.uri !== undefined) return this.#open()
    const made = this.#identity()
    const names = await versionsOf(this.#tableDirectory)
    if (names.length === 0) throw new CollectionNotFoundError(this.#options.collection)
    const versions = `${made} ${names.toSorted().join(' ')}`
    if (this.#opened?.versions === versions) return this.#opened.table
    const table = this.#open()
    this.#opened = {versions, table}
    table.catch(() => (this.#opened = undefined))
    return table
  }

  async #open(): Promise<Table> {
    const {collection} = this.#options
    if (!(await this.exists())) throw new CollectionNotFoundError(collection)
    return this.#with(connection => connection.openTable(collection))
  }

  async #dimension(): Promise<number | undefined> {
    if (!(await this.exists())) return this.#options.dimension
    return this.#guarded('read', async () => dimensionOf(await this.#latest()))
  }

  /** Writes of this process wait for each other in a line, instead of trying for the lock. */
  async #write(work: (table: Table) => Promise<void>): Promise<void> {
    const own = this.#lastWrite.then(() => this.#writeLocked(work))
    this.#lastWrite = own.catch(() => undefined)
    return own
  }

  async #writeLocked(work: (table: Table) => Promise<void>): Promise<void> {
    const release = await this.#lock()
    try {
      await this.#guarded('write', async () => work(await this.#writable()))
    } finally {
      release()
    }
  }

  #lock(): Promise<() => void> {
    const {directory, collection, lockTimeout = 60_000, signal} = this.#options
    return acquireWriterLock({directory, collection, timeout: lockTimeout, ...(signal === undefined ? {} : {signal})})
  }

  /** The table, made where it is missing and given its indexes and vectors where a crash came in between. */
  async #writable(): Promise<Table> {
    const {directory, collection, dimension} = this.#options
    await mkdir(directory, {recursive: true})
    if (!(await this.exists())) {
      const schema = await passageSchema(dimension)
      const made = await this.#with(connection => connection.createEmptyTable(collection, schema))
      await createTextIndexes(made)
      return made
    }
    const table = await this.#with(connection => connection.openTable(collection))
    await createTextIndexes(table)
    if (dimension !== undefined && (await dimensionOf(table)) === undefined) {
      await addVectorColumn(table, dimension)
    }
    return table
  }

  /** What the collection holds, counted once per version. */
  async #statisticsOf(table: Table): Promise<TableStatistics> {
    const version = await table.version()
    if (this.#statistics?.version === version) return this.#statistics
    const stored = await readStatistics(this.#tableDirectory)
    const collection = stored?.collection.version === version ? stored.collection : await countPassages(table)
    this.#statistics = {...collection, gramShares: stored?.grams.shares ?? new Map(), idf: new Map()}
    return this.#statistics
  }

  async #storeStatistics(table: Table, grams: GramStatistics): Promise<void> {
    await mkdir(this.#tableDirectory, {recursive: true})
    await storeStatistics(this.#tableDirectory, {collection: await countPassages(table), grams})
    this.#statistics = undefined
  }

  /** Counted anew where that says something new. Through a handle of its own, which waits for no other's work. */
  async #countGrams(): Promise<GramStatistics> {
    const table = await this.#open()
    const stored = (await readStatistics(this.#tableDirectory))?.grams
    const passages = await table.countRows()
    const still = passages > SMALL && Math.abs(passages - (stored?.passages ?? 0)) < GROWTH * passages
    return stored !== undefined && still ? stored : countGrams(table)
  }

  async #guarded<Result>(verb: 'read' | 'write', work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      throw this.#failure(error, verb)
    }
  }

  /** What was read may have been removed whole meanwhile, and even made anew: then it is simply not there. */
  #readFailure(error: unknown, made: string | undefined): unknown {
    const isHere = this.#options.uri === undefined && !(error instanceof OmniError)
    return isHere && this.#identity() !== made
      ? new CollectionNotFoundError(this.#options.collection)
      : this.#failure(error, 'read')
  }

  /** Which table in the directory this is: one that is made in the place of another has a name of its own. */
  #identity(): string | undefined {
    const stats = statSync(this.#tableDirectory, {bigint: true, throwIfNoEntry: false})
    return stats && `${stats.ino}/${stats.birthtimeNs}`
  }

  #failure(error: unknown, verb: 'read' | 'write'): unknown {
    if (error instanceof OmniError || (error instanceof Error && error.name === 'AbortError')) return error
    const reason = error instanceof Error ? error.message : String(error)
    const {collection} = this.#options
    return new StoreFailureError(
      `The collection ${collection} could not be ${verb === 'read' ? 'read' : 'written'}: ${reason}`,
      {
        hint: 'Check the free space and the rights of the data directory; omni doctor looks at both.',
        cause: error,
      },
    )
  }

  /** Of the table's files, or of what is counted of a table elsewhere. */
  get #tableDirectory(): string {
    return join(this.#options.directory, `${this.#options.collection}.lance`)
  }

  /** Where a collection's files go before they are deleted; what a crash left there the next `optimize` deletes. */
  get #leavingDirectory(): string {
    return join(this.#options.directory, `${this.#options.collection}.removed`)
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
}

async function countIn(table: Table, column: string, values: readonly string[]): Promise<number> {
  let count = 0
  for (const some of slices(values, IDS_AT_ONCE)) count += await table.countRows(sqlIn(column, some))
  return count
}
