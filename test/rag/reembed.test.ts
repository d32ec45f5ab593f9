import {afterEach, beforeEach, expect, onTestFinished, test} from 'vitest'
import {exportPassages} from '../../plugins/rag/src/operations/export.ts'
import {list} from '../../plugins/rag/src/operations/list.ts'
import {optimize} from '../../plugins/rag/src/operations/optimize.ts'
import {reembed} from '../../plugins/rag/src/operations/reembed.ts'
import {remove} from '../../plugins/rag/src/operations/remove.ts'
import {search} from '../../plugins/rag/src/operations/search.ts'
import {status} from '../../plugins/rag/src/operations/status.ts'
import {LanceDbDatabase} from '../../plugins/rag/src/stores/lancedb/lancedb-database.ts'
import {type EmbeddingServer, meaningOf, startEmbeddingServer} from '../support/embedding-server.ts'
import {complaints} from '../support/index-state.ts'
import {writeMarkdownFiles} from '../support/markdown-files.ts'
import {Workspace} from '../support/workspace.ts'

let server: EmbeddingServer

beforeEach(async () => {
  server = await startEmbeddingServer()
})
afterEach(() => server.close())

function workspaceWith(model: string): Workspace {
  const workspace = new Workspace({env: {OLLAMA_HOST: server.url, OLLAMA_EMBEDDING_MODEL: model}})
  writeMarkdownFiles({directory: workspace.path('files'), count: 80, bytes: 400, seed: 5})
  workspace.write('files/clinic.md', '# Clinic\n\nThe physician sees patients in the morning.\n')
  return workspace
}

/** The same files with other settings, for calls within this process. */
function as(workspace: Workspace, env: Record<string, string>): Workspace {
  return Object.create(workspace, {env: {value: {...workspace.env, ...env}}}) as Workspace
}

const embedded = {RAG_EMBEDDING_MODEL: 'ollama'}

/** What the first five passages are of; by words alone where the settings choose no model. */
async function found(workspace: Workspace, query: string): Promise<string[]> {
  const {results} = await workspace.call(search, {query, lexical: workspace.env.RAG_EMBEDDING_MODEL === undefined})
  return results.map(({source}) => source)
}

function tables(workspace: Workspace): Promise<string[]> {
  return workspace.within(({directories, tenant}) =>
    new LanceDbDatabase({directory: `${directories.data}/rag/${tenant}`}).collections(),
  )
}

test('gives vectors to a collection that had none, and the next optimisation deletes what was before', async () => {
  const workspace = workspaceWith('concepts')
  await workspace.ingest(['files'])
  const dense = as(workspace, embedded)
  expect(await dense.call(reembed, {})).toMatchObject({documents: 81, model: 'concepts', before: null})
  expect(await found(dense, 'zdravnik')).toContain('files/clinic.md')
  expect(await found(workspace, 'zdravnik')).not.toContain('files/clinic.md')
  expect(await tables(workspace)).toHaveLength(2)
  await dense.call(optimize, {})
  expect(await tables(workspace)).toHaveLength(1)
  const {documents, chunks, pending, reembedding} = await dense.call(status, {})
  expect({documents, pending, reembedding}).toEqual({documents: 81, pending: 0, reembedding: null})
  expect(new Set(server.embedded).size).toBe(chunks + 1)
  // It goes on as any other collection does.
  dense.write('files/new.md', '# New\n\nFunds are scarce.\n')
  await dense.ingest(['files'])
  expect(await found(dense, 'denar')).toContain('files/new.md')
  await dense.call(remove, {all: true})
  expect(await tables(workspace)).toEqual([])
})

test('changes the model and the length of vectors; the old model is refused from then on', async () => {
  const workspace = workspaceWith('concepts')
  const old = as(workspace, embedded)
  await old.ingest(['files'])
  server.vectorOf = text => [...meaningOf(text), 0.1, 0.2]
  const renewed = as(old, {OLLAMA_EMBEDDING_MODEL: 'longer'})
  expect(await renewed.call(reembed, {})).toMatchObject({model: 'longer', before: 'ollama concepts', dimension: 50})
  expect(await found(renewed, 'zdravnik')).toContain('files/clinic.md')
  await expect(old.call(search, {query: 'zdravnik'})).rejects.toMatchObject({code: 'rag_embedding_mismatch'})
})

