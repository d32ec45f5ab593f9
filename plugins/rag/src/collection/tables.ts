import {column, type Generated, type Migration, type TablesOf} from '@omni-ops/core/store'
import type {MetadataValue} from '../documents/document.ts'
import type {Calibration} from '../answers/calibration.ts'
import type {FusionWeights} from '../ranking/ranker.ts'
import type {VectorDatabase} from '../stores/vector-database.ts'

/**
 * A removal that was begun must be finished. The passages of a pending document may be the old ones, the new ones or
 * none; they are never mixed.
 */
export type DocumentState = 'pending' | 'indexed' | 'removing'

/** A calibration and the state of the collection that it was made of. */
export interface StoredCalibration extends Calibration {
  /** The collection's `revision`; another one means that the calibration is out of date. */
  readonly of: number
}

/** The model that a collection's vectors are of. All vectors are of unit length. */
export interface EmbeddingIdentity {
  readonly provider: string
  readonly model: string
  readonly dimension: number
}

export interface ShadowIndex {
  readonly index_name: string
  readonly provider: string
  readonly model: string
  /** Known from the first vector on. */
  readonly dimension: number | null
}

const tables = {
  rag_collections: {
    scope: 'tenant',
    columns: {
      name: column.text(),
      calibration: column.nullableJson<StoredCalibration>(),
      updated_at: column.timestamp({nullable: true}),
    },
    primaryKey: ['name'],
  },
  rag_documents: {
    scope: 'tenant',
    columns: {
      id: column.text(),
      collection: column.text(),
      source: column.text(),
      title: column.text({nullable: true}),
      media_type: column.text(),
      language: column.text(),
      bytes: column.integer(),
      content_hash: column.text(),
      fingerprint: column.text(),
      chunks: column.integer(),
      state: column.text(),
      /** Which ingest began with the document last. */
      attempt: column.text(),
      metadata: column.json<Record<string, MetadataValue>>(),
      ingested_at: column.timestamp(),
    },
    primaryKey: ['id'],
    unique: [['collection', 'source']],
    references: [{columns: ['collection'], table: 'rag_collections', to: ['name'], onDelete: 'cascade'}],
    indexes: [['collection', 'state']],
  },
} as const

/** Which vectors a collection holds, and how its lists are weighed. A collection without a row has none. */
const indexTables = {
  rag_indexes: {
    scope: 'tenant',
    columns: {
      collection: column.text(),
      /** The collection's name in the store of passages; another one after each re-embedding. */
      index_name: column.text(),
      embedding: column.nullableJson<EmbeddingIdentity>(),
      weights: column.nullableJson<FusionWeights>(),
      /** The index that a re-embedding is filling beside this one. */
      shadow: column.nullableJson<ShadowIndex>(),
      /** The index that the last re-embedding replaced, until its files are deleted. */
      obsolete_index: column.text({nullable: true}),
    },
    primaryKey: ['collection'],
    references: [{columns: ['collection'], table: 'rag_collections', to: ['name'], onDelete: 'cascade'}],
  },
  rag_shadow_documents: {
    scope: 'tenant',
    columns: {
      collection: column.text(),
      document: column.text(),
      /** The ingest whose passages the shadow has. */
      attempt: column.text(),
    },
    primaryKey: ['collection', 'document'],
    references: [{columns: ['collection'], table: 'rag_collections', to: ['name'], onDelete: 'cascade'}],
  },
} as const

/** How far the passages of a collection have been copied into another database. */
export interface CopyState {
  readonly to: VectorDatabase
  readonly index_name: string
  /** The last document that was copied, in the order of ids. */
  readonly cursor: string
  /** Attempts after this one have changed documents since; they are ordered by time. */
  readonly since: string
}

/** Which database has a collection's passages. A collection without a row is in LanceDB. */
const databaseTables = {
  rag_vector_databases: {
    scope: 'tenant',
    columns: {
      collection: column.text(),
      vector_db: column.text(),
      /** The copy that is being made. */
      copy: column.nullableJson<CopyState>(),
      /** The database that the passages came from, while it still has them. */
      previous: column.text({nullable: true}),
    },
    primaryKey: ['collection'],
    references: [{columns: ['collection'], table: 'rag_collections', to: ['name'], onDelete: 'cascade'}],
  },
} as const

const ofDocument = {
  references: [{columns: ['document_id'], table: 'rag_documents', to: ['id'], onDelete: 'cascade'}],
} as const

const governance = {
  /** Who may see a document; one without a row here is seen by everybody in the tenant. */
  rag_document_access: {
    scope: 'tenant',
    columns: {document_id: column.text(), entry: column.text()},
    primaryKey: ['document_id', 'entry'],
    ...ofDocument,
  },
  /** By what near-duplicates are found: see similarity/simhash.ts. */
  rag_document_simhashes: {
    scope: 'tenant',
    columns: {
      document_id: column.text(),
      simhash: column.text(),
      band_1: column.text(),
      band_2: column.text(),
      band_3: column.text(),
      band_4: column.text(),
    },
    primaryKey: ['document_id'],
    indexes: [['band_1'], ['band_2'], ['band_3'], ['band_4']],
    ...ofDocument,
  },
} as const

const retention = {
  /** Until when documents are kept; one without a row has no end. */
  rag_document_retention: {
    scope: 'tenant',
    columns: {document_id: column.text(), retain_until: column.timestamp()},
    primaryKey: ['document_id'],
    indexes: [['retain_until']],
    ...ofDocument,
  },
  /** What documents must stay as they are for; each matter has a hold of its own. */
  rag_document_holds: {
    scope: 'tenant',
    columns: {
      document_id: column.text(),
      reason: column.text(),
      held_by: column.text(),
      held_at: column.timestamp(),
    },
    primaryKey: ['document_id', 'reason'],
    ...ofDocument,
  },
} as const

/** Counts the changes of a collection's documents: times of two writers may be the same, or in the wrong order. */
const revision = column.integer({default: 0})

export type RagTables = TablesOf<typeof tables> & {rag_collections: {revision: Generated<number>}} & TablesOf<
    typeof indexTables
  > &
  TablesOf<typeof databaseTables> &
  TablesOf<typeof governance> &
  TablesOf<typeof retention>

export const migrations: readonly Migration[] = [
  {plugin: 'rag', name: '0001_documents', tables},
  {plugin: 'rag', name: '0005_indexes', tables: indexTables},
  {plugin: 'rag', name: '0006_vector_databases', tables: databaseTables},
  {plugin: 'rag', name: '0007_governance', tables: governance},
  {plugin: 'rag', name: '0010_revision', up: schema => schema.addColumn('rag_collections', 'revision', revision)},
  {plugin: 'rag', name: '0011_retention', tables: retention},
]
