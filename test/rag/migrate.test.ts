import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {missingPostgres, startPostgres, type TestPostgres} from '../../src/testing/postgres.ts'
import {Collection} from '../../plugins/rag/src/collection/collection.ts'
import {passageDatabase} from '../../plugins/rag/src/collection/passage-database.ts'
import {migrate} from '../../plugins/rag/src/operations/migrate.ts'
import {remove} from '../../plugins/rag/src/operations/remove.ts'
import {search} from '../../plugins/rag/src/operations/search.ts'
import {status} from '../../plugins/rag/src/operations/status.ts'
import {complaints} from '../support/index-state.ts'
import {writeMarkdownFiles} from '../support/markdown-files.ts'
import {Workspace} from '../support/workspace.ts'

const missing = missingPostgres()
if (missing) process.stderr.write(`skipped: moving passages into PostgreSQL (${missing})\n`)

const queries = ['who reconciles the insurance claim', 'nadomestni ventil po pisnem opominu']
const there = {collection: 'default', from: 'lancedb', to: 'pgvector'} as const
const back = {collection: 'default', from: 'pgvector', to: 'lancedb'} as const

describe.skipIf(missing !== undefined)('a collection that is migrated', () => {
  let server: TestPostgres
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(async () => {
    await server?.stop()
  })

  async function filled(): Promise<Workspace> {
    const workspace = new Workspace({env: {OMNI_DATABASE_URL: await server.emptyDatabase()}})
    writeMarkdownFiles({directory: workspace.path('files'), count: 120, bytes: 700})
    await workspace.ingest(['files'])
    return workspace
  }

  function answers(workspace: Workspace): Promise<string[][]> {
    return Promise.all(
      queries.map(async query => {
        const {results} = await workspace.call(search, {query, top_k: 10})
        return results.map(({id}) => id)
      }),
    )
  }

  /** How many passages a database has, whichever the collection is in; 0 where it has none of it. */
  function heldBy(workspace: Workspace, vectorDb: 'lancedb' | 'pgvector'): Promise<number> {
    return workspace.within(async context => {
      const store = (await passageDatabase(vectorDb, context)).open('default')
      return (await store.exists()) ? (await store.snapshot()).count() : 0
    })
  }

  test('answers the same from there, is written to there, and comes back', async () => {
    const workspace = await filled()
    const before = await answers(workspace)
    const here = await workspace.call(status, {})
    expect(here).toMatchObject({vector_db: 'lancedb', index_directory: expect.stringContaining('default')})
    const passages = await heldBy(workspace, 'lancedb')
    const planned = await workspace.call(migrate, {...there, dry_run: true})
    expect(planned).toMatchObject({documents: 120, passages, copied: 0, dry_run: true})
    expect(await heldBy(workspace, 'pgvector')).toBe(0)

    const moved = await workspace.call(migrate, there)
    expect(moved).toMatchObject({documents: 120, passages, copied: 120, queries: 20, source_dropped: false})
    expect(moved.agreement).toBeGreaterThan(0.9)
    expect(await answers(workspace)).toEqual(before)
    expect(await workspace.call(status, {})).toMatchObject({vector_db: 'pgvector', index_directory: null})
    expect(await heldBy(workspace, 'lancedb')).toBe(passages)
    expect(await workspace.call(migrate, {...there, drop_source: true})).toMatchObject({
      copied: 0,
      source_dropped: true,
    })
    expect(await heldBy(workspace, 'lancedb')).toBe(0)

    workspace.write('files/new.md', '# Quokkas\n\nThe quokka lives on Rottnest Island.\n')
    await workspace.ingest(['files'])
    await workspace.call(remove, {sources: ['files/chapter-01/note-000001.md'], erase: true})
    const {results} = await workspace.call(search, {query: 'quokka Rottnest', top_k: 1})
    expect(results[0]?.source).toBe('files/new.md')
    expect(await heldBy(workspace, 'lancedb')).toBe(0)
    expect(await workspace.within(complaints)).toEqual([])

    const returned = await workspace.call(migrate, {...back, drop_source: true})
    expect(returned).toMatchObject({documents: 120, copied: 120, source_dropped: true})
    expect(await heldBy(workspace, 'pgvector')).toBe(0)
    expect((await workspace.call(search, {query: 'quokka Rottnest', top_k: 1})).results[0]?.source).toBe('files/new.md')
    expect(await workspace.within(complaints)).toEqual([])
  })

  test('goes on where it was cut off by kill -9, with what was written and removed meanwhile', async () => {
    const workspace = await filled()
    const run = workspace.start(['rag', 'migrate', '--from', 'lancedb', '--to', 'pgvector', '--yes'])
    await workspace.within(async context => {
      const {databases} = await Collection.open('default', context)
      while (run.child.exitCode === null && !(await databases.get('default')).copy?.cursor) {
        await new Promise(resolve => setImmediate(resolve))
      }
    })
    run.child.kill('SIGKILL')
    await run.finished
    const state = await workspace.within(async context =>
      (await Collection.open('default', context)).databases.get('default'),
    )
    expect(state.vectorDb).toBe('lancedb')
    workspace.write('files/chapter-00/note-000000.md', '# Changed\n\nA wombat was here.\n')
    await workspace.ingest(['files'])
    await workspace.call(remove, {sources: ['files/chapter-01/note-000001.md']})
    const moved = await workspace.call(migrate, there)
    expect(moved.documents).toBe(119)
    expect(moved.copied).toBeLessThan(119)
    expect(await heldBy(workspace, 'pgvector')).toBe(moved.passages)
    expect((await workspace.call(search, {query: 'wombat', top_k: 1})).results[0]?.text).toContain('wombat')
    expect(await workspace.within(complaints)).toEqual([])
  })

  test('is refused where it does not begin where it is', async () => {
    const workspace = await filled()
    await expect(workspace.call(migrate, back)).rejects.toMatchObject({code: 'conflict', message: /is in lancedb/u})
    await expect(workspace.call(migrate, {...there, to: 'lancedb'})).rejects.toMatchObject({code: 'invalid_input'})
    await expect(workspace.call(migrate, {...there, collection: 'none'})).rejects.toMatchObject({
      code: 'unknown_collection',
    })
  })

  test('a new collection goes where the settings say, and stays there when they change', async () => {
    const url = await server.emptyDatabase()
    const workspace = new Workspace({env: {OMNI_DATABASE_URL: url, RAG_VECTOR_DB: 'pgvector'}})
    writeMarkdownFiles({directory: workspace.path('files'), count: 5, bytes: 300})
    await workspace.ingest(['files'])
    expect(await heldBy(workspace, 'pgvector')).toBeGreaterThan(0)
    expect(await heldBy(workspace, 'lancedb')).toBe(0)
    const {results} = await workspace.json<{results: unknown[]}>(['rag', 'search', queries[0]!])
    expect(results.length).toBeGreaterThan(0)
    await workspace.call(remove, {all: true})
    expect(await heldBy(workspace, 'pgvector')).toBe(0)
  })
})
