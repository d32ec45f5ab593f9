import {createHash} from 'node:crypto'
import type {Context} from '@omni-ops/core/operation'
import {ConflictError, NotFoundError} from '@omni-ops/core/operation'
import type {Expression, ExpressionBuilder, SqlBool, Store, Unit} from '@omni-ops/core/store'
import type {MetadataValue} from '../documents/document.ts'
import {collectionRemoved, documentsIngested, documentsRemoved} from '../events.ts'
import type {VectorDatabase} from '../stores/vector-database.ts'
import {bandsOf, type SimHash} from '../similarity/simhash.ts'
import {accessEntriesOf} from './access.ts'
import {refuseHeld} from './retention.ts'
import type {DocumentState, RagTables, StoredCalibration} from './tables.ts'

/** What the catalogue remembers of a document; the passages are in the index. */
export interface CatalogueEntry {
  readonly id: string
  readonly source: string
  readonly title: string | null
  readonly media_type: string
  readonly language: string
  readonly bytes: number
  readonly content_hash: string
  readonly fingerprint: string
  readonly chunks: number
  readonly state: DocumentState
  readonly metadata: Readonly<Record<string, MetadataValue>>
  readonly ingested_at: string
}

/** A document that an ingest begins with, and who may see it. */
export interface BegunDocument extends Omit<CatalogueEntry, 'state' | 'chunks'> {
  /** Nobody named: everybody. */
  readonly access: readonly string[]
  readonly simhash: SimHash | undefined
}

export interface DocumentIdentity {
  readonly source: string
  readonly content_hash: string
  readonly fingerprint: string
}

export type ComparedStatus = 'added' | 'changed' | 'unchanged'

export interface CollectionTotals {
  readonly collection: string
  readonly documents: number
  readonly pending: number
  readonly chunks: number
  readonly bytes: number
  readonly updated_at: string | null
}

/** No document of this source or id is in the collection. */
export class UnknownDocumentError extends NotFoundError {
  override readonly code = 'unknown_document'
}

/** Documents were removed while they were copied. */
export class RemovedMeanwhileError extends ConflictError {
  override readonly code = 'rag_removed_meanwhile'
  readonly ids: readonly string[]

  constructor(ids: readonly string[]) {
    super('Documents were removed while they were copied', {hint: 'run it again'})
    this.ids = ids
  }
}

/** No collection of this name is in the tenant. */
export class UnknownCollectionError extends NotFoundError {
  override readonly code = 'unknown_collection'

  constructor(collection: string) {
    super(`There is no collection "${collection}"`, {
      hint: 'omni rag collections lists them, `omni rag ingest PATH` makes one',
    })
  }
}

/** Bound variables are limited (SQLite: 32,766); a list of names goes in pieces. */
const namesPerQuery = 500
/** Of fourteen columns each: below 999 variables, the least that any SQLite allows (sqlite.org/limits.html). */
const rowsPerInsert = 64

const bandColumns = ['band_1', 'band_2', 'band_3', 'band_4'] as const

function simhashRow(id: string, simhash: SimHash) {
  const [band_1 = '', band_2 = '', band_3 = '', band_4 = ''] = bandsOf(simhash)
  return {document_id: id, simhash, band_1, band_2, band_3, band_4}
}

/** The same collection and source give the same id on every machine. */
export function documentIdOf(collection: string, source: string): string {
  return createHash('sha256').update(`${collection}\0${source}`).digest('hex').slice(0, 32)
}

/** The rows of one tenant's collections and documents. */
export class Catalogue {
  readonly #store: Store
  readonly #context: Context

  constructor(store: Store, context: Context) {
    this.#store = store
    this.#context = context
  }

  static async open(context: Context): Promise<Catalogue> {
    return new Catalogue(await context.store(), context)
  }

