import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {auditList, auditVerify} from '../../src/audit/operations/index.ts'
import {missingPostgres, startPostgres, type TestPostgres} from '../../src/testing/postgres.ts'
import {status} from '../../plugins/rag/src/operations/status.ts'
import {remove} from '../../plugins/rag/src/operations/remove.ts'
import {complaints, indexState} from '../support/index-state.ts'
import {writeMarkdownFiles} from '../support/markdown-files.ts'
import {Workspace} from '../support/workspace.ts'

const missing = missingPostgres()
if (missing) process.stderr.write(`skipped: documents with PostgreSQL as the store (${missing})\n`)

const queries = ['who reconciles the insurance claim', 'nadomestni ventil po pisnem opominu']

describe.skipIf(missing !== undefined)('with PostgreSQL as the store', () => {
  let server: TestPostgres
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(async () => {
    await server?.stop()
  })

  test('everything is as with SQLite', async () => {
    const outcomes: unknown[] = []
    for (const env of [{}, {OMNI_DATABASE_URL: await server.emptyDatabase()}]) {
      const workspace = new Workspace({env})
      writeMarkdownFiles({directory: workspace.path('files'), count: 40, bytes: 500})
      const first = await workspace.omni(['rag', 'ingest', 'files', '--metadata', "who=O'Neill"])
      expect(first).toMatchObject({code: 0, stderr: expect.not.stringContaining('bug')})
      workspace.write('files/chapter-00/note-000000.md', '# Changed\n\nThis was something else before.\n')
      const again = await workspace.ingest(['files'], {metadata: {who: "O'Neill"}})
      await workspace.call(remove, {sources: ['files/chapter-01/note-000001.md']})
      const entries = await workspace.call(auditList, {})
      outcomes.push(
        await workspace.within(async context => ({
          counts: [again.added, again.changed, again.unchanged],
          state: await indexState(context, queries),
          complaints: await complaints(context),
          audit: entries.items.map(({action, resource, details}) => ({action, resource, details})),
          verified: (await context.invoke(auditVerify, {})).ok,
          status: await context
            .invoke(status, {})
            .then(({documents, pending, chunks}) => ({documents, pending, chunks})),
        })),
      )
    }
    const [sqlite, postgres] = outcomes
    expect(sqlite).toMatchObject({
      counts: [0, 1, 39],
      complaints: [],
      verified: true,
      status: {documents: 39, pending: 0},
    })
    expect(postgres).toEqual(sqlite)
  })
})
