import {afterEach, beforeEach, describe, expect, onTestFinished, test} from 'vitest'
import {exportPassages} from '../../plugins/rag/src/operations/export.ts'
import {optimize} from '../../plugins/rag/src/operations/optimize.ts'
import {remove} from '../../plugins/rag/src/operations/remove.ts'
import {search} from '../../plugins/rag/src/operations/search.ts'
import {status} from '../../plugins/rag/src/operations/status.ts'
import {dimension, type EmbeddingServer, meaningOf, startEmbeddingServer} from '../support/embedding-server.ts'
import {writeMarkdownFiles} from '../support/markdown-files.ts'
import {Workspace} from '../support/workspace.ts'

let server: EmbeddingServer

beforeEach(async () => {
  server = await startEmbeddingServer()
})
afterEach(() => server.close())

function workspaceWith(env: Record<string, string> = {}): Workspace {
  return new Workspace({
    env: {RAG_EMBEDDING_MODEL: 'ollama', OLLAMA_HOST: server.url, OLLAMA_EMBEDDING_MODEL: 'concepts', ...env},
  })
}

/** The same files with other settings, for calls within this process. */
function as(workspace: Workspace, env: Record<string, string>): Workspace {
  return Object.create(workspace, {env: {value: {...workspace.env, ...env}}}) as Workspace
}

async function vectorsOf(workspace: Workspace): Promise<Map<string, Float32Array | undefined>> {
  const {sharedIndex} = await import('../../plugins/rag/src/collection/collection.ts')
  const {CollectionIndexes} = await import('../../plugins/rag/src/collection/collection-indexes.ts')
  return workspace.within(async context => {
    const {indexName} = await (await CollectionIndexes.open(context)).get('default')
    const snapshot = await (
      await sharedIndex({name: indexName, dimension: undefined, vectorDb: 'lancedb'}, context)
    ).store.snapshot()
    const {rows} = await snapshot.list({limit: 10_000})
    return new Map(rows.map(({passage, vector}) => [passage.id, vector]))
  })
}

function cosine(one: ArrayLike<number>, other: ArrayLike<number>): number {
  const values = Array.from(one)
  const product = values.reduce((sum, value, at) => sum + value * other[at]!, 0)
  return product / (Math.hypot(...values) * Math.hypot(...Array.from(other)))
}

function writeGarage(workspace: Workspace): void {
  workspace.write('docs/garage.md', '# Garage\n\nThe automobile is serviced every spring.\n')
  workspace.write('docs/clinic.md', '# Clinic\n\nThe physician sees patients in the morning.\n')
  workspace.write('docs/bank.md', '# Bank\n\nCash is counted twice each evening.\n')
}

describe('a collection with vectors', () => {
  test('finds by meaning what no word of the query finds, and says which model it holds', async () => {
    const workspace = workspaceWith()
    writeGarage(workspace)
    await workspace.ingest(['docs'])
    const found = await workspace.call(search, {query: 'zdravnik'})
    expect(found.results[0]).toMatchObject({source: 'docs/clinic.md'})
    const lexical = await workspace.call(search, {query: 'zdravnik', lexical: true})
    expect(lexical.results.map(({source}) => source)).not.toContain('docs/clinic.md')
    const state = await workspace.call(status, {})
    expect(state.embedding).toEqual({provider: 'ollama', model: 'concepts', dimension})
    expect(state.usage).toMatchObject([
      {provider: 'ollama', kind: 'embedding.document', requests: 1, cost_usd: 0, unpriced_requests: 0},
      {provider: 'ollama', kind: 'embedding.query', requests: 1, input_tokens: 1},
    ])
  })

  test('holds for each passage the vector of its title, headings and text, by the model’s own arithmetic', async () => {
    const workspace = workspaceWith()
    workspace.write('docs/handbook.md', '# Handbook\n\n## Vehicles\n\nEvery car has a logbook.\n')
    await workspace.ingest(['docs'])
    const {items} = await workspace.call(exportPassages, {})
    const vectors = await vectorsOf(workspace)
    expect(items.length).toBeGreaterThan(0)
    for (const {id, text} of items) {
      const sent = server.embedded.find(each => each.includes('Every car has a logbook.') && text.includes('logbook'))!
      expect(sent).toContain('Vehicles')
      expect(vectors.get(id)).toHaveLength(dimension)
      expect(cosine(vectors.get(id)!, meaningOf(sent))).toBeCloseTo(1, 5)
      expect(Math.hypot(...vectors.get(id)!)).toBeCloseTo(1, 5)
    }
  })

  test('embeds what changed and nothing else', async () => {
    const workspace = workspaceWith()
    writeGarage(workspace)
    await workspace.ingest(['docs'])
    const before = server.embedded.length
    await workspace.ingest(['docs'])
    expect(server.embedded).toHaveLength(before)
    workspace.write('docs/bank.md', '# Bank\n\nCash is counted three times each evening.\n')
    await workspace.ingest(['docs'])
    expect(server.embedded).toHaveLength(before + 1)
    expect((await vectorsOf(workspace)).size).toBe(before)
  })

  test('is refused to another model, with the command that helps; --lexical still searches', async () => {
    const workspace = workspaceWith()
    writeGarage(workspace)
    await workspace.ingest(['docs'])
    const other = as(workspace, {OLLAMA_EMBEDDING_MODEL: 'another'})
    await expect(other.call(search, {query: 'cash'})).rejects.toMatchObject({
      code: 'rag_embedding_mismatch',
      exitCode: 6,
      hint: expect.stringContaining('omni rag reembed --collection default'),
    })
    other.write('docs/new.md', '# New\n\nAnother text.\n')
    await expect(other.ingest(['docs'])).rejects.toMatchObject({code: 'rag_embedding_mismatch'})
    const off = as(workspace, {RAG_EMBEDDING_MODEL: 'none'})
    await expect(off.call(search, {query: 'cash'})).rejects.toMatchObject({code: 'rag_embedding_missing'})
    const {results} = await off.call(search, {query: 'cash', lexical: true})
    expect(results[0]).toMatchObject({source: 'docs/bank.md'})
  })

  test('is refused vectors of another length, and keeps what it has', async () => {
    const workspace = workspaceWith()
    writeGarage(workspace)
    await workspace.ingest(['docs'])
    server.vectorOf = () => [1, 2, 3]
    workspace.write('docs/new.md', '# New\n\nAnother text.\n')
    await expect(workspace.ingest(['docs'])).rejects.toMatchObject({code: 'rag_embedding_mismatch'})
    await expect(workspace.call(search, {query: 'cash'})).rejects.toMatchObject({code: 'rag_embedding_mismatch'})
    expect((await workspace.call(status, {})).documents).toBe(3)
  })

  test('says that the provider is down instead of searching worse in silence', async () => {
    const workspace = workspaceWith()
    writeGarage(workspace)
    await workspace.ingest(['docs'])
    server.treat = () => ({status: 400, body: {error: 'model is gone'}})
    await expect(workspace.call(search, {query: 'cash'})).rejects.toMatchObject({code: 'llm_rejected'})
    const {results} = await workspace.call(search, {query: 'cash', lexical: true})
    expect(results[0]).toMatchObject({source: 'docs/bank.md'})
  })
})

