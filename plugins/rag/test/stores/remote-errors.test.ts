import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {OmniError} from '@omni-ops/core/operation'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import type {PassageDatabase} from '../../src/stores/passage-store.ts'
import {VectorDimensionError} from '../../src/stores/passage-store.ts'
import {PassageTooLargeError} from '../../src/stores/pinecone/passage-record.ts'
import {PineconeDatabase} from '../../src/stores/pinecone/pinecone-database.ts'
import {PineconeIndexError, type PineconeOptions, PineconeService} from '../../src/stores/pinecone/pinecone-service.ts'
import {
  VectorServiceBusyError,
  VectorServiceDeniedError,
  VectorServiceUnreachableError,
} from '../../src/stores/remote/remote-service.ts'
import {WeaviateDatabase} from '../../src/stores/weaviate/weaviate-database.ts'
import {WeaviateServerError, WeaviateService} from '../../src/stores/weaviate/weaviate-service.ts'
import {type PineconeServerOptions, startPinecone} from './pinecone-server.ts'
import {along, DIMENSION, documentOf} from './stored-rows.ts'
import {startWeaviate, type WeaviateServerOptions} from './weaviate-server.ts'

const KEY = 'the-secret-key-of-the-test'
let directory: string
let closing: (() => Promise<void>)[]

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'omni-remote-'))
  closing = []
})
afterEach(async () => {
  for (const close of closing) await close()
  await rm(directory, {recursive: true})
})

const one = () => documentOf('one', ['some words'], {vector: along(0)})

describe('Pinecone', () => {
  async function start(server: Partial<PineconeServerOptions> = {}, options: Partial<PineconeOptions> = {}) {
    const waits: number[] = []
    const started = await startPinecone({key: KEY, dimensions: [DIMENSION], ...server})
    closing.push(started.close)
    const wait = async (milliseconds: number) => void waits.push(milliseconds)
    const service = new PineconeService({apiKey: KEY, url: started.url, wait, ...options})
    const database: PassageDatabase = new PineconeDatabase({service, tenant: 'acme', directory})
    return {database, waits, server: started}
  }

  it('says that a key is refused, and never shows it', async () => {
    const {database} = await start({}, {apiKey: 'wrong-secret'})
    const error = await failure(database.open('notes').exists())
    expect(error).toBeInstanceOf(VectorServiceDeniedError)
    expect(error.hint).toContain('PINECONE_API_KEY')
    expect(JSON.stringify(error.report())).not.toContain('wrong-secret')
    expect(error.message).toContain('***')
  })

  it('waits as long as it is asked to, and gives up where a quota is used up', async () => {
    const {database, waits} = await start({quota: 1})
    const error = await failure(database.open('notes').exists())
    expect(error).toBeInstanceOf(VectorServiceBusyError)
    expect(error.hint).toContain('quota')
    expect(waits).toEqual([1_000, 1_000, 1_000, 1_000, 1_000, 1_000])
  })

  it('goes on after a burst of refusals', async () => {
    const {database, server} = await start({busyEvery: 2})
    const store = database.open('notes', {dimension: DIMENSION})
    await store.replaceDocuments([one()])
    expect(await (await store.snapshot()).count()).toBe(1)
    expect(server.refused()).toBeGreaterThan(3)
  })

  it('tells the command that makes a missing index, before anything is written', async () => {
    const {database} = await start({sparse: false}, {environment: 'us-west1-gcp'})
    const error = await failure(database.open('notes').exists())
    expect(error).toBeInstanceOf(PineconeIndexError)
    expect(error.hint).toContain('curl https://api.pinecone.io/indexes -H "Api-Key: $PINECONE_API_KEY"')
    const body = JSON.parse(/-d '(.*)'$/u.exec(error.hint!)![1]!) as unknown
    expect(body).toEqual({
      name: 'omni-passages',
      vector_type: 'sparse',
      metric: 'dotproduct',
      spec: {serverless: {cloud: 'gcp', region: 'us-west1'}},
    })
  })

  it('tells the command for the dimension that there is no index of', async () => {
    const {database} = await start({dimensions: []})
    const store = database.open('notes', {dimension: DIMENSION})
    const error = await failure(store.replaceDocuments([one()]))
    expect(error).toBeInstanceOf(PineconeIndexError)
    expect(error.hint).toContain(`"name":"omni-vectors-${DIMENSION}","dimension":${DIMENSION},"metric":"cosine"`)
    expect(await store.exists()).toBe(false)
  })

  it('refuses vectors of another model, also through another handle', async () => {
    const {database} = await start()
    await database.open('notes', {dimension: DIMENSION}).replaceDocuments([one()])
    const other = database.open('notes', {dimension: 3})
    const error = await failure(other.replaceDocuments([documentOf('two', ['x'], {vector: [1, 0, 0]})]))
    expect(error).toBeInstanceOf(VectorDimensionError)
  })

  it('refuses a passage that has no room in a record, before anything is written', async () => {
    const {database} = await start()
    const store = database.open('notes', {dimension: DIMENSION})
    const text = Array.from({length: 12_000}, (_, at) => (at * 7_919).toString(36)).join(' ')
    const error = await failure(store.replaceDocuments([one(), documentOf('huge', [text])]))
    expect(error).toBeInstanceOf(PassageTooLargeError)
    expect(error.message).toContain('huge.md')
    expect(await store.exists()).toBe(false)
  })

  it('counts anew, and goes on, wherever a write broke off', async () => {
    const {database, server} = await start()
    const store = database.open('notes', {dimension: DIMENSION})
    let broken = 0
    for (let requests = 1; ; requests++) {
      await store.replaceDocuments([one(), documentOf('two', ['more words', 'and more'], {vector: along(1)})])
      server.quota = server.requests() + requests
      const done = await store.replaceDocuments([documentOf('two', ['new'], {vector: along(2)})]).then(
        () => true,
        () => false,
      )
      server.quota = Infinity
      if (done) break
      broken++
      await store.optimize(new Date(0))
      const snapshot = await store.snapshot()
      expect(await snapshot.count()).toBe((await snapshot.list({limit: 10})).rows.length)
      await store.replaceDocuments([documentOf('two', ['new'], {vector: along(2)})])
      const after = await store.snapshot()
      expect((await after.ofDocuments(['two'])).map(({text}) => text)).toEqual(['new'])
      expect((await after.statistics()).passages).toBe(2)
      expect(await after.byVector(Float32Array.from(along(2)), {limit: 5})).toHaveLength(2)
      const again = (await after.idf(['words'])).get('words')
      expect(again).toBeCloseTo(Math.log(1 + 1.5 / 1.5), 5)
    }
    // A write takes so many requests at least, and each of them was the last one once.
    expect(broken).toBeGreaterThan(8)
  })

  it('encodes passages anew once the average length has moved, so that scores stay those of BM25', async () => {
    const {database} = await start()
    const moved = database.open('moved')
    await moved.replaceDocuments([documentOf('short', ['needle'])])
    const long = Array.from({length: 60}, (_, at) => `hay${at}`).join(' ')
    await moved.replaceDocuments([documentOf('long', [`needle ${long}`])])
    await moved.optimize(new Date(0))
    const whole = database.open('whole')
    await whole.replaceDocuments([documentOf('short', ['needle']), documentOf('long', [`needle ${long}`])])
    const scores = async (store: typeof moved) =>
      (await (await store.snapshot()).byTerms(['needle'], {limit: 5})).map(({score}) => score)
    const expected = await scores(whole)
    expect(expected).toHaveLength(2)
    for (const [at, score] of (await scores(moved)).entries()) expect(score).toBeCloseTo(expected[at]!, 5)
  })

  it('stops waiting when it is told to', async () => {
    const abort = new AbortController()
    const {database} = await start(
      {quota: 0},
      {signal: abort.signal, wait: async () => abort.abort(new Error('enough'))},
    )
    await expect(database.open('notes').exists()).rejects.toThrow('enough')
  })
})

