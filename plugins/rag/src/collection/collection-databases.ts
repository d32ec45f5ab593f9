import type {Context} from '@omni-ops/core/operation'
import type {Store, Unit} from '@omni-ops/core/store'
import {collectionMigrated} from '../events.ts'
import type {VectorDatabase} from '../stores/vector-database.ts'
import type {CopyState, RagTables} from './tables.ts'

/** Which database has a collection's passages. */
export interface CollectionDatabase {
  readonly vectorDb: VectorDatabase
  readonly copy: CopyState | undefined
  readonly previous: VectorDatabase | undefined
}

/** Remembers for each of a tenant's collections where its passages are, whatever the settings say since. */
export class CollectionDatabases {
  readonly #store: Store
  readonly #context: Context

  constructor(store: Store, context: Context) {
    this.#store = store
    this.#context = context
  }

  static async open(context: Context): Promise<CollectionDatabases> {
    return new CollectionDatabases(await context.store(), context)
  }

  /** Of a collection that does not exist yet, what the settings choose. */
  async get(collection: string): Promise<CollectionDatabase> {
    const row = await this.#store
      .read<RagTables>(this.#context.tenant)
      .selectFrom('rag_collections')
      .leftJoin('rag_vector_databases', 'rag_vector_databases.collection', 'rag_collections.name')
      .select(['rag_vector_databases.vector_db', 'rag_vector_databases.copy', 'rag_vector_databases.previous'])
      .where('rag_collections.name', '=', collection)
      .executeTakeFirst()
    const chosen = row === undefined ? this.#context.settings.get('rag.vector_db') : (row.vector_db ?? 'lancedb')
    return {
      vectorDb: chosen as VectorDatabase,
      copy: row?.copy ?? undefined,
      previous: (row?.previous ?? undefined) as VectorDatabase | undefined,
    }
  }

  async saveCopy(collection: string, from: VectorDatabase, copy: CopyState): Promise<void> {
    await this.#write(collection, from, {copy})
  }

  /** From now on the collection's passages are in another database. */
  async move(collection: string, from: VectorDatabase, to: VectorDatabase, documents: number): Promise<void> {
    const audit = {
      action: 'collection.migrated',
      resource: `collection:${collection}`,
      details: {documents, from, to},
    }
    await this.#store.unit(this.#context, {audit}, async unit => {
      await writeRow(unit, collection, from, {vector_db: to, copy: null, previous: from})
      await unit.publish(collectionMigrated, {collection, documents, from, to})
    })
  }

  async forgetPrevious(collection: string, vectorDb: VectorDatabase): Promise<void> {
    await this.#write(collection, vectorDb, {previous: null})
  }

  async #write(collection: string, vectorDb: VectorDatabase, change: DatabaseChange): Promise<void> {
    await this.#store.unit(this.#context, {audit: false}, unit => writeRow(unit, collection, vectorDb, change))
  }
}

interface DatabaseChange {
  vector_db?: string
  copy?: CopyState | null
  previous?: string | null
}

async function writeRow(
  unit: Unit,
  collection: string,
  vectorDb: VectorDatabase,
  change: DatabaseChange,
): Promise<void> {
  await unit
    .database<RagTables>()
    .insertInto('rag_vector_databases')
    .values({collection, vector_db: vectorDb, copy: null, previous: null, ...change})
    .onConflict(conflict => conflict.columns(['collection']).doUpdateSet(change))
    .execute()
}