describe('a collection without vectors', () => {
  test('stays as it is when a model is configured later', async () => {
    const workspace = workspaceWith()
    writeGarage(workspace)
    await as(workspace, {RAG_EMBEDDING_MODEL: 'none'}).ingest(['docs'])
    workspace.write('docs/new.md', '# New\n\nAnother text.\n')
    await workspace.ingest(['docs'])
    await workspace.call(search, {query: 'cash'})
    expect(server.requests).toBe(0)
    expect((await workspace.call(status, {})).embedding).toBeNull()
  })
})

describe('what is remembered of texts', () => {
  test('goes with the documents', async () => {
    const {embeddingKey} = await import('@omni-ops/core/llm')
    const workspace = workspaceWith()
    writeGarage(workspace)
    await workspace.ingest(['docs'])
    const remembered = () =>
      workspace.within(async context => {
        const store = await context.store()
        const rows = await store
          .read<{omni_embeddings: {key: string}}>(context.tenant)
          .selectFrom('omni_embeddings')
          .select('key')
          .execute()
        return rows.map(({key}) => key)
      })
    const keyOf = (text: string) => embeddingKey({provider: 'ollama', model: 'concepts'}, text)
    const clinic = server.embedded.find(text => text.includes('physician'))!
    const bank = server.embedded.find(text => text.includes('Cash'))!
    expect(await remembered()).toHaveLength(3)
    await workspace.call(remove, {sources: ['docs/clinic.md']})
    expect(await remembered()).not.toContain(keyOf(clinic))
    expect(await remembered()).toHaveLength(2)
    workspace.write('docs/bank.md', '# Bank\n\nNobody counts anything.\n')
    await workspace.ingest(['docs/bank.md'])
    expect(await remembered()).not.toContain(keyOf(bank))
    expect(await remembered()).toHaveLength(2)
    await workspace.call(remove, {all: true})
    expect(await remembered()).toEqual([])
  })
})

describe('an ingest that is cut off', () => {
  test('by an outage goes on where it was; no text is sent again that was answered', async () => {
    const workspace = workspaceWith()
    writeMarkdownFiles({directory: workspace.path('files'), count: 300, bytes: 400, seed: 3})
    server.treat = request => (request <= 4 ? 'answer' : {status: 400, body: {error: 'out of memory'}})
    await expect(workspace.ingest(['files'])).rejects.toMatchObject({code: 'llm_rejected'})
    const paid = server.embedded.length
    expect(paid).toBeGreaterThan(0)
    server.treat = () => 'answer'
    await workspace.ingest(['files'])
    expectEachOnce(server.embedded)
    expect(server.embedded.length).toBeGreaterThan(paid)
    const {chunks, pending} = await workspace.call(status, {})
    expect(pending).toBe(0)
    const vectors = await vectorsOf(workspace)
    expect(vectors.size).toBe(chunks)
    expect([...vectors.values()].every(vector => vector?.length === dimension)).toBe(true)
  })

  test('by kill -9 goes on where it was; no text is sent again that was answered', async () => {
    const workspace = workspaceWith()
    writeMarkdownFiles({directory: workspace.path('files'), count: 300, bytes: 400, seed: 3})
    const started = workspace.start(['rag', 'ingest', 'files'])
    onTestFinished(() => void started.child.kill('SIGKILL'))
    // Two requests are under way at once, each sent after what the one before it brought was kept.
    let held = 0
    server.treat = request => {
      if (request < 5) return 'answer'
      if (++held === 2) started.child.kill('SIGKILL')
      return 'hold'
    }
    expect((await started.finished).code).toBeNull()
    const paid = server.embedded.length
    expect(paid).toBeGreaterThan(0)
    server.treat = () => 'answer'
    expect(await workspace.omni(['rag', 'ingest', 'files'])).toMatchObject({code: 0})
    expectEachOnce(server.embedded)
    expect(server.embedded.length).toBeGreaterThan(paid)
    const state = await workspace.call(status, {})
    expect(state).toMatchObject({documents: 300, pending: 0})
    expect((await vectorsOf(workspace)).size).toBe(state.chunks)
    await workspace.call(optimize, {})
  })
})

function expectEachOnce(texts: readonly string[]): void {
  expect(texts.length).toBe(new Set(texts).size)
}
