import type {Context} from '@omni-ops/core/operation'
import type {Store} from '@omni-ops/core/store'
import {collectionReembedded} from '../events.ts'
import type {FusionWeights} from '../ranking/ranker.ts'
import type {EmbeddingIdentity, RagTables, ShadowIndex} from './tables.ts'

/** Where a collection's passages are and what they hold beside words. */
export interface CollectionIndex {
  readonly indexName: string
  readonly embedding: EmbeddingIdentity | undefined
  readonly weights: FusionWeights | undefined
  readonly shadow: ShadowIndex | undefined
  readonly obsolete: string | undefined
}

/** A document and the ingest whose passages it has. */
export interface DocumentVersion {
  readonly id: string
  readonly attempt: string
}

const namesPerQuery = 500

/** Which index belongs to which of a tenant's collections. */
export class CollectionIndexes {
  readonly #store: Store
  readonly #context: Context

  constructor(store: Store, context: Context) {
    this.#store = store
    this.#context = context
  }

  static async open(context: Context): Promise<CollectionIndexes> {
    return new CollectionIndexes(await context.store(), context)
  }

  /** A collection's index; one that has never been re-embedded is named like the collection. */
  async get(collection: string): Promise<CollectionIndex> {
    const row = await this.#reader()
      .selectFrom('rag_indexes')
      .selectAll()
      .where('collection', '=', collection)
      .executeTakeFirst()
    return {
      indexName: row?.index_name ?? collection,
      embedding: row?.embedding ?? undefined,
      weights: row?.weights ?? undefined,
      shadow: row?.shadow ?? undefined,
      obsolete: row?.obsolete_index ?? undefined,
    }
  }

  /** Says which model a collection's vectors are of, before the first is written. */
  async adopt(collection: string, embedding: EmbeddingIdentity): Promise<void> {
    await this.#write(collection, {embedding})
  }

  async saveWeights(collection: string, weights: FusionWeights, details: Record<string, number>): Promise<void> {
    const audit = {action: 'collection.tuned', resource: `collection:${collection}`, details}
    await this.#write(collection, {weights}, audit)
  }

  /** Begins to fill another index; what was in a shadow with another name is forgotten. */
  async saveShadow(collection: string, shadow: ShadowIndex): Promise<void> {
    const {shadow: before} = await this.get(collection)
    if (before?.index_name !== shadow.index_name) await this.#forgetShadowDocuments(collection)
    await this.#write(collection, {shadow})
  }

  /** Records documents whose passages are in the shadow as of an ingest. */
  async saveShadowed(collection: string, versions: readonly DocumentVersion[]): Promise<void> {
    if (versions.length === 0) return
    await this.#store.unit(this.#context, {audit: false}, async unit => {
      for (const {id, attempt} of versions) {
        await unit
          .database<RagTables>()
          .insertInto('rag_shadow_documents')
          .values({collection, document: id, attempt})
          .onConflict(conflict => conflict.columns(['collection', 'document']).doUpdateSet({attempt}))
          .execute()
      }
    })
  }

  /** Which documents are in the shadow, and as of which ingest. */
  async shadowed(collection: string): Promise<Map<string, string>> {
    const rows = await this.#reader()
      .selectFrom('rag_shadow_documents')
      .select(['document', 'attempt'])
      .where('collection', '=', collection)
      .execute()
    return new Map(rows.map(row => [row.document, row.attempt]))
  }

  async forgetShadowed(collection: string, ids: readonly string[]): Promise<void> {
    await this.#store.unit(this.#context, {audit: false}, async unit => {
      for (let at = 0; at < ids.length; at += namesPerQuery) {
        await unit
          .database<RagTables>()
          .deleteFrom('rag_shadow_documents')
          .where('collection', '=', collection)
          .where('document', 'in', ids.slice(at, at + namesPerQuery))
          .execute()
      }
    })
  }

  /** The documents of a collection: those that are indexed, and those whose ingest has begun and not ended. */
  async versions(collection: string): Promise<{indexed: DocumentVersion[]; pending: DocumentVersion[]}> {
    const rows = await this.#reader()
      .selectFrom('rag_documents')
      .select(['id', 'attempt', 'state'])
      .where('collection', '=', collection)
      .where('state', '!=', 'removing')
      .orderBy('id')
      .execute()
    return {
      indexed: rows.filter(({state}) => state === 'indexed'),
      pending: rows.filter(({state}) => state === 'pending'),
    }
  }

  /** Puts the shadow in the place of the collection's index, in one step. */
  async swap(collection: string, documents: number): Promise<void> {
    const {indexName, shadow} = await this.get(collection)
    if (shadow === undefined || shadow.dimension === null) throw new TypeError('There is nothing to swap in')
    const {index_name, provider, model, dimension} = shadow
    const audit = {
      action: 'collection.reembedded',
      resource: `collection:${collection}`,
      details: {documents, provider, model},
    }
    await this.#store.unit(this.#context, {audit}, async unit => {
      const database = unit.database<RagTables>()
      await database
        .updateTable('rag_indexes')
        // Weights that were tuned for other vectors say nothing of these.
        .set({
          index_name,
          embedding: {provider, model, dimension},
          weights: null,
          shadow: null,
          obsolete_index: indexName,
        })
        .where('collection', '=', collection)
        .execute()
      await database.deleteFrom('rag_shadow_documents').where('collection', '=', collection).execute()
      await unit.publish(collectionReembedded, {collection, documents, provider, model})
    })
  }

  async forgetObsolete(collection: string): Promise<void> {
    await this.#write(collection, {obsolete_index: null})
  }

  async #forgetShadowDocuments(collection: string): Promise<void> {
    await this.#store.unit(this.#context, {audit: false}, async unit => {
      await unit.database<RagTables>().deleteFrom('rag_shadow_documents').where('collection', '=', collection).execute()
    })
  }

  async #write(
    collection: string,
    change: {
      readonly embedding?: EmbeddingIdentity
      readonly weights?: FusionWeights
      readonly shadow?: ShadowIndex
      readonly obsolete_index?: string | null
    },
    audit: Parameters<Store['unit']>[1]['audit'] = false,
  ): Promise<void> {
    const row = {index_name: collection, embedding: null, weights: null, shadow: null, obsolete_index: null}
    await this.#store.unit(this.#context, {audit}, async unit => {
      await unit
        .database<RagTables>()
        .insertInto('rag_indexes')
        .values({collection, ...row, ...change})
        .onConflict(conflict => conflict.columns(['collection']).doUpdateSet(change))
        .execute()
    })
  }

  #reader() {
    return this.#store.read<RagTables>(this.#context.tenant)
  }
}
