import type * as z from 'zod'
import {type JsonAnswer, type JsonRequest, type JsonServer, serveJson} from './json-server.ts'
import {answers, type MetadataFilter, requests, type StoredVector} from './pinecone-description.ts'

export interface PineconeServerOptions {
  readonly key: string
  /** Dimensions of the dense indexes that there are. */
  readonly dimensions: readonly number[]
  /** Whether there is an index of passages. */
  readonly sparse?: boolean
  /** Every so many requests one is refused for there being too many. */
  readonly busyEvery?: number
  /** A write is seen after so many reads of its namespace. */
  readonly lateBy?: number
  /** Refuses every request after so many, as a used-up quota does. */
  readonly quota?: number
}

export interface PineconeServer extends JsonServer {
  /** Requests that were refused for being too many. */
  readonly refused: () => number
  readonly requests: () => number
  /** See PineconeServerOptions. */
  quota: number
}

type Vectors = Map<string, StoredVector>

/** A namespace: what reads see, and the writes that they do not see yet. */
interface Namespace {
  readonly seen: Vectors
  readonly pending: {readonly lsn: number; readonly apply: (vectors: Vectors) => void}[]
  written: number
  indexed: number
  reads: number
}

interface Index {
  readonly name: string
  readonly dimension: number | undefined
  readonly namespaces: Map<string, Namespace>
}

class Refusal extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const PREFIX = 'omni'
const MOST_BYTES = 2 * 1024 * 1024

/**
 * A Pinecone project in memory, as its description has it: control plane and, below `/data/INDEX`, the data planes of
 * its indexes. Requests and answers are held against the description.
 */
