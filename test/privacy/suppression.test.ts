import {once} from 'node:events'
import {existsSync, rmSync, watch} from 'node:fs'
import {join} from 'node:path'
import {type ErasureKeyFileError, PersonalDataMap} from '@omni-ops/core/privacy'
import {expect, onTestFinished, test, vi} from 'vitest'
import {consentGive} from '../../plugins/privacy/src/operations/consent-give.ts'
import {consentWordingAdd} from '../../plugins/privacy/src/operations/consent-wording-add.ts'
import {gdprSuppressionCheck} from '../../plugins/privacy/src/operations/gdpr-suppression-check.ts'
import {gdprSuppressionLift} from '../../plugins/privacy/src/operations/gdpr-suppression-lift.ts'
import type {LedgerTables} from '../../plugins/llm/src/ledger/tables.ts'
import {ledgerOf} from '../../plugins/llm/src/routing/open-engine.ts'
import {ledgerEntry} from '../../plugins/llm/test/support/ledger-entry.ts'
import {Catalogue} from '../../plugins/rag/src/collection/catalogue.ts'
import {ChunkIndex} from '../../plugins/rag/src/index/chunk-index.ts'
import {ingest} from '../../plugins/rag/src/operations/ingest.ts'
import {list} from '../../plugins/rag/src/operations/list.ts'
import {LanceDbStore} from '../../plugins/rag/src/stores/lancedb/lancedb-store.ts'
import {collected, filesWith, given, planted, plantDocuments, startErasing, traces} from '../support/planted-person.ts'
import {Workspace} from '../support/workspace.ts'
import {auditList} from '../../src/audit/operations/list.ts'

const planters = ['docs/call.md', 'docs/letter.md', 'docs/property.md', 'docs/shout.md']

async function erase(workspace: Workspace) {
  return workspace.within(async context => {
    const map = await PersonalDataMap.open(context)
    return collected(map.erase(await map.resolve(given), {keep: new Map()}))
  })
}

async function sourcesOf(workspace: Workspace): Promise<string[]> {
  return (await workspace.call(list, {collection: 'letters'})).items.map(({source}) => source)
}

test('a file of somebody who was erased is refused when it is read again, also where it was changed', async () => {
  const workspace = new Workspace()
  await plantDocuments(workspace, ['letters'])
  await erase(workspace)
  workspace.write('docs/letter.md', `# Letter, again\n\nWrite to <${planted.email.toUpperCase()}>, please.\n`)
  workspace.write('docs/new.md', '# New\n\nRing +386 (0)40 987-654 about customer-zala-7f3a9c42.\n')
  workspace.write('docs/namesake.md', '# Another\n\njan.zala.kanarcek-7f3a@primer.si is somebody else.\n')
  const {failed, added, unchanged} = await workspace.ingest(['docs'], {collection: 'letters'})
  expect(failed.map(({source}) => source).toSorted()).toEqual([...planters, 'docs/new.md'].toSorted())
  expect(new Set(failed.map(({reason}) => reason))).toEqual(new Set(['erased_person']))
  for (const {message} of failed) {
    expect(message).toMatch(/erased on \d{4}-\d{2}-\d{2}/)
    for (const trace of traces) expect(message).not.toContain(trace)
  }
  expect({added, unchanged}).toEqual({added: 1, unchanged: 1})
  expect(await sourcesOf(workspace)).toEqual(['docs/namesake.md', 'docs/other.md'])
})

test('with a reason it is taken in, and the audit log has the reason', async () => {
  const workspace = new Workspace()
  await plantDocuments(workspace, ['letters'])
  await erase(workspace)
  const reason = 'A customer again since May'
  const {failed, added} = await workspace.ingest(['docs'], {collection: 'letters', despiteErasure: reason})
  expect({failed, added}).toEqual({failed: [], added: 4})
  const {items} = await workspace.call(auditList, {action: 'documents.ingested'})
  expect(items.filter(({details}) => Object.hasOwn(details ?? {}, 'despite_erasure'))).toMatchObject([
    {action: 'documents.ingested', details: {of_erased_persons: 4, despite_erasure: reason, documents: 4}},
  ])
  // And is erased with the person once more.
  await erase(workspace)
  expect(await sourcesOf(workspace)).toEqual(['docs/other.md'])
  expect(filesWith([workspace.home], traces)).toEqual([])
})

