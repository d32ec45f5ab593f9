import {InvalidInputError} from '@omni-ops/core/operation'
import {facetsOf, type PassageFilter} from '../../index/metadata-filter.ts'
import type {PassageRow} from '../passage-store.ts'
import {opaqueName} from '../remote/opaque-name.ts'
import {rowOfText, rowText, type StoredRow} from '../remote/row-text.ts'
import {MOST_METADATA} from './collection-record.ts'
import type {Metadata, MetadataFilter, PineconeRecord} from './pinecone-namespace.ts'

/** A passage is larger than a record may be. */
export class PassageTooLargeError extends InvalidInputError {
  override readonly code = 'rag_passage_too_large'
}

/** A row's metadata, and how it is named. */
export interface PassageRecord {
  readonly id: string
  readonly row: PassageRow
  readonly metadata: Metadata
}

export const PASSAGES = 'p#'
/** The metadata that queries filter by; the row itself is not indexed. */
export const FILTERABLE = ['document', 'source', 'facets'] as const
const DIGITS = 8

/** Ids of a document's passages begin with this. */
export function documentPrefix(documentId: string): string {
  return `${PASSAGES}${opaqueName(documentId)}#`
}

export function recordId(documentId: string, ordinal: number): string {
  return documentPrefix(documentId) + String(ordinal).padStart(DIGITS, '0')
}

/** The id of the passage that stands so far after another in its document; undefined before the first. */
export function besideId(id: string, by: number): string | undefined {
  const ordinal = Number(id.slice(-DIGITS)) + by
  return ordinal < 0 ? undefined : id.slice(0, -DIGITS) + String(ordinal).padStart(DIGITS, '0')
}

/** @throws InvalidMetadataError, PassageTooLargeError */
export function passageRecord(row: PassageRow): PassageRecord {
  const {documentId, ordinal, source, metadata} = row.passage
  const facets = facetsOf(metadata).map(opaqueName)
  const record = {document: opaqueName(documentId), source: opaqueName(source), facets, row: rowText(row)}
  const bytes = Buffer.byteLength(JSON.stringify(record))
  if (bytes > MOST_METADATA) {
    throw new PassageTooLargeError(
      `Passage ${ordinal} of ${row.passage.source} takes ${bytes} bytes, a record of Pinecone has room for ${MOST_METADATA}`,
      {
        hint: 'Ingest it into a collection with smaller chunks or less metadata, or keep the collection in another database.',
      },
    )
  }
  return {id: recordId(documentId, ordinal), row, metadata: record}
}

export function storedRowOf({metadata}: PineconeRecord): StoredRow {
  return rowOfText(String(metadata.row))
}

/** The filter as Pinecone has it; 'nothing' where no passage can pass, undefined where every one does. */
export function metadataFilter(filter: PassageFilter): MetadataFilter | 'nothing' | undefined {
  const conditions: MetadataFilter[] = []
  const {metadata = {}, documentIds, sources, excludedDocumentIds} = filter
  const among = [
    ...Object.entries(metadata).map(([key, value]) => ['facets', facetsOf({[key]: value})] as const),
    ...(documentIds === undefined ? [] : [['document', documentIds] as const]),
    ...(sources === undefined ? [] : [['source', sources] as const]),
  ]
  for (const [field, texts] of among) {
    if (texts.length === 0) return 'nothing'
    conditions.push({[field]: {$in: texts.map(opaqueName)}})
  }
  if (excludedDocumentIds?.length) conditions.push({document: {$nin: excludedDocumentIds.map(opaqueName)}})
  if (conditions.length === 0) return undefined
  return conditions.length === 1 ? conditions[0] : {$and: conditions}
}
