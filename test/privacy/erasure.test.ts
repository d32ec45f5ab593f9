import {rmSync} from 'node:fs'
import {PersonalDataMap, type PersonalRecord, type StoreReceipt, unreachableTables} from '@omni-ops/core/privacy'
import {expect, onTestFinished, test} from 'vitest'
import {search} from '../../plugins/rag/src/operations/search.ts'
import {startEmbeddingServer} from '../support/embedding-server.ts'
import {
  bystander,
  collected,
  filesWith,
  given,
  planted,
  plantDocuments,
  plantFiles,
  plantRows,
  traces,
} from '../support/planted-person.ts'
import {registry, Workspace} from '../support/workspace.ts'

async function plantedWorkspace() {
  const server = await startEmbeddingServer()
  onTestFinished(() => server.close())
  const env = {RAG_EMBEDDING_MODEL: 'ollama', OLLAMA_HOST: server.url, OMNI_PRIVACY_KEY: 'k'.repeat(40)}
  const workspace = new Workspace({env})
  await plantDocuments(workspace, ['letters', 'archive'])
  const {tables, temporary} = await workspace.within(async context => ({
    tables: await plantRows(context),
    temporary: await plantFiles(workspace, context),
  }))
  onTestFinished(() => rmSync(temporary, {recursive: true, force: true}))
  return {workspace, tables, directories: [workspace.home, temporary]}
}

test('whatever is planted in any store of any plugin is found, erased, and in no byte of any file', async () => {
  const {workspace, tables, directories} = await plantedWorkspace()
  expect(filesWith(directories, traces).length).toBeGreaterThan(6)

  const found = await workspace.within(async context => {
    const map = await PersonalDataMap.open(context)
    return collected(map.locate(await map.resolve(given)))
  })
  const records = found.filter((each): each is PersonalRecord => !('state' in each))
  expect(found.filter(each => 'state' in each)).toEqual([])
  const reached = new Set(records.map(({store, table}) => `${store} ${table}`))
  for (const {store, table, personal} of tables) {
    if (personal && 'untraceable' in personal.subject) continue
    expect(reached).toContain(`${store} ${table}`)
  }
  for (const place of [
    'vectors rag_passages',
    'backup database copy',
    'log error report',
    'file temporary file',
    'file evaluation result',
    'sql privacy_tokens',
  ])
    expect(reached).toContain(place)
  expect(records.filter(({table}) => table === 'rag_passages')).toHaveLength(8)
  expect(JSON.stringify(records)).not.toContain(bystander.words)

  const receipts = await workspace.within(async context => {
    const map = await PersonalDataMap.open(context)
    return collected(map.erase(await map.resolve(given), {keep: new Map()}))
  })
  expect(receipts.filter(({state, verified}) => state !== 'done' || !verified)).toEqual([])
  expect(filesWith(directories, traces)).toEqual([])
  expect(
    await workspace.within(async context => {
      const map = await PersonalDataMap.open(context)
      return collected(map.verifyErased(await map.resolve(given)))
    }),
  ).toEqual([])
  // Of somebody else nothing is missing.
  const {results} = await workspace.call(search, {query: bystander.words, collection: 'letters', lexical: true})
  expect(results.map(({source}) => source)).toEqual(['docs/other.md'])
  void planted
  void (receipts satisfies StoreReceipt[])
})

test('every declaration of personal data leads from an identity to its rows, or says why none does', async () => {
  expect(unreachableTables(await registry.privacy())).toEqual([])
})
