import {cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type Decisions, ErasureJournal, PersonalDataMap, recordId, type StoreReceipt} from '@omni-ops/core/privacy'
import {describe, expect, test} from 'vitest'
import {gdprSuppressionLift} from '../../plugins/privacy/src/operations/gdpr-suppression-lift.ts'
import {gdprVerify} from '../../plugins/privacy/src/operations/gdpr-verify.ts'
import type {RagTables} from '../../plugins/rag/src/collection/tables.ts'
import {hold} from '../../plugins/rag/src/operations/hold.ts'
import {list} from '../../plugins/rag/src/operations/list.ts'
import {search} from '../../plugins/rag/src/operations/search.ts'
import {bystander, collected, filesWith, given, planted, plantDocuments, traces} from '../support/planted-person.ts'
import {Workspace} from '../support/workspace.ts'

async function erase(workspace: Workspace, decisions: Decisions = {keep: new Map()}): Promise<StoreReceipt[]> {
  return workspace.within(async context => {
    const map = await PersonalDataMap.open(context)
    return collected(map.erase(await map.resolve(given), decisions))
  })
}

async function sourcesOf(workspace: Workspace): Promise<string[]> {
  return (await workspace.call(list, {collection: 'letters'})).items.map(({source}) => source)
}

describe('a copy of the data from before an erasure, put back', () => {
  test('as a whole, has nobody in it again before anybody reads it', async () => {
    const workspace = new Workspace()
    await plantDocuments(workspace, ['letters'])
    const copy = workspace.path('copy')
    cpSync(workspace.data, copy, {recursive: true})
    await erase(workspace)
    rmSync(workspace.data, {recursive: true})
    cpSync(copy, workspace.data, {recursive: true})
    expect(filesWith([workspace.data], traces)).not.toEqual([])

    const {results} = await workspace.call(search, {query: planted.words, collection: 'letters', lexical: true})
    expect(results.map(({source}) => source)).not.toContain('docs/letter.md')
    expect(await sourcesOf(workspace)).toEqual(['docs/other.md'])
    expect(filesWith([workspace.home], traces)).toEqual([])
  })

  test('as the database alone, beside an index from after it', async () => {
    const workspace = new Workspace()
    await plantDocuments(workspace, ['letters'])
    const copy = workspace.path('copy')
    mkdirSync(copy)
    cpSync(join(workspace.data, 'omni.db'), join(copy, 'omni.db'))
    await erase(workspace)
    for (const ending of ['', '-wal', '-shm']) rmSync(join(workspace.data, `omni.db${ending}`), {force: true})
    cpSync(join(copy, 'omni.db'), join(workspace.data, 'omni.db'))
    expect(await sourcesOf(workspace)).not.toContain('docs/property.md')
    expect(filesWith([workspace.home], traces)).toEqual([])
  })

  test('lets in who had come back since, and has nothing of what they had before', async () => {
    const workspace = new Workspace()
    await plantDocuments(workspace, ['letters'])
    const copy = workspace.path('copy')
    cpSync(workspace.data, copy, {recursive: true})
    await erase(workspace)
    await workspace.call(gdprSuppressionLift, {user: planted.email, linked: true, reason: 'Contract 2026/114'})
    rmSync(workspace.data, {recursive: true})
    cpSync(copy, workspace.data, {recursive: true})
    expect(await sourcesOf(workspace)).toEqual(['docs/other.md'])
    workspace.write('docs/new.md', `# New\n\nWrite to <${planted.email}>, please.\n`)
    const {failed, added} = await workspace.ingest(['docs/new.md'], {collection: 'letters'})
    expect({failed, added}).toEqual({failed: [], added: 1})
  })

  test('has what was decided to stay', async () => {
    const workspace = new Workspace()
    await plantDocuments(workspace, ['letters'])
    const copy = workspace.path('copy')
    cpSync(workspace.data, copy, {recursive: true})
    const kept = await workspace.within(async context => {
      const map = await PersonalDataMap.open(context)
      for await (const record of map.locate(await map.resolve(given))) {
        if (!('state' in record) && record.fields.source === 'docs/call.md') return recordId(record)
      }
      throw new Error('The document was not found')
    })
    const reason = {reason: 'evidence', citation: 'GDPR, article 17(3)(e)'}
    const receipts = await erase(workspace, {keep: new Map([[kept, reason]])})
    expect(receipts.flatMap(each => each.kept)).toMatchObject([reason])
    expect(await sourcesOf(workspace)).toEqual(['docs/call.md', 'docs/other.md'])
    rmSync(workspace.data, {recursive: true})
    cpSync(copy, workspace.data, {recursive: true})
    expect(await sourcesOf(workspace)).toEqual(['docs/call.md', 'docs/other.md'])
  })
})