test('catches up with documents that change, come and go while it runs, and searches go on', async () => {
  const workspace = workspaceWith('concepts')
  await workspace.ingest(['files'])
  const dense = as(workspace, embedded)
  const meanwhile = Promise.withResolvers<void>()
  const gone = (await workspace.call(list, {})).items[0]!.source
  let begun = false
  server.treat = request => {
    if (request === 2 && !begun) {
      begun = true
      void change().then(meanwhile.resolve, meanwhile.reject)
    }
    return 'answer'
  }
  const change = async () => {
    await workspace.call(search, {query: 'clinic', lexical: true})
    workspace.write('files/clinic.md', '# Clinic\n\nThe physician is away; ask for funds at the house.\n')
    workspace.write('files/garage.md', '# Garage\n\nThe automobile is serviced every spring.\n')
    await workspace.ingest(['files'])
    await workspace.call(remove, {sources: [gone]})
  }
  await dense.call(reembed, {})
  await meanwhile.promise
  const {results} = await dense.call(search, {query: 'hiša denar zdravnik'})
  expect(results.find(({source}) => source === 'files/clinic.md')?.text).toContain('physician is away')
  expect((await dense.call(list, {})).items.map(({source}) => source)).not.toContain(gone)
  const {items} = await dense.call(exportPassages, {limit: 1000})
  expect(items.map(({source}) => source)).not.toContain(gone)
  // A change that came after the swap was refused or is in the index; either way nothing is lost or doubled.
  const state = await dense.call(status, {})
  expect(state.pending).toBe(0)
  await dense.ingest(['files'])
  expect(await found(dense, 'avto')).toContain('files/garage.md')
  await dense.within(async context => expect(await complaints(context)).toEqual([]))
})

test('killed -9 in the middle, it goes on where it was, and the collection is as it was until then', async () => {
  const workspace = workspaceWith('concepts')
  await workspace.ingest(['files'])
  Object.assign(workspace.env, embedded)
  const started = workspace.start(['rag', 'reembed'])
  onTestFinished(() => void started.child.kill('SIGKILL'))
  server.treat = request => {
    if (request < 3) return 'answer'
    started.child.kill('SIGKILL')
    return 'hold'
  }
  expect((await started.finished).code).toBeNull()
  const paid = server.embedded.length
  expect(paid).toBeGreaterThan(0)
  const before = await workspace.call(status, {})
  expect(before).toMatchObject({embedding: null, reembedding: 'ollama concepts'})
  expect((await workspace.call(search, {query: 'clinic physician'})).results[0]).toMatchObject({
    source: 'files/clinic.md',
  })
  server.treat = () => 'answer'
  expect(await workspace.omni(['rag', 'reembed'])).toMatchObject({code: 0})
  expect(server.embedded.length).toBe(new Set(server.embedded).size)
  expect(server.embedded.length).toBeGreaterThan(paid)
  expect(server.embedded).toHaveLength(before.chunks)
  const after = await workspace.call(status, {})
  expect(after).toMatchObject({embedding: {model: 'concepts'}, reembedding: null, chunks: before.chunks})
})

test('an outage leaves the collection as it was, and says so', async () => {
  const workspace = workspaceWith('concepts')
  await workspace.ingest(['files'])
  server.treat = request => (request === 1 ? 'answer' : {status: 400, body: {error: 'no'}})
  const dense = as(workspace, embedded)
  await expect(dense.call(reembed, {})).rejects.toMatchObject({code: 'llm_rejected'})
  expect((await dense.call(status, {})).embedding).toBeNull()
  expect((await dense.call(search, {query: 'clinic physician'})).count).toBeGreaterThan(0)
})