export async function startPinecone(options: PineconeServerOptions): Promise<PineconeServer> {
  const {key, dimensions, sparse = true, busyEvery = Infinity, lateBy = 0} = options
  const indexes = new Map<string, Index>()
  const add = (name: string, dimension?: number) => indexes.set(name, {name, dimension, namespaces: new Map()})
  if (sparse) add(`${PREFIX}-passages`)
  for (const dimension of dimensions) add(`${PREFIX}-vectors-${dimension}`, dimension)
  let count = 0
  let refused = 0

  const server: JsonServer = await serveJson(request => {
    count++
    if (count > started.quota || count % busyEvery === 0) {
      refused++
      return {status: 429, headers: {'retry-after': '1'}, body: {code: 8, message: 'Too many requests', details: []}}
    }
    try {
      return handle(request)
    } catch (error) {
      if (!(error instanceof Refusal)) return {status: 500, body: {code: 13, message: String(error), details: []}}
      return {status: error.status, body: {code: 3, message: error.message, details: []}}
    }
  })
  const started: PineconeServer = {
    ...server,
    refused: () => refused,
    requests: () => count,
    quota: options.quota ?? Infinity,
  }
  return started

  function handle(request: JsonRequest): JsonAnswer {
    if (request.headers['api-key'] !== key)
      throw new Refusal(401, `Invalid API Key ${String(request.headers['api-key'])}`)
    if (request.headers['x-pinecone-api-version'] !== '2025-10') throw new Refusal(400, 'no such version')
    const [, plane, name, ...rest] = request.path.split('/')
    const index = indexes.get(name ?? '')
    if (index === undefined) throw new Refusal(404, `Resource ${name} not found`)
    if (plane === 'indexes') return {status: 200, body: answers.index.parse(described(index))}
    const path = `${request.method} /${rest.join('/')}`
    if (path === 'POST /vectors/upsert') return upsert(index, request)
    if (path === 'POST /vectors/delete') return remove(index, request)
    if (path === 'POST /query') return query(index, request)
    if (path === 'GET /vectors/fetch') return fetchIds(index, request)
    if (path === 'POST /vectors/fetch_by_metadata') return fetchFiltered(index, request)
    if (path === 'GET /vectors/list') return list(index, request)
    if (path === 'GET /namespaces') return namespaces(index, request)
    if (path === 'POST /namespaces') return create(index, request)
    if (request.method === 'DELETE' && rest[0] === 'namespaces') {
      if (!index.namespaces.delete(rest[1]!)) throw new Refusal(404, 'Namespace not found')
      return {status: 200, body: answers.delete.parse({})}
    }
    throw new Refusal(404, `no route ${path}`)
  }

  function described({name, dimension}: Index) {
    return {
      name,
      host: `${server.url}/data/${name}`,
      metric: dimension === undefined ? 'dotproduct' : 'cosine',
      ...(dimension === undefined ? {} : {dimension}),
      vector_type: dimension === undefined ? 'sparse' : 'dense',
      deletion_protection: 'disabled',
      spec: {serverless: {cloud: 'aws', region: 'us-east-1'}},
      status: {ready: true, state: 'Ready'},
    }
  }

  function upsert(index: Index, request: JsonRequest): JsonAnswer {
    if (request.size > MOST_BYTES) throw new Refusal(400, 'message length too large: the limit is 2MB')
    const {namespace, vectors} = valid(requests.upsert, request.body)
    for (const {values, sparseValues} of vectors) {
      if (index.dimension === undefined && sparseValues === undefined)
        throw new Refusal(400, 'Sparse vector must be present')
      if (index.dimension !== undefined && values?.length !== index.dimension) {
        throw new Refusal(
          400,
          `Vector dimension ${values?.length} does not match the dimension of the index ${index.dimension}`,
        )
      }
      if (values?.every(value => value === 0))
        throw new Refusal(400, 'Dense vectors must contain at least one non-zero value.')
    }
    const headers = write(index, namespace, held => {
      for (const vector of vectors) held.set(vector.id, stored(vector))
    })
    return {status: 200, headers, body: answers.upsert.parse({upsertedCount: vectors.length})}
  }

  function remove(index: Index, request: JsonRequest): JsonAnswer {
    const {namespace, ids} = valid(requests.delete, request.body)
    if (!index.namespaces.has(namespace)) throw new Refusal(404, 'Namespace not found')
    const headers = write(index, namespace, held => {
      for (const id of ids) held.delete(id)
    })
    return {status: 200, headers, body: answers.delete.parse({})}
  }

  function query(index: Index, request: JsonRequest): JsonAnswer {
    const {namespace, topK, filter, vector, sparseVector} = valid(requests.query, request.body)
    if ((index.dimension === undefined) !== (vector === undefined)) throw new Refusal(400, 'the wrong kind of vector')
    if (vector !== undefined && vector.length !== index.dimension) {
      throw new Refusal(400, `Query vector dimension ${vector.length} does not match the dimension of the index`)
    }
    const {held, headers} = read(index, namespace)
    const matches = [...held.values()]
      .filter(({metadata = {}}) => filter === undefined || passes(metadata, filter))
      .map(({id, values, sparseValues}) => ({
        id,
        score: vector === undefined ? sparseDot(sparseVector!, sparseValues!) : cosine(vector, values!),
      }))
      // A sparse index gives records that share something with the query.
      .filter(({score}) => vector !== undefined || score > 0)
      .toSorted((one, other) => other.score - one.score)
      .slice(0, topK)
    return {status: 200, headers, body: answers.query.parse({namespace, matches, usage: {readUnits: 1}})}
  }

  function fetchIds(index: Index, {query: parameters}: JsonRequest): JsonAnswer {
    const ids = parameters.getAll('ids')
    if (ids.length === 0 || ids.length > 1_000 || ids.some(id => /\s/u.test(id))) throw new Refusal(400, 'bad ids')
    const namespace = parameters.get('namespace') ?? ''
    const {held} = read(index, namespace)
    const vectors = Object.fromEntries(ids.flatMap(id => (held.has(id) ? [[id, held.get(id)!]] : [])))
    return {status: 200, body: answers.fetch.parse({namespace, vectors, usage: {readUnits: 1}})}
  }

  function fetchFiltered(index: Index, request: JsonRequest): JsonAnswer {
    const {namespace, filter, limit = 100, paginationToken} = valid(requests.fetchByMetadata, request.body)
    const {held} = read(index, namespace)
    const passing = [...held.values()].filter(({metadata = {}}) => passes(metadata, filter))
    const page = pageOf(passing.toSorted(byId), limit, paginationToken)
    const vectors = Object.fromEntries(page.items.map(vector => [vector.id, vector]))
    return {status: 200, body: answers.fetch.parse({namespace, vectors, ...page.rest, usage: {readUnits: 1}})}
  }

  function list(index: Index, {query: parameters}: JsonRequest): JsonAnswer {
    const namespace = parameters.get('namespace') ?? ''
    const limit = Number(parameters.get('limit') ?? 100)
    if (!(limit >= 1 && limit <= 100)) throw new Refusal(400, 'limit must be between 1 and 100')
    const {held} = read(index, namespace)
    const ids = [...held.values()].filter(({id}) => id.startsWith(parameters.get('prefix') ?? '')).toSorted(byId)
    const page = pageOf(ids, limit, parameters.get('paginationToken') ?? undefined)
    const vectors = page.items.map(({id}) => ({id}))
    return {status: 200, body: answers.list.parse({namespace, vectors, ...page.rest, usage: {readUnits: 1}})}
  }

  function namespaces(index: Index, {query: parameters}: JsonRequest): JsonAnswer {
    const prefix = parameters.get('prefix') ?? ''
    const names = [...index.namespaces]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, {seen}]) => ({id: name, seen}))
    const page = pageOf(
      names.toSorted(byId),
      Number(parameters.get('limit') ?? 100),
      parameters.get('paginationToken') ?? undefined,
    )
    const body = {namespaces: page.items.map(({id, seen}) => ({name: id, record_count: seen.size})), ...page.rest}
    return {status: 200, body: answers.namespaces.parse(body)}
  }

  function create(index: Index, request: JsonRequest): JsonAnswer {
    const {name} = valid(requests.createNamespace, request.body)
    if (index.namespaces.has(name)) throw new Refusal(409, 'Namespace already exists')
    namespaceOf(index, name)
    return {status: 200, body: answers.namespace.parse({name, record_count: 0})}
  }

  function namespaceOf(index: Index, name: string): Namespace {
    const known = index.namespaces.get(name) ?? {seen: new Map(), pending: [], written: 0, indexed: 0, reads: 0}
    index.namespaces.set(name, known)
    return known
  }

  function write(index: Index, name: string, apply: (vectors: Vectors) => void): Record<string, string> {
    const namespace = namespaceOf(index, name)
    namespace.written++
    namespace.pending.push({lsn: namespace.written, apply})
    return {'x-pinecone-request-lsn': String(namespace.written)}
  }

  /** Each so many reads see one write more. */
  function read(index: Index, name: string): {held: Vectors; headers: Record<string, string>} {
    const namespace = index.namespaces.get(name)
    if (namespace === undefined) return {held: new Map(), headers: {}}
    namespace.reads++
    const due = lateBy === 0 ? namespace.pending.length : namespace.reads % (lateBy + 1) === 0 ? 1 : 0
    for (const {lsn, apply} of namespace.pending.splice(0, due)) {
      apply(namespace.seen)
      namespace.indexed = lsn
    }
    return {held: namespace.seen, headers: {'x-pinecone-max-indexed-lsn': String(namespace.indexed)}}
  }
}

