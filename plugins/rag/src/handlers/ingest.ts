import type * as z from 'zod'
import type {Handler} from '@omni-ops/core/operation'
import type {Block} from '../documents/document.ts'
import {Collection, contentHashOf, type IncomingDocument} from '../collection/collection.ts'
import {loadBytes} from '../loaders/load.ts'
import type {IngestedDocument, ingest} from '../operations/ingest.ts'

export const handle: Handler<typeof ingest> = async ({collection, documents, skip_near_duplicates}, context) => {
  const opened = await Collection.open(collection, context)
  const incoming: IncomingDocument[] = []
  for (const document of documents) incoming.push(await incomingOf(document, context.signal))
  const ingested = await opened.ingest(incoming, {skipNearDuplicates: skip_near_duplicates})
  return {
    collection,
    documents: ingested.map(({documentId, nearDuplicateOf, refusal, ...document}) => ({
      ...document,
      refusal: refusal ?? null,
      document_id: documentId,
      near_duplicate_of: nearDuplicateOf ?? null,
    })),
    chunks: ingested.reduce((sum, document) => sum + document.chunks, 0),
  }
}

/** A document as it came, with its structure read here where no loader has read it. */
async function incomingOf(document: z.output<typeof IngestedDocument>, signal: AbortSignal): Promise<IncomingDocument> {
  const {content, blocks, pages, title, metadata, fingerprint} = document
  const source = document.source ?? contentHashOf(content)
  const mediaType = document.media_type
  const access = document.acl === undefined ? {} : {access: document.acl.includes('public') ? [] : document.acl}
  if (!blocks) {
    const loaded = await loadBytes(Buffer.from(content), {source, signal, hint: {mediaType}})
    return {
      ...loaded,
      ...(title === undefined ? {} : {title}),
      metadata: {...loaded.metadata, ...metadata},
      contentHash: document.content_hash ?? loaded.contentHash,
      fingerprint,
      ...access,
    }
  }
  return {
    source,
    ...(title === undefined ? {} : {title}),
    mediaType,
    text: content,
    blocks: blocks as readonly Block[],
    ...(pages ? {pages} : {}),
    contentHash: document.content_hash ?? contentHashOf(content),
    bytes: document.bytes ?? Buffer.byteLength(content),
    metadata,
    fingerprint,
    ...access,
  }
}
