import type * as z from 'zod'
import type {Handler, OperationOutput} from '@omni-ops/core/operation'
import {documentIdOf} from '../collection/catalogue.ts'
import {PersonalDataError} from '../documents/errors.ts'
import {storableText} from '../documents/storable-text.ts'
import {personalDataMode, screenPersonalData} from '../documents/personal-data.ts'
import type {Block} from '../documents/document.ts'
import {Collection, contentHashOf, type IncomingDocument} from '../collection/collection.ts'
import {loadBytes} from '../loaders/load.ts'
import type {IngestedDocument, ingest} from '../operations/ingest.ts'

export const handle: Handler<typeof ingest> = async (input, context) => {
  const {collection, documents, skip_near_duplicates: skipNearDuplicates} = input
  const opened = await Collection.open(collection, context)
  const mode = personalDataMode(collection, input.pii, context)
  const incoming: IncomingDocument[] = []
  const found = new Map<string, Readonly<Record<string, number>>>()
  const outcomes = new Map<string, Outcome>()
  for (const each of documents) {
    const document = await incomingOf(each, context.signal)
    try {
      const screened = await screenPersonalData(document, mode, context)
      incoming.push(screened.document)
      found.set(document.source, screened.found)
    } catch (error) {
      if (!(error instanceof PersonalDataError)) throw error
      outcomes.set(document.source, refused(error, collection))
    }
  }
  const contextual = input.contextual ?? context.settings.get('rag.contextual') === true
  const options = {skipNearDuplicates, contextual, despiteErasure: input.despite_erasure}
  const taken = incoming.filter(({source}) => !outcomes.has(source))
  for (const {documentId, nearDuplicateOf, refusal, ...document} of await opened.ingest(taken, options)) {
    outcomes.set(document.source, {
      ...document,
      refusal: refusal ?? null,
      personal_data: {...found.get(document.source)},
      document_id: documentId,
      near_duplicate_of: nearDuplicateOf ?? null,
    })
  }
  const ordered = [...outcomes.values()]
  return {
    collection,
    documents: ordered,
    chunks: ordered.reduce((sum, document) => sum + document.chunks, 0),
  }
}

type Outcome = OperationOutput<typeof ingest>['documents'][number]

function refused({source, reason, message}: PersonalDataError, collection: string): Outcome {
  return {
    source,
    document_id: documentIdOf(collection, source),
    status: 'refused',
    refusal: {reason, message},
    personal_data: {},
    near_duplicate_of: null,
    chunks: 0,
    language: 'und',
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
      ...(title === undefined ? {} : {title: storableText(title)}),
      metadata: {...loaded.metadata, ...metadata},
      contentHash: document.content_hash ?? loaded.contentHash,
      fingerprint,
      ...access,
    }
  }
  return {
    source,
    ...(title === undefined ? {} : {title: storableText(title)}),
    mediaType,
    text: storableText(content),
    blocks: blocks as readonly Block[],
    ...(pages ? {pages} : {}),
    contentHash: document.content_hash ?? contentHashOf(content),
    bytes: document.bytes ?? Buffer.byteLength(content),
    metadata,
    fingerprint,
    ...access,
  }
}