function valid<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  throw new Refusal(400, parsed.error.issues.map(({path, message}) => `${path.join('.')}: ${message}`).join('; '))
}

/** Numbers as the service keeps them: 32 bits. */
function stored(vector: StoredVector): StoredVector {
  const {values, sparseValues} = vector
  return {
    ...vector,
    ...(values === undefined ? {} : {values: values.map(Math.fround)}),
    ...(sparseValues === undefined
      ? {}
      : {sparseValues: {...sparseValues, values: sparseValues.values.map(Math.fround)}}),
  }
}

/** Metadata filters as https://docs.pinecone.io/guides/index-data/indexing-overview#metadata describes them. */
function passes(metadata: Readonly<Record<string, unknown>>, filter: MetadataFilter): boolean {
  return Object.entries(filter).every(([field, condition]) => {
    if (field === '$and') return (condition as MetadataFilter[]).every(each => passes(metadata, each))
    const own = [metadata[field]].flat()
    return Object.entries(condition as Record<string, unknown[]>).every(([operator, operand]) => {
      if (operand.length === 0 || operand.length > 10_000) throw new Refusal(400, `${operator} takes 1 to 10000 values`)
      if (operator === '$in') return own.some(value => operand.includes(value))
      if (operator === '$nin') return !own.some(value => operand.includes(value))
      throw new Refusal(400, `${operator} is not a valid operator`)
    })
  })
}

function pageOf<Item extends {readonly id: string}>(items: readonly Item[], limit: number, token?: string) {
  const after = token === undefined ? undefined : Buffer.from(token, 'base64').toString('utf8')
  const rest = after === undefined ? items : items.filter(({id}) => compare(id, after) > 0)
  const page = rest.slice(0, limit)
  const next = Buffer.from(page.at(-1)?.id ?? '').toString('base64')
  return {items: page, rest: rest.length > limit ? {pagination: {next}} : {}}
}

function byId(one: {readonly id: string}, other: {readonly id: string}): number {
  return compare(one.id, other.id)
}

function compare(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}

function sparseDot(query: {indices: number[]; values: number[]}, own: {indices: number[]; values: number[]}): number {
  const weights = new Map(own.indices.map((index, at) => [index, own.values[at]!]))
  return query.indices.reduce((sum, index, at) => sum + query.values[at]! * (weights.get(index) ?? 0), 0)
}

function cosine(one: readonly number[], other: readonly number[]): number {
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, at) => sum + value * b[at]!, 0)
  return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other))
}
