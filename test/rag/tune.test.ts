import {afterEach, beforeEach, expect, test} from 'vitest'
import {status} from '../../plugins/rag/src/operations/status.ts'
import {search} from '../../plugins/rag/src/operations/search.ts'
import {tune} from '../../plugins/rag/src/operations/tune.ts'
import {ChunkIndex} from '../../plugins/rag/src/index/chunk-index.ts'
import {Collection} from '../../plugins/rag/src/collection/collection.ts'
import {dimension, type EmbeddingServer, meaningOf, startEmbeddingServer} from '../support/embedding-server.ts'
import {seededRandom} from '../support/markdown-files.ts'
import {Workspace} from '../support/workspace.ts'

let server: EmbeddingServer

beforeEach(async () => {
  server = await startEmbeddingServer()
})
afterEach(() => server.close())

const nouns = ['valve', 'ledger', 'harbour', 'lantern', 'orchard', 'saddle', 'turbine', 'violin', 'quarry', 'kettle']
const verbs = ['inspects', 'paints', 'delivers', 'records', 'weighs', 'repairs', 'lends', 'counts', 'sorts', 'seals']

/** Forty notes, and for each a question in its words. */
function writeNotes(workspace: Workspace): void {
  const random = seededRandom(11)
  const lines: string[] = []
  for (let at = 0; at < 40; at++) {
    const noun = nouns[at % nouns.length]!
    const verb = verbs[Math.floor(random() * verbs.length)]!
    workspace.write(`notes/${at}.md`, `# Note\n\nThe keeper ${verb} the ${noun} of house number ${at} in spring.\n`)
    lines.push(JSON.stringify({question: `who ${verb} the ${noun} of house number ${at}`, source: `notes/${at}.md`}))
  }
  workspace.write('judged.jsonl', `${lines.join('\n')}\n`)
}

test('keeps weights that held-out queries show to help, and searches with them', async () => {
  const workspace = new Workspace({env: {RAG_EMBEDDING_MODEL: 'ollama', OLLAMA_HOST: server.url}})
  writeNotes(workspace)
  // A model that takes each question for that of another note: the less it counts, the better.
  server.vectorOf = text => {
    const number = Number(/number (\d+)/u.exec(text)?.[1] ?? 0)
    const place = text.includes('who') ? (number + 13) % 40 : number
    return Array.from({length: dimension}, (_, at) => (at === place ? 1 : 0.001))
  }
  await workspace.ingest(['notes'])
  const tuned = await workspace.call(tune, {queries: 'judged.jsonl', dry_run: true})
  expect(tuned).toMatchObject({queries: 40, better: true, stored: false})
  expect(tuned.interval!.low).toBeGreaterThan(0)
  expect(tuned.weights.dense).toBeLessThan(0.5)
  expect((await workspace.call(status, {})).weights).toBeNull()
  const outcome = await workspace.omni(['rag', 'tune', '--queries', 'judged.jsonl', '--json'])
  const printed = JSON.parse(outcome.stdout) as typeof tuned
  expect(outcome.code).toBe(0)
  expect(printed).toEqual({...tuned, stored: true})
  expect(printed.after).toBeGreaterThan(printed.before)
  expect((await workspace.call(status, {})).weights).toEqual(printed.weights)
  const {results} = await workspace.call(search, {query: 'who looks after house number 7'})
  expect(results[0]).toMatchObject({source: 'notes/7.md'})
})

test('refuses with exit 7 what is not shown to help, and changes nothing', async () => {
  const workspace = new Workspace({env: {RAG_EMBEDDING_MODEL: 'ollama', OLLAMA_HOST: server.url}})
  writeNotes(workspace)
  server.vectorOf = () => [1, ...Array.from({length: dimension - 1}, () => 0)]
  await workspace.ingest(['notes'])
  // Judged at random: whatever helps some of them is luck.
  const random = seededRandom(3)
  const lines = Array.from({length: 30}, () =>
    JSON.stringify({
      question: `the ${nouns[Math.floor(random() * 10)]}`,
      source: `notes/${Math.floor(random() * 40)}.md`,
    }),
  )
  workspace.write('luck.jsonl', `${[...new Set(lines)].join('\n')}\n`)
  const outcome = await workspace.omni(['rag', 'tune', '--queries', 'luck.jsonl', '--json'])
  expect(outcome.code).toBe(7)
  expect(JSON.parse(outcome.stdout)).toMatchObject({better: false, stored: false})
  expect((await workspace.call(status, {})).weights).toBeNull()
})

test('works for a collection without vectors, and refuses too few queries', async () => {
  const workspace = new Workspace()
  writeNotes(workspace)
  await workspace.ingest(['notes'])
  const {queries, before} = await workspace.call(tune, {queries: 'judged.jsonl'})
  expect(queries).toBe(40)
  expect(before).toBeGreaterThan(0)
  workspace.write('few.jsonl', '{"question": "spring", "source": "notes/1.md"}\n')
  await expect(workspace.call(tune, {queries: 'few.jsonl'})).rejects.toMatchObject({code: 'rag_too_few_questions'})
})

test('ranks under each weighting as a search with it does', async () => {
  const workspace = new Workspace({env: {RAG_EMBEDDING_MODEL: 'ollama', OLLAMA_HOST: server.url}})
  writeNotes(workspace)
  server.vectorOf = meaningOf
  await workspace.ingest(['notes'])
  await workspace.within(async context => {
    const collection = await Collection.open('default', context)
    expect(collection.index).toBeInstanceOf(ChunkIndex)
    const weightings = [
      {},
      {terms: 0.25, grams: 0.75, document: 0},
      {terms: 0.5, grams: 0.5, document: 0.4, dense: 0.85},
    ]
    for (const query of ['who repairs the violin', 'dwelling in spring', 'kettle']) {
      const {vector} = await collection.searchOptions(query, {lexical: false})
      const lists = await collection.index.searchWeighted(query, weightings, {limit: 10, vector: vector!})
      for (const [at, weights] of weightings.entries()) {
        const {hits} = await collection.index.search(query, {limit: 10, vector: vector!, weights})
        expect(lists[at]!.map(({id}) => id)).toEqual(hits.map(({id}) => id))
      }
    }
  })
})