test('who has come back is let in again, but not the files that were erased, and the audit log has the reason', async () => {
  const workspace = new Workspace()
  await plantDocuments(workspace, ['letters'])
  await erase(workspace)
  const asked = {user: planted.email}
  const reason = 'Contract 2026/114'
  expect(await workspace.call(gdprSuppressionCheck, asked)).toMatchObject({
    refused: true,
    identities: [{kind: 'email'}],
  })
  const rehearsed = await workspace.call(gdprSuppressionLift, {...asked, reason, linked: true, dry_run: true})
  expect(rehearsed.lift).toBeNull()
  workspace.write('docs/new.md', `# New\n\nWrite to <${planted.email}>, please.\n`)
  const before = await workspace.ingest(['docs/new.md'], {collection: 'letters'})
  expect(before.failed.map(({reason: why}) => why)).toEqual(['erased_person'])

  const answer = await workspace.call(gdprSuppressionLift, {...asked, reason, linked: true})
  expect(answer.lifted).toEqual(rehearsed.lifted)
  for (const trace of traces) expect(JSON.stringify(answer)).not.toContain(trace)
  expect((await workspace.call(gdprSuppressionCheck, asked)).refused).toBe(false)
  const {failed, added} = await workspace.ingest(['docs'], {collection: 'letters'})
  expect(added).toBe(1)
  expect(failed.map(({source}) => source).toSorted()).toEqual(planters)
  for (const {message} of failed) expect(message).toContain('this very file')
  const {items} = await workspace.call(auditList, {action: 'suppression.lifted'})
  expect(items).toMatchObject([{resource: `suppression-lift:${answer.lift}`, details: {reason, left: 0}}])

  // And is erased, and refused, once more.
  await erase(workspace)
  expect((await workspace.call(gdprSuppressionCheck, asked)).refused).toBe(true)
  expect(filesWith([workspace.data], traces)).toEqual([])
})

test('a file that was erased for what its metadata said is refused by its bytes alone', async () => {
  const workspace = new Workspace()
  workspace.write('docs/plain.md', `# Plain\n\nNobody is named, but ${planted.words}.\n`)
  await workspace.ingest(['docs'], {collection: 'letters', metadata: {author: planted.email}})
  await erase(workspace)
  const {failed} = await workspace.ingest(['docs'], {collection: 'letters'})
  expect(failed).toMatchObject([{source: 'docs/plain.md', reason: 'erased_person'}])
  expect(failed[0]?.message).toContain('this very file')
})

test('a file that was read before an erasure and is written after it does not come back', async () => {
  const workspace = new Workspace()
  await plantDocuments(workspace, ['archive'])
  const replace = ChunkIndex.prototype.replaceDocuments
  let erasures = 0
  vi.spyOn(ChunkIndex.prototype, 'replaceDocuments').mockImplementation(async function (this: ChunkIndex, ...given) {
    // Everything is read, cut and compared; now the person is erased from beginning to end.
    if (erasures++ === 0) await erase(workspace)
    return replace.apply(this, given)
  })
  onTestFinished(() => void vi.restoreAllMocks())
  const {failed, added} = await workspace.ingest(['docs'], {collection: 'letters'})
  expect(failed.map(({source, reason}) => [source, reason])).toEqual(planters.map(source => [source, 'erased_person']))
  expect(added).toBe(1)
  expect(await sourcesOf(workspace)).toEqual(['docs/other.md'])
  expect(filesWith([workspace.home], traces)).toEqual([])
})

test('an erasure waits for a write that had begun before it, and erases what it wrote', async () => {
  const workspace = new Workspace()
  await plantDocuments(workspace, ['archive'])
  const hasBegun = Promise.withResolvers<void>()
  const mayGoOn = Promise.withResolvers<void>()
  const {begin} = Catalogue.prototype
  vi.spyOn(Catalogue.prototype, 'begin').mockImplementation(async function (this: Catalogue, ...given) {
    const attempt = await begin.apply(this, given)
    hasBegun.resolve()
    await mayGoOn.promise
    return attempt
  })
  const {awaitWriters} = LanceDbStore.prototype
  vi.spyOn(LanceDbStore.prototype, 'awaitWriters').mockImplementation(function (this: LanceDbStore) {
    mayGoOn.resolve()
    return awaitWriters.apply(this)
  })
  onTestFinished(() => void vi.restoreAllMocks())
  const ingesting = workspace.ingest(['docs'], {collection: 'letters'})
  await hasBegun.promise
  const receipts = await erase(workspace)
  mayGoOn.resolve()
  await ingesting
  expect(receipts.filter(({state, verified}) => state !== 'done' || !verified)).toEqual([])
  expect(await sourcesOf(workspace)).toEqual(['docs/other.md'])
  expect(filesWith([workspace.home], traces)).toEqual([])
})