test('a document under a legal hold stays, and the receipt says why', async () => {
  const workspace = new Workspace()
  await plantDocuments(workspace, ['letters'])
  await workspace.call(hold, {sources: ['docs/letter.md'], collection: 'letters', reason: 'a matter'})
  const receipts = await erase(workspace)
  expect(receipts.find(({table}) => table === 'rag_passages')).toMatchObject({
    // The one that only its author's name gives away went with its row in the catalogue.
    found: 3,
    erased: 2,
    kept: [{reason: 'the document is under a legal hold', citation: 'GDPR, article 17(3)(e)'}],
    state: 'done',
  })
  expect(await sourcesOf(workspace)).toEqual(['docs/letter.md', 'docs/other.md'])
})

test('a document whose removal was cut off is found and goes', async () => {
  const workspace = new Workspace()
  await plantDocuments(workspace, ['letters'])
  await workspace.within(async context => {
    const store = await context.store()
    await store.unit(context, {audit: false}, async unit => {
      await unit.database<RagTables>().updateTable('rag_documents').set({state: 'removing'}).execute()
    })
    const map = await PersonalDataMap.open(context)
    const found = await collected(map.locate(await map.resolve(given), {places: ['sql rag_documents']}))
    expect(found).toMatchObject([{fields: {source: 'docs/property.md'}}])
  })
  const receipts = await erase(workspace)
  expect(receipts.filter(({verified}) => !verified)).toEqual([])
  expect(filesWith([workspace.home], traces)).toEqual([])
})

test('a file in the data directory that no place answers for is told', async () => {
  const workspace = new Workspace()
  await plantDocuments(workspace, ['letters'])
  const path = join(workspace.data, 'notes', 'forgotten.txt')
  mkdirSync(join(workspace.data, 'notes'))
  writeFileSync(path, `Ring ${planted.phone}`)
  const isTold = expect.objectContaining({store: 'file', place: path, kind: 'bytes', found: 1})
  const receipts = await erase(workspace)
  expect(receipts.filter(({verified}) => !verified)).toMatchObject([
    {table: 'temporary file', message: expect.stringContaining(path)},
  ])
  const verified = await workspace.call(gdprVerify, {phone: '040 987 654'})
  expect(verified).toMatchObject({verdict: 'left', residues: [isTold], searched_in_bytes: true})
  rmSync(path)
  expect(await workspace.call(gdprVerify, {phone: '040 987 654'})).toMatchObject({verdict: 'clean', residues: []})
})

test('the list of erasures and the digests tell nobody who was erased', async () => {
  const workspace = new Workspace()
  await plantDocuments(workspace, ['letters'])
  await erase(workspace)
  const directory = join(workspace.home, '.local', 'state', 'omni', 'erasures', 'default')
  expect(existsSync(join(directory, 'tombstones.ndjson'))).toBe(true)
  expect(filesWith([workspace.home], [...traces, planted.principal, planted.customer])).toEqual([])
  expect(readFileSync(join(directory, 'tombstones.ndjson'), 'utf8')).not.toContain('email')
  const identities = [
    {kind: 'email', value: planted.email.toUpperCase()},
    {kind: 'phone', value: '+38640987654'},
    {kind: 'email', value: bystander.email},
  ] as const
  const found = await workspace.within(async context => (await ErasureJournal.open(context)).suppressed(identities))
  expect(found).toEqual(identities.slice(0, 2))
})
