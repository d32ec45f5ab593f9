import {column, type Migration, type TablesOf} from '@omni-ops/core/store'
import type {MetadataValue} from '../documents/document.ts'
import type {Calibration} from '../answers/calibration.ts'

/**
 * A removal that was begun must be finished. The passages of a pending document may be the old ones, the new ones or
 * none; they are never mixed.
 */
export type DocumentState = 'pending' | 'indexed' | 'removing'

/** A calibration and the state of the collection that it was made of. */
export interface StoredCalibration extends Calibration {
  /** The collection's `updated_at`; another one means that the calibration is out of date. */
  readonly of: string | null
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

export type RagTables = TablesOf<typeof tables> & TablesOf<typeof governance>

export const migrations: readonly Migration[] = [
  {plugin: 'rag', name: '0001_documents', tables},
  {plugin: 'rag', name: '0007_governance', tables: governance},
]
