import {join} from 'node:path'
import {connect} from '@lancedb/lancedb'
import {comparePrivacy, readRealSchema, type RealTable} from '@omni-ops/core/privacy'
import {expect, onTestFinished, test} from 'vitest'
import {startEmbeddingServer} from '../support/embedding-server.ts'
import {registry, Workspace} from '../support/workspace.ts'

/** Law 5: every table and every field of the index is declared, as it really is after an ingest. */
test('everything that an ingest leaves behind is declared for privacy', async () => {
  const server = await startEmbeddingServer()
  onTestFinished(() => server.close())
  const workspace = new Workspace({env: {RAG_EMBEDDING_MODEL: 'ollama', OLLAMA_HOST: server.url}})
  workspace.write('docs/notice.md', '# Notice\n\nThe notice period is three months.\n')
  await workspace.ingest(['docs'])
  const sql = await workspace.within(async context => readRealSchema(await context.store()))
  const lance = await connect(join(workspace.data, 'rag', 'default'))
  const vectors: RealTable[] = []
  for (const name of await lance.tableNames()) {
    const schema = await (await lance.openTable(name)).schema()
    vectors.push({store: 'vectors', table: 'rag_passages', fields: schema.fields.map(field => field.name)})
  }
  lance.close()
  expect(vectors).toHaveLength(1)
  expect(sql.map(({table}) => table)).toContain('rag_documents')
  expect(comparePrivacy(await registry.privacy(), [...sql, ...vectors])).toEqual([])
})