  /**
   * What an ingest would find each document to be. Documents of an interrupted ingest count as not there, and so do
   * those that the caller may not see.
   */
  async compare(collection: string, documents: readonly DocumentIdentity[]): Promise<ComparedStatus[]> {
    const known = await this.#bySource(
      collection,
      documents.map(document => document.source),
    )
    const hidden = await this.hidden([...known.values()].map(({id}) => id))
    return documents.map(document => {
      const entry = known.get(document.source)
      if (entry === undefined || entry.content_hash === '' || hidden.has(entry.id)) return 'added'
      if (entry.state !== 'indexed') return entry.chunks > 0 ? 'changed' : 'added'
      const same = entry.content_hash === document.content_hash && entry.fingerprint === document.fingerprint
      return same ? 'unchanged' : 'changed'
    })
  }

  /**
   * Marks documents as pending before their passages are written, so that a crash in between is noticed. To be called
   * by whoever holds the collection's lock, so that the last to begin is also the last to write.
   * @param vectorDb where they are about to be written; remembered of a new collection.
   * @param refuse throws in the unit where one of them may not be written.
   * @returns the attempt, by which `complete` tells whether somebody else has begun with a document since.
   */
  async begin(
    collection: string,
    entries: readonly BegunDocument[],
    vectorDb: VectorDatabase,
    refuse: (unit: Unit) => Promise<void> = async () => {},
  ): Promise<string> {
    const now = this.#now()
    const attempt = this.#context.random.id()
    await this.#store.unit(this.#context, {audit: false}, async unit => {
      await refuseHeld(
        unit,
        entries.map(({id}) => id),
        'complete',
      )
      await refuse(unit)
      const database = unit.database<RagTables>()
      await database
        .insertInto('rag_collections')
        .values({name: collection, calibration: null, updated_at: now})
        .onConflict(conflict => conflict.columns(['name']).doNothing())
        .execute()
      await database
        .insertInto('rag_vector_databases')
        .values({collection, vector_db: vectorDb, copy: null, previous: null})
        .onConflict(conflict => conflict.columns(['collection']).doNothing())
        .execute()
      for (const some of pieces(entries, rowsPerInsert)) {
        await database
          .insertInto('rag_documents')
          .values(
            some.map(({access: _, simhash: __, ...entry}) => ({
              ...entry,
              collection,
              chunks: 0,
              state: 'pending',
              attempt,
            })),
          )
          .onConflict(conflict => conflict.columns(['id']).doUpdateSet({state: 'pending', attempt}))
          .execute()
        const ids = some.map(({id}) => id)
        await database.deleteFrom('rag_document_access').where('document_id', 'in', ids).execute()
        await database.deleteFrom('rag_document_simhashes').where('document_id', 'in', ids).execute()
        const simhashes = some.flatMap(({id, simhash}) => (simhash === undefined ? [] : [simhashRow(id, simhash)]))
        if (simhashes.length > 0) await database.insertInto('rag_document_simhashes').values(simhashes).execute()
        const access = some.flatMap(({id, access}) => access.map(entry => ({document_id: id, entry})))
        for (const rows of pieces(access, rowsPerInsert)) {
          await database.insertInto('rag_document_access').values(rows).execute()
        }
      }
    })
    return attempt
  }

  /**
   * Records documents whose passages are in the index, but for those that another attempt has begun to write since.
   * One audit entry for all.
   */
  async complete(
    collection: string,
    attempt: string,
    entries: readonly Omit<CatalogueEntry, 'state'>[],
    counts: Readonly<Record<string, string | number>>,
  ): Promise<void> {
    const now = this.#now()
    const audit = {action: 'documents.ingested', resource: `collection:${collection}`, details: counts}
    await this.#store.unit(this.#context, {audit}, async unit => {
      const database = unit.database<RagTables>()
      for (const {id, ...entry} of entries) {
        await database
          .updateTable('rag_documents')
          .set({...entry, state: 'indexed'})
          .where('id', '=', id)
          .where('attempt', '=', attempt)
          .execute()
      }
      await database.updateTable('rag_collections').set(changedAt(now)).where('name', '=', collection).execute()
      if (entries.length > 0) await unit.publish(documentsIngested, {collection, documents: entries.length})
    })
  }

  /**
   * Marks documents whose passages are about to be deleted; from here on they are in no list and no answer.
   * @throws DocumentHeldError
   */
  async beginRemoval(ids: readonly string[]): Promise<void> {
    await this.#store.unit(this.#context, {audit: false}, async unit => {
      await refuseHeld(unit, ids, 'any')
      for (const some of pieces(ids)) {
        await unit
          .database<RagTables>()
          .updateTable('rag_documents')
          .set({state: 'removing'})
          .where('id', 'in', some)
          .execute()
      }
    })
  }

  /** Forgets documents whose passages are gone, unless they came back since; with `whole`, the collection too. */
  async completeRemoval(collection: string, ids: readonly string[], whole: boolean): Promise<void> {
    const now = this.#now()
    const audit = {
      action: whole ? 'collection.removed' : 'documents.removed',
      resource: `collection:${collection}`,
      details: {documents: ids.length},
    }
    await this.#store.unit(this.#context, {audit}, async unit => {
      const database = unit.database<RagTables>()
      for (const some of pieces(ids)) {
        await database.deleteFrom('rag_documents').where('id', 'in', some).where('state', '=', 'removing').execute()
        await database.deleteFrom('rag_situations').where('document_id', 'in', some).execute()
      }
      const remaining = await database
        .selectFrom('rag_documents')
        .select('id')
        .where('collection', '=', collection)
        .executeTakeFirst()
      if (whole && !remaining) await database.deleteFrom('rag_collections').where('name', '=', collection).execute()
      else await database.updateTable('rag_collections').set(changedAt(now)).where('name', '=', collection).execute()
      await unit.publish(whole ? collectionRemoved : documentsRemoved, {collection, documents: ids.length})
    })
  }

  /**
   * For whoever copies documents to another index, asked when no other writer can come in between: of what was removed
   * since it was read, nothing may be left where it is copied to.
   * @throws RemovedMeanwhileError where some of them were removed, or are being removed
   */
  async refuseGone(ids: readonly string[]): Promise<void> {
    const present = new Set<string>()
    for (const some of pieces(ids)) {
      const rows = await this.#reader()
        .selectFrom('rag_documents')
        .select('id')
        .where('id', 'in', some)
        .where('state', '!=', 'removing')
        .execute()
      for (const {id} of rows) present.add(id)
    }
    const gone = ids.filter(id => !present.has(id))
    if (gone.length > 0) throw new RemovedMeanwhileError(gone)
  }

  /** SHA-256 of the files that documents were read from, each once. */
  async contentHashes(ids: readonly string[]): Promise<string[]> {
    const hashes = new Set<string>()
    for (const some of pieces(ids)) {
      const rows = await this.#reader()
        .selectFrom('rag_documents')
        .select('content_hash')
        .where('id', 'in', some)
        .execute()
      for (const {content_hash: hash} of rows) if (hash !== '') hashes.add(hash)
    }
    return [...hashes]
  }

  /** The documents of removals that a crash interrupted. */
  async removing(collection: string): Promise<string[]> {
    const rows = await this.#reader()
      .selectFrom('rag_documents')
      .select('id')
      .where('collection', '=', collection)
      .where('state', '=', 'removing')
      .execute()
    return rows.map(row => row.id)
  }

  /** Documents in the order of their sources, after a source; those being removed are left out. */
  async list(
    collection: string,
    options: {
      readonly after?: string | undefined
      readonly under?: string | undefined
      /** Only what is not kept any longer: its time is over, and nothing holds it. */
      readonly expired?: boolean
      /** Only what is under a legal hold. */
      readonly held?: boolean
      readonly limit: number
    },
  ): Promise<CatalogueEntry[]> {
    let query = this.#reader()
      .selectFrom('rag_documents')
      .selectAll()
      .where('collection', '=', collection)
      .where('state', '!=', 'removing')
    query = query.where(row => this.#isVisible(row))
    if (options.after !== undefined) query = query.where('source', '>', options.after)
    if (options.under !== undefined) {
      const length = [...options.under].length
      query = query.where(({fn, val}) => fn('substr', ['source', val(1), val(length)]), '=', options.under)
    }
    if (options.expired) {
      query = query.where(row =>
        row.and([
          row(
            'rag_documents.id',
            'in',
            row.selectFrom('rag_document_retention').select('document_id').where('retain_until', '<=', this.#now()),
          ),
          row('rag_documents.id', 'not in', row.selectFrom('rag_document_holds').select('document_id')),
        ]),
      )
    }
    if (options.held) {
      query = query.where(row =>
        row('rag_documents.id', 'in', row.selectFrom('rag_document_holds').select('document_id')),
      )
    }
    const rows = await query.orderBy('source').limit(options.limit).execute()
    return rows.map(entryOf)
  }

  /** One document by its source or its id. Throws UnknownDocumentError. */
  async find(collection: string, sourceOrId: string): Promise<CatalogueEntry> {
    const [entry] = await this.findAll(collection, [sourceOrId], {ignoreMissing: false})
    return entry!
  }

  /**
   * Documents by their sources or their ids, each once, in the order given. Throws UnknownDocumentError for the first
   * that is not there, unless what is missing is to be ignored.
   */
  async findAll(
    collection: string,
    sourcesOrIds: readonly string[],
    {ignoreMissing}: {readonly ignoreMissing: boolean},
  ): Promise<CatalogueEntry[]> {
    const found = new Map<string, CatalogueEntry>()
    for (const some of pieces(sourcesOrIds)) {
      const rows = await this.#reader()
        .selectFrom('rag_documents')
        .selectAll()
        .where('collection', '=', collection)
        .where('state', '!=', 'removing')
        .where(where => where.or([where('source', 'in', some), where('id', 'in', some)]))
        .where(row => this.#isVisible(row))
        .execute()
      for (const row of rows) for (const key of [row.id, row.source]) found.set(key, entryOf(row))
    }
    const entries = sourcesOrIds.flatMap(each => {
      const entry = found.get(each)
      if (entry) return [entry]
      if (ignoreMissing) return []
      throw new UnknownDocumentError(`There is no document ${each} in the collection "${collection}"`, {
        hint: `omni rag list --collection ${collection}`,
      })
    })
    return [...new Map(entries.map(entry => [entry.id, entry])).values()]
  }

  /** Totals of one collection, or of all. */
  async totals(collection?: string): Promise<CollectionTotals[]> {
    let names = this.#reader().selectFrom('rag_collections').select(['name', 'updated_at'])
    if (collection !== undefined) names = names.where('name', '=', collection)
    const sums = await this.#reader()
      .selectFrom('rag_documents')
      .select(({fn}) => [
        'collection',
        'state',
        fn.countAll<number | bigint>().as('documents'),
        fn.sum<number | bigint>('chunks').as('chunks'),
        fn.sum<number | bigint>('bytes').as('bytes'),
      ])
      .where('state', '!=', 'removing')
      .where(row => this.#isVisible(row))
      .groupBy(['collection', 'state'])
      .execute()
    const rows = await names.orderBy('name').execute()
    return rows.map(({name, updated_at}) => {
      const own = sums.filter(sum => sum.collection === name)
      const total = (key: 'documents' | 'chunks' | 'bytes', rows = own) =>
        rows.reduce((sum, row) => sum + Number(row[key] ?? 0), 0)
      return {
        collection: name,
        documents: total('documents'),
        pending: total(
          'documents',
          own.filter(row => row.state === 'pending'),
        ),
        chunks: total('chunks'),
        bytes: total('bytes'),
        updated_at,
      }
    })
  }

  /** The ids of some indexed documents, the first in the order of ids. */
  async firstIds(collection: string, limit: number, {visible}: {readonly visible: boolean}): Promise<string[]> {
    const rows = await this.#reader()
      .selectFrom('rag_documents')
      .select('id')
      .where('collection', '=', collection)
      .where('state', '=', 'indexed')
      .where(row => (visible ? this.#isVisible(row) : row.lit(true)))
      .orderBy('id')
      .limit(limit)
      .execute()
    return rows.map(row => row.id)
  }

  /** How many documents have each value of a column. */
  async histogram(collection: string, column: 'language' | 'media_type'): Promise<Record<string, number>> {
    const rows = await this.#reader()
      .selectFrom('rag_documents')
      .select(({fn}) => [column, fn.countAll<number | bigint>().as('documents')])
      .where('collection', '=', collection)
      .where('state', '!=', 'removing')
      .where(row => this.#isVisible(row))
      .groupBy(column)
      .orderBy(column)
      .execute()
    return Object.fromEntries(rows.map(row => [row[column], Number(row.documents)]))
  }

  /** How many changes of its documents a collection has seen. */
  async revision(collection: string): Promise<number> {
    const row = await this.#reader()
      .selectFrom('rag_collections')
      .select('revision')
      .where('name', '=', collection)
      .executeTakeFirst()
    return Number(row?.revision ?? 0)
  }

  async calibration(collection: string): Promise<StoredCalibration | undefined> {
    const row = await this.#reader()
      .selectFrom('rag_collections')
      .select('calibration')
      .where('name', '=', collection)
      .executeTakeFirst()
    return row?.calibration ?? undefined
  }

  /**
   * Keeps a calibration, unless there is one of a later state of the collection: of two ingests at once, the one that
   * ended first may be the last to be done with calibrating, and it has seen half of what the other wrote.
   */
  async saveCalibration(collection: string, calibration: StoredCalibration): Promise<void> {
    const audit = {action: 'collection.optimized', resource: `collection:${collection}`}
    await this.#store.unit(this.#context, {audit}, async unit => {
      const database = unit.database<RagTables>()
      const row = await database
        .selectFrom('rag_collections')
        .select('calibration')
        .where('name', '=', collection)
        .$if(this.#store.dialect === 'postgres', query => query.forUpdate())
        .executeTakeFirst()
      if ((row?.calibration?.of ?? 0) > calibration.of) return
      await database.updateTable('rag_collections').set({calibration}).where('name', '=', collection).execute()
    })
  }

  /** Throws UnknownCollectionError where the tenant has no collection of this name. */
  async requireCollection(collection: string): Promise<void> {
    const row = await this.#reader()
      .selectFrom('rag_collections')
      .select('name')
      .where('name', '=', collection)
      .executeTakeFirst()
    if (!row) throw new UnknownCollectionError(collection)
  }

  /** Which of these documents the caller may not see. */
  async hidden(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const hidden = new Set<string>()
    if (accessEntriesOf(this.#context.principal) === undefined) return hidden
    for (const some of pieces(ids)) {
      const rows = await this.#reader()
        .selectFrom('rag_documents')
        .select('id')
        .where('id', 'in', some)
        .where(row => row.not(this.#isVisible(row)))
        .execute()
      for (const {id} of rows) hidden.add(id)
    }
    return hidden
  }

  /** The sources of documents that the caller may see, with their fingerprints, in the order of the sources. */
  async simhashes(collection: string): Promise<(readonly [source: string, simhash: SimHash])[]> {
    const rows = await this.#reader()
      .selectFrom('rag_documents')
      .innerJoin('rag_document_simhashes', 'rag_document_simhashes.document_id', 'rag_documents.id')
      .select(['rag_documents.source', 'rag_document_simhashes.simhash'])
      .where('rag_documents.collection', '=', collection)
      .where('rag_documents.state', '!=', 'removing')
      .where(row => this.#isVisible(row as unknown as ExpressionBuilder<RagTables, 'rag_documents'>))
      .orderBy('rag_documents.source')
      .execute()
    return rows.map(({source, simhash}) => [source, simhash] as const)
  }

  /** The documents that the caller may see and of which one of these may be a near-duplicate. */
  async simhashesNear(
    collection: string,
    simhashes: readonly SimHash[],
  ): Promise<{readonly id: string; readonly source: string; readonly simhash: SimHash}[]> {
    const found = new Map<string, {id: string; source: string; simhash: SimHash}>()
    for (const some of pieces(simhashes)) {
      const bands = some.map(bandsOf)
      for (const [place, column] of bandColumns.entries()) {
        const rows = await this.#reader()
          .selectFrom('rag_documents')
          .innerJoin('rag_document_simhashes', 'rag_document_simhashes.document_id', 'rag_documents.id')
          .select(['rag_documents.id', 'rag_documents.source', 'rag_document_simhashes.simhash'])
          .where('rag_documents.collection', '=', collection)
          .where('rag_documents.state', '=', 'indexed')
          .where(`rag_document_simhashes.${column}`, 'in', [...new Set(bands.map(each => each[place]!))])
          .where(row => this.#isVisible(row as unknown as ExpressionBuilder<RagTables, 'rag_documents'>))
          .execute()
        for (const row of rows) found.set(row.id, row)
      }
    }
    return [...found.values()].toSorted((one, other) => (one.source < other.source ? -1 : 1))
  }

  /** Whether the collection has documents that the caller may not see. */
  async hasHidden(collection: string): Promise<boolean> {
    if (accessEntriesOf(this.#context.principal) === undefined) return false
    const row = await this.#reader()
      .selectFrom('rag_documents')
      .select('id')
      .where('collection', '=', collection)
      .where(each => each.not(this.#isVisible(each)))
      .limit(1)
      .executeTakeFirst()
    return row !== undefined
  }

  /** The access lists of documents by their ids; those without one are left out. */
  async accessOf(ids: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const lists = new Map<string, string[]>()
    for (const some of pieces(ids)) {
      const rows = await this.#reader()
        .selectFrom('rag_document_access')
        .select(['document_id', 'entry'])
        .where('document_id', 'in', some)
        .orderBy('entry')
        .execute()
      for (const {document_id, entry} of rows) lists.set(document_id, [...(lists.get(document_id) ?? []), entry])
    }
    return lists
  }

  /** Whether the caller may see a document: one without an access list, or with an entry for the caller. */
  #isVisible(row: ExpressionBuilder<RagTables, 'rag_documents'>): Expression<SqlBool> {
    const entries = accessEntriesOf(this.#context.principal)
    if (entries === undefined) return row.lit(true)
    const listed = row.selectFrom('rag_document_access').select('rag_document_access.document_id')
    return row.or([
      row('rag_documents.id', 'not in', listed),
      row('rag_documents.id', 'in', listed.where('rag_document_access.entry', 'in', entries)),
    ])
  }

  async #bySource(collection: string, sources: readonly string[]): Promise<Map<string, CatalogueEntry>> {
    const found = new Map<string, CatalogueEntry>()
    for (const some of pieces(sources)) {
      const rows = await this.#reader()
        .selectFrom('rag_documents')
        .selectAll()
        .where('collection', '=', collection)
        .where('source', 'in', some)
        .execute()
      for (const row of rows) found.set(row.source, entryOf(row))
    }
    return found
  }

  #reader() {
    return this.#store.read<RagTables>(this.#context.tenant)
  }

  #now(): string {
    return this.#context.clock.now().toISOString()
  }
}

function changedAt(now: string) {
  return (row: ExpressionBuilder<RagTables, 'rag_collections'>) => ({
    updated_at: now,
    revision: row('revision', '+', 1),
  })
}

function* pieces<Item>(items: readonly Item[], size = namesPerQuery): Generator<Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size)
}

function entryOf(row: CatalogueEntry | (Omit<CatalogueEntry, 'state'> & {state: string})): CatalogueEntry {
  const {
    id,
    source,
    title,
    media_type,
    language,
    bytes,
    content_hash,
    fingerprint,
    chunks,
    state,
    metadata,
    ingested_at,
  } = row
  return {
    id,
    source,
    title,
    media_type,
    language,
    bytes,
    content_hash,
    fingerprint,
    chunks,
    state: state as DocumentState,
    metadata,
    ingested_at,
  }
}