test('after an erasure that was killed as soon as it was written down, and repeated, nothing comes back', async () => {
  const workspace = new Workspace()
  await plantDocuments(workspace, ['letters'])
  const child = startErasing(workspace)
  child.stdout.resume()
  const exited = once(child, 'exit')
  const isWritten = Promise.withResolvers<void>()
  const watcher = watch(workspace.home, {recursive: true}, (_, file) => {
    if (file?.endsWith('tombstones.ndjson')) isWritten.resolve()
  })
  await isWritten.promise
  child.kill('SIGKILL')
  await exited
  watcher.close()
  await erase(workspace)
  const {failed} = await workspace.ingest(['docs'], {collection: 'letters'})
  expect(failed.map(({source}) => source)).toEqual(planters)
  expect(filesWith([workspace.home], traces)).toEqual([])
})

test('a consent of somebody who was erased takes a reason', async () => {
  const workspace = new Workspace()
  await workspace.call(consentWordingAdd, {purpose: 'news', language: 'en', text: 'I agree.'})
  await workspace.within(async context => {
    const map = await PersonalDataMap.open(context)
    await collected(map.erase(await map.resolve(given), {keep: new Map()}))
  })
  const giving = {user: '+38640987654', purpose: 'news', language: 'en'}
  await expect(workspace.call(consentGive, giving)).rejects.toMatchObject({code: 'erased_person', exitCode: 6})
  for (const user of [planted.email, planted.customer]) {
    await expect(workspace.call(consentGive, {...giving, user})).rejects.toMatchObject({code: 'erased_person'})
  }
  await workspace.call(consentGive, {...giving, user: 'bor@primer.si'})
  const reason = 'Signed the form again'
  await workspace.call(consentGive, {...giving, despite_erasure: reason})
  const {items} = await workspace.call(auditList, {action: 'consent.given'})
  const reasons = items.map(({details}) => (details as Record<string, unknown>).despite_erasure)
  expect(reasons.toSorted()).toEqual([reason, undefined])
})

test('what a model was asked about somebody who was erased is answered and counted, and not kept', async () => {
  const workspace = new Workspace()
  await plantDocuments(workspace, ['letters'])
  await erase(workspace)
  const asked = (prompt: string, subject: string | null = null) => ({content: {subject, prompt, answer: 'Yes.'}})
  await workspace.within(async context => {
    const ledger = await ledgerOf(context)
    await ledger.record(context, ledgerEntry('named', asked('Whose?', planted.customer)))
    await ledger.record(context, ledgerEntry('mentioned', asked(`Is ${planted.email} away?`)))
    await ledger.record(context, ledgerEntry('other', asked('Is bor@primer.si away?')))
    const database = (await context.store()).read<LedgerTables>(context.tenant)
    const requests = await database.selectFrom('llm_requests').select('id').orderBy('id').execute()
    expect(requests.map(({id}) => id)).toEqual(['mentioned', 'named', 'other'])
    expect(await database.selectFrom('llm_contents').select(['request', 'prompt']).execute()).toEqual([
      {request: 'other', prompt: 'Is bor@primer.si away?'},
    ])
  })
  expect(filesWith([workspace.home], traces)).toEqual([])
})

test('where the key is gone by which persons are recognised, nothing is taken in', async () => {
  const workspace = new Workspace()
  await plantDocuments(workspace, ['letters'])
  await erase(workspace)
  const key = join(workspace.home, '.local', 'state', 'omni', 'erasures', 'default', 'erasure.key')
  expect(existsSync(key)).toBe(true)
  rmSync(key)
  const document = {source: 'new.md', content: 'ana@example.com'}
  await expect(workspace.call(ingest, {collection: 'letters', documents: [document]})).rejects.toMatchObject({
    code: 'erasure_key_file' satisfies ErasureKeyFileError['code'],
  })
  expect(existsSync(key)).toBe(false)
})
