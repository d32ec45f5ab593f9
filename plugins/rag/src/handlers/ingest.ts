import type * as z from 'zod'
import type {Handler} from '@omni-ops/core/operation'
import {Collection, contentHashOf, type IncomingDocument} from '../collection/collection.ts'
import {parseText} from '../loaders/parse-text.ts'
import type {IngestedDocument, ingest} from '../operations/ingest.ts'

export const handle: Handler<typeof ingest> = async ({collection, documents}, context) => {
  const opened = await Collection.open(collection, context)
  const incoming: IncomingDocument[] = []
  for (const document of documents) incoming.push(await incomingOf(document))
  const ingested = await opened.ingest(incoming)
  return {
    collection,
    documents: ingested.map(({documentId, ...document}) => ({...document, document_id: documentId})),
    chunks: ingested.reduce((sum, document) => sum + document.chunks, 0),
  }
}

/** A document as it came, with its structure read here where no loader has read it. */
async function incomingOf(document: z.output<typeof IngestedDocument>): Promise<IncomingDocument> {
  const {content, blocks, pages, title, metadata, fingerprint} = document
  const contentHash = document.content_hash ?? contentHashOf(content)
  const parsed = blocks ? undefined : await parseText(content, document.media_type)
  const heading = title ?? parsed?.title
  return {
    source: document.source ?? contentHash,
    ...(heading === undefined ? {} : {title: heading}),
    mediaType: document.media_type,
    text: content,
    blocks: blocks ?? parsed?.blocks ?? [],
    ...(pages ? {pages} : {}),
    contentHash,
    bytes: document.bytes ?? Buffer.byteLength(content),
    metadata: {...parsed?.metadata, ...metadata},
    fingerprint,
  }
}
