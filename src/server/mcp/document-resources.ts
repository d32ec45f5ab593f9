import {ProtocolError, ProtocolErrorCode, type Resource, ResourceNotFoundError} from '@modelcontextprotocol/server'
import {NotFoundError} from '../../operation/errors.ts'
import type {Operation} from '../../operation/operation.ts'
import type {OperationCall} from '../operation-call.ts'

/** Documents of collections as resources: `omni://rag/manuals/docs%2Fhandbook.md`. */
export const documentTemplate = 'omni://rag/{collection}/{source}'

interface Page {
  readonly items: readonly {
    readonly source: string
    readonly title: string | null
    readonly media_type: string
    readonly bytes: number
    readonly ingested_at: string
  }[]
  readonly next: string | null
}

interface Shown {
  readonly document: {readonly source: string; readonly media_type: string}
  readonly passages: readonly {readonly text: string; readonly start: number; readonly end: number}[]
}

/** The operations that give documents; a plugin brings them, and the kernel knows them by their ids alone. */
export interface DocumentOperations {
  readonly collections: Operation
  readonly list: Operation
  readonly show: Operation
}

/** Undefined where the program has none. */
export function documentOperations(operations: readonly Operation[]): DocumentOperations | undefined {
  const [collections, list, show] = ['rag.collections', 'rag.list', 'rag.show'].map(id =>
    operations.find(operation => operation.id === id),
  )
  return collections && list && show ? {collections, list, show} : undefined
}

export interface ResourcePage {
  readonly resources: Resource[]
  readonly nextCursor?: string
}

/** Some of the tenant's documents, one collection after the other. */
export async function listDocuments(
  {collections, list}: DocumentOperations,
  call: OperationCall,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<ResourcePage> {
  const answer = (await call(collections, {}, {signal})) as {collections: readonly {collection: string}[]}
  const names = answer.collections.map(each => each.collection).toSorted()
  const at = cursor === undefined ? {collection: names[0], cursor: undefined} : positionOf(cursor)
  if (at.collection === undefined) return {resources: []}
  const {collection} = at
  const page = (await call(
    list,
    {collection, ...(at.cursor === undefined ? {} : {cursor: at.cursor})},
    {signal},
  )) as Page
  const following = page.next === null ? names.find(name => name > collection) : collection
  return {
    resources: page.items.map(item => ({
      uri: uriOf(collection, item.source),
      name: item.source,
      ...(item.title === null ? {} : {title: item.title}),
      mimeType: 'text/plain',
      annotations: {lastModified: item.ingested_at},
    })),
    ...(following === undefined ? {} : {nextCursor: cursorOf(following, page.next)}),
  }
}

/** The text of a document, as it was indexed. Throws ResourceNotFoundError. */
export async function readDocument(
  {show}: DocumentOperations,
  call: OperationCall,
  uri: string,
  signal: AbortSignal,
): Promise<string> {
  const place = placeOf(uri)
  if (place === undefined) throw new ResourceNotFoundError(uri)
  try {
    return textOf((await call(show, place, {signal})) as Shown)
  } catch (error) {
    if (error instanceof NotFoundError) throw new ResourceNotFoundError(uri, error.message)
    throw error
  }
}

/** Passages are slices of the text that may overlap; between them lies nothing but white space. */
function textOf({passages}: Shown): string {
  let text = ''
  let end = 0
  for (const passage of passages.toSorted((a, b) => a.start - b.start)) {
    if (passage.end <= end) continue
    if (passage.start > end && text !== '') text += '\n\n'
    text += passage.text.slice(Math.max(0, end - passage.start))
    end = passage.end
  }
  return text
}

function uriOf(collection: string, source: string): string {
  return `omni://rag/${encodeURIComponent(collection)}/${encodeURIComponent(source)}`
}

function placeOf(uri: string): {readonly collection: string; readonly source: string} | undefined {
  const [, collection, source] = /^omni:\/\/rag\/([^/?#]+)\/([^?#]+)$/.exec(uri) ?? []
  if (collection === undefined || source === undefined) return undefined
  try {
    return {collection: decodeURIComponent(collection), source: decodeURIComponent(source)}
  } catch {
    return undefined
  }
}

function cursorOf(collection: string, cursor: string | null): string {
  return Buffer.from(JSON.stringify([collection, cursor])).toString('base64url')
}

function positionOf(text: string): {readonly collection: string; readonly cursor: string | undefined} {
  try {
    const [collection, cursor] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown[]
    if (typeof collection === 'string' && (cursor === null || typeof cursor === 'string')) {
      return {collection, cursor: cursor ?? undefined}
    }
  } catch {
    // Told below, like every other cursor that is not one of ours.
  }
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'The cursor is not one of this server')
}
