import {type AddressInfo, createServer} from 'node:net'
import type {Context} from '@omni-ops/core/operation'
import {ResidencyError} from '@omni-ops/core/privacy'
import {describe, expect, onTestFinished, test} from 'vitest'
import {ask} from '../../plugins/llm/src/operations/ask.ts'
import {passageDatabase} from '../../plugins/rag/src/collection/passage-database.ts'
import {search} from '../../plugins/rag/src/operations/search.ts'
import {Workspace} from '../support/workspace.ts'

/** Something that listens and counts who comes; it answers nobody. */
async function listener(): Promise<{readonly address: string; readonly visits: () => number}> {
  let visits = 0
  const server = createServer(socket => {
    visits += 1
    socket.destroy()
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => void server.close())
  return {address: `127.0.0.1:${(server.address() as AddressInfo).port}`, visits: () => visits}
}

const places = [
  {
    what: 'Weaviate',
    place: 'vectors',
    env: (to: string) => ({WEAVIATE_URL: `http://${to}`}),
    open: (context: Context) => passageDatabase('weaviate', context),
  },
  {
    what: 'Pinecone',
    place: 'vectors',
    env: (to: string) => ({PINECONE_API_KEY: 'k', OMNI_RAG_PINECONE_URL: `http://${to}`}),
    open: (context: Context) => passageDatabase('pinecone', context),
  },
  {
    what: 'an object store',
    place: 'vectors',
    env: (to: string) => ({OMNI_RAG_LANCEDB_URI: 's3://vectors/omni', AWS_ENDPOINT: `http://${to}`}),
    open: (context: Context) => passageDatabase('lancedb', context),
  },
  {
    what: 'pgvector',
    place: 'database',
    env: (to: string) => ({OMNI_DATABASE_URL: `postgres://omni@${to}/omni`}),
    open: (context: Context) => passageDatabase('pgvector', context),
  },
  {
    what: 'a model that embeds',
    place: 'embeddings',
    env: () => ({RAG_EMBEDDING_MODEL: 'openai', OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'http://models.example/v1'}),
    open: (context: Context) => context.embeddings(),
  },
] as const

describe.each(places)('data that have to stay in Slovenia, and $what', ({env, place, open}) => {
  const located = (locations: Record<string, string>) => ({
    OMNI_RESIDENCY_COUNTRY: 'SI',
    OMNI_RESIDENCY_LOCATIONS: JSON.stringify(locations),
  })

  test('is opened where it is said to be there, and nothing is sent before that', async () => {
    const {address, visits} = await listener()
    const opened = (locations: Record<string, string>) =>
      new Workspace({env: {...env(address), ...located(locations)}}).within(async context => open(context))
    for (const locations of [{}, {[place]: 'AT'}]) {
      await expect(opened(locations), JSON.stringify(locations)).rejects.toBeInstanceOf(ResidencyError)
    }
    await expect(opened({[place]: 'SI'})).resolves.toBeDefined()
    expect(visits()).toBe(0)
  })
})

test('of documents that are ingested nothing reaches a vector database elsewhere', async () => {
  const {address, visits} = await listener()
  const env = {OMNI_RAG_VECTOR_DB: 'weaviate', WEAVIATE_URL: `http://${address}`, OMNI_RESIDENCY_COUNTRY: 'SI'}
  const workspace = new Workspace({env})
  workspace.write('docs/a.md', '# A\n\nSome words.\n')
  await expect(workspace.ingest(['docs'])).rejects.toBeInstanceOf(ResidencyError)
  expect(visits()).toBe(0)
})

test('of a remote profile, the program itself sends nothing', async () => {
  const {address, visits} = await listener()
  const env = {OMNI_URL: `http://${address}`, OMNI_RESIDENCY_COUNTRY: 'SI'}
  const refused = await new Workspace({env}).omni(['rag', 'search', 'x', '--json'])
  expect(refused.code).toBe(7)
  expect(JSON.parse(refused.stderr || refused.stdout)).toMatchObject({error: {code: 'residency'}})
  expect(visits()).toBe(0)
  const located = {...env, OMNI_RESIDENCY_LOCATIONS: JSON.stringify({remote: 'SI'})}
  expect((await new Workspace({env: located}).omni(['rag', 'search', 'x', '--json'])).code).not.toBe(7)
  expect(visits()).toBeGreaterThan(0)
})

test('a language model elsewhere is not asked, and one on this machine needs no region', async () => {
  const {address, visits} = await listener()
  const env = {OPENAI_API_KEY: 'k', OPENAI_BASE_URL: `http://${address}/v1`, OMNI_RESIDENCY_COUNTRY: 'SI'}
  const workspace = new Workspace({env: {...env, OMNI_LLM_BACKEND: 'openai'}})
  await expect(workspace.call(ask, {prompt: 'Hello', model: 'openai/gpt-4o-mini'})).rejects.toThrow(/No deployment/)
  expect(visits()).toBe(0)
  const {OMNI_RESIDENCY_COUNTRY: _, ...anywhere} = env
  const free = new Workspace({env: {...anywhere, OMNI_LLM_BACKEND: 'openai'}})
  await expect(free.call(ask, {prompt: 'Hello', model: 'openai/gpt-4o-mini'})).rejects.toThrow()
  expect(visits()).toBeGreaterThan(0)
  // What stays on this machine is not asked about.
  workspace.write('docs/a.md', '# A\n\nSome words.\n')
  await workspace.ingest(['docs'])
  expect((await workspace.call(search, {query: 'words', lexical: true})).count).toBe(1)
})