describe('Weaviate', () => {
  async function start(server: Partial<WeaviateServerOptions> = {}, apiKey = KEY) {
    const started = await startWeaviate({key: KEY, ...server})
    closing.push(started.close)
    const service = new WeaviateService({url: started.url, apiKey, wait: async () => {}})
    const database: PassageDatabase = new WeaviateDatabase({service, tenant: 'acme', directory})
    return {database, service}
  }

  it('says that a key is refused, and never shows it', async () => {
    const {database} = await start({}, 'wrong-secret')
    const error = await failure(database.open('notes').exists())
    expect(error).toBeInstanceOf(VectorServiceDeniedError)
    expect(error.hint).toContain('WEAVIATE_API_KEY')
    expect(JSON.stringify(error.report())).not.toContain('wrong-secret')
  })

  it('gives up where it is refused again and again', async () => {
    const {database} = await start({busyEvery: 1})
    expect(await failure(database.open('notes').exists())).toBeInstanceOf(VectorServiceBusyError)
  })

  it('says what to switch on where a server answers no searches', async () => {
    const {database, service} = await start({graphql: false})
    const store = database.open('notes', {dimension: DIMENSION})
    await store.replaceDocuments([one()])
    const error = await failure(store.snapshot())
    expect(error).toBeInstanceOf(WeaviateServerError)
    expect(error.hint).toContain('DISABLE_GRAPHQL')
    expect(await failure(service.searchable())).toBeInstanceOf(WeaviateServerError)
  })

  it('refuses vectors of another model, also through another handle', async () => {
    const {database} = await start()
    await database.open('notes', {dimension: DIMENSION}).replaceDocuments([one()])
    const other = database.open('notes', {dimension: 3})
    const error = await failure(other.replaceDocuments([documentOf('two', ['x'], {vector: [1, 0, 0]})]))
    expect(error).toBeInstanceOf(VectorDimensionError)
  })

  it('says what to set where nothing answers', async () => {
    const service = new WeaviateService({url: 'http://127.0.0.1:9', wait: async () => {}})
    const error = await failure(service.version())
    expect(error).toBeInstanceOf(VectorServiceUnreachableError)
    expect(error.hint).toContain('WEAVIATE_URL')
  })
})

async function failure(work: Promise<unknown>): Promise<OmniError> {
  return work.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error as OmniError,
  )
}
