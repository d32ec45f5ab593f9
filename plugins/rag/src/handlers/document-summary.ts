import type * as z from 'zod'
import type {CatalogueEntry} from '../collection/catalogue.ts'
import type {DocumentSummary} from '../operations/schemas.ts'
import {metadataOut} from './passage-output.ts'

export function summaryOf(entry: CatalogueEntry): z.output<typeof DocumentSummary> {
  return {
    source: entry.source,
    document_id: entry.id,
    title: entry.title,
    media_type: entry.media_type,
    language: entry.language,
    bytes: entry.bytes,
    chunks: entry.chunks,
    content_hash: entry.content_hash,
    state: entry.state === 'indexed' ? 'indexed' : 'pending',
    metadata: metadataOut(entry.metadata),
    ingested_at: entry.ingested_at,
  }
}
