import {type Context, invoke, type Operation, type OperationInput, type Principal} from '@omni-ops/core/operation'
import {describe, expect, onTestFinished, test} from 'vitest'
import {documentIdOf} from '../../plugins/rag/src/collection/catalogue.ts'
import {passageId} from '../../plugins/rag/src/index/passage.ts'
import {exportPassages} from '../../plugins/rag/src/operations/export.ts'
import {ingest} from '../../plugins/rag/src/operations/ingest.ts'
import {list} from '../../plugins/rag/src/operations/list.ts'
import {remove} from '../../plugins/rag/src/operations/remove.ts'
import {search} from '../../plugins/rag/src/operations/search.ts'
import {show} from '../../plugins/rag/src/operations/show.ts'
import {status} from '../../plugins/rag/src/operations/status.ts'
import {startEmbeddingServer} from '../support/embedding-server.ts'
import {registry, Workspace} from '../support/workspace.ts'

const secret = 'Zebrafish'

function principal(id: string, groups: readonly string[] = []): Principal {
  return {id, kind: 'key', scopes: ['rag:*'], groups}
}

const stranger = principal('key:stranger', ['sales'])
const insider = principal('key:insider', ['hr'])
const named = principal('key:named')

function callAs<O extends Operation>(workspace: Workspace, who: Principal, operation: O, input: OperationInput<O>) {
  return workspace.within(async session => {
    const context: Context = {
      ...session,
      principal: who,
      operation: operation.id,
      invoke: (inner, innerInput) => invoke(inner, innerInput, {...context, operation: inner.id}),
    }
    return invoke(operation, input, context)
  })
}

async function handbook(): Promise<Workspace> {
  const workspace = new Workspace()
  workspace.write('private/plan.md', `# ${secret} plan\n\nThe ${secret} project is bought for nine million euros.\n`)
  workspace.write('public/menu.md', '# Menu\n\nOn Friday there is soup, bought for the project of the canteen.\n')
  await workspace.ingest(['private'], {acl: ['group:hr', 'user:key:named']})
  await workspace.ingest(['public'])
  return workspace
}

/** Inputs that would find the document, for each operation that reads or takes out. */
const inputs: Readonly<Record<string, readonly Record<string, unknown>[]>> = {
  'rag.search': [
    {query: secret},
    {query: 'project bought', filter_metadata: {'omni.access': ['group:hr']}},
    {query: 'project bought', filter_metadata: {'omni.access': 'public'}},
  ],
  'rag.query': [{query: `what is the ${secret} project bought for?`}],
  'rag.list': [{}, {under: 'private'}],
  'rag.show': [{source: 'private/plan.md'}],
  'rag.remove': [
    {sources: ['private/plan.md'], dry_run: true},
    {all: true, dry_run: true},
  ],
  'rag.hold': [{sources: ['private/plan.md'], reason: 'a matter'}],
  'rag.release': [{sources: ['private/plan.md']}],
  'rag.retain': [{sources: ['private/plan.md'], until: 'P1D'}],
  'rag.expire': [{dry_run: true}],
  'rag.collections': [{}],
  'rag.status': [{}],
  'rag.export': [{}],
  'rag.duplicates': [{}],
  'rag.chat': [{message: `what is the ${secret} project bought for?`}],
  'rag.conversations': [{}],
  'rag.optimize': [{}],
  'rag.measure': [{questions: [{id: '1', question: `what is the ${secret} project bought for?`}]}],
  'rag.sample': [{}],
  'rag.draft': [{passage: passageId({documentId: documentIdOf('default', 'private/plan.md'), ordinal: 0})}],
  'rag.compare': [{documents: [{source: 'private/plan.md', content_hash: 'f'.repeat(64)}]}],
}
/**
 * Operations that show nothing of what is there, or only by the searches of others: an evaluation asks as rag.query
 * does, and drafts need a language model.
 */
const without = new Set(
  'rag.ingest rag.eval rag.eval.generate rag.forget rag.health rag.migrate rag.reembed rag.remove-tenant rag.tune rag.weigh'.split(
    ' ',
  ),
)

describe('what an access list keeps to some', () => {
  test('is in no answer of any operation to others', async () => {
    const workspace = await handbook()
    const operations = (await registry.operations()).filter(each => each.id.startsWith('rag.') && !without.has(each.id))
    expect(operations.map(each => each.id).toSorted()).toEqual(Object.keys(inputs).toSorted())
    for (const operation of operations) {
      for (const input of inputs[operation.id]!) {
        const outcome = await callAs(workspace, stranger, operation, input as never).catch(
          ({code, message}: {code: string; message: string}) => ({code, message}),
        )
        const told = JSON.stringify(outcome)
        if (operation.id === 'rag.compare') expect(outcome).toMatchObject({documents: [{status: 'added'}]})
        else if (!('code' in outcome && told.includes('There is no document'))) {
          expect(told, operation.id).not.toMatch(/plan\.md|nine million/)
        }
      }
    }
    expect(await callAs(workspace, stranger, status, {})).toMatchObject({documents: 1})
  })

  test('is there for the group, for the user and for the owner of the machine, and the list is not shown', async () => {
    const workspace = await handbook()
    for (const who of [insider, named]) {
      const {results} = await callAs(workspace, who, search, {query: secret})
      expect(results[0]).toMatchObject({source: 'private/plan.md', metadata: {}})
      expect((await callAs(workspace, who, list, {})).items).toHaveLength(2)
      expect((await callAs(workspace, who, exportPassages, {})).items).toHaveLength(2)
    }
    expect((await workspace.call(search, {query: secret})).results[0]?.source).toBe('private/plan.md')
  })

  test('is shown to those who may write documents, and to no others', async () => {
    const workspace = await handbook()
    const reader: Principal = {...insider, scopes: ['rag:read']}
    const shownTo = async (who: Principal) => {
      const {items} = await callAs(workspace, who, list, {})
      const {document} = await callAs(workspace, who, show, {source: 'private/plan.md'})
      return [document.acl, ...items.map(({acl}) => acl)]
    }
    const entries = ['group:hr', 'user:key:named']
    expect(await shownTo(insider)).toEqual([entries, entries, ['public']])
    expect(await shownTo(reader)).toEqual([null, null, null])
    const {items} = await workspace.json<{items: {acl: string[]}[]}>(['rag', 'list'])
    expect(items.map(({acl}) => acl)).toEqual([entries, ['public']])
  })

  test('is changed without embedding anything anew', async () => {
    const server = await startEmbeddingServer()
    onTestFinished(() => server.close())
    const workspace = new Workspace({env: {RAG_EMBEDDING_MODEL: 'ollama', OLLAMA_HOST: server.url}})
    workspace.write('docs/plan.md', `# ${secret}\n\nThe ${secret} project is bought for nine million euros.\n`)
    await workspace.ingest(['docs'])
    const before = server.requests
    expect(before).toBeGreaterThan(0)
    expect(await workspace.ingest(['docs'], {acl: ['group:hr']})).toMatchObject({changed: 1})
    expect(server.requests).toBe(before)
    expect((await callAs(workspace, stranger, search, {query: secret, lexical: true})).count).toBe(0)
    expect((await callAs(workspace, insider, search, {query: secret, lexical: true})).count).toBe(1)
  })

  test('fills no place among the best: a search is as long as what the caller may see allows', async () => {
    const workspace = new Workspace()
    for (let number = 0; number < 60; number++) {
      workspace.write(`private/${number}.md`, `# Zebrafish ${number}\n\nzebrafish zebrafish zebrafish ${number}\n`)
    }
    workspace.write('open.md', '# Aquarium\n\nOnce there was a zebrafish in the hall.\n')
    await workspace.ingest(['private'], {acl: ['group:hr']})
    await workspace.ingest(['open.md'])
    const {results} = await callAs(workspace, stranger, search, {query: 'zebrafish', top_k: 5})
    expect(results.map(({source}) => source)).toEqual(['open.md'])
  })

  test('cannot be overwritten or removed by others', async () => {
    const workspace = await handbook()
    const documents = [{source: 'private/plan.md', content: 'mine now', metadata: {'omni.access': ['public']}}]
    await expect(callAs(workspace, stranger, ingest, {documents})).rejects.toMatchObject({code: 'document_hidden'})
    await expect(callAs(workspace, stranger, remove, {sources: ['private/plan.md']})).rejects.toMatchObject({
      code: 'unknown_document',
    })
    await expect(callAs(workspace, stranger, remove, {all: true})).rejects.toMatchObject({code: 'document_hidden'})
    // Metadata under the index's own key open nothing.
    await callAs(workspace, insider, ingest, {documents})
    expect((await callAs(workspace, stranger, search, {query: 'mine now'})).count).toBe(0)
  })

  test('stays when the document changes, goes over to what it holds, and ends with public', async () => {
    const workspace = await handbook()
    workspace.write('private/plan.md', `# ${secret} plan\n\nThe ${secret} project is cancelled.\n`)
    expect(await workspace.ingest(['private'])).toMatchObject({changed: 1})
    expect((await callAs(workspace, stranger, search, {query: secret})).count).toBe(0)

    const message = (attachment: string): string =>
      `From: a@example.si\nSubject: ${secret}\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nbody\n${attachment}--b--\n`
    workspace.write('mail/a.eml', message(''))
    await workspace.ingest(['mail'], {acl: ['group:hr']})
    workspace.write(
      'mail/a.eml',
      message(`--b\nContent-Disposition: attachment; filename=a.txt\n\n${secret} in the attachment\n`),
    )
    await workspace.ingest(['mail'])
    expect((await callAs(workspace, stranger, list, {under: 'mail'})).items).toEqual([])
    expect((await callAs(workspace, insider, list, {under: 'mail'})).items).toHaveLength(2)

    await workspace.ingest(['private'], {acl: ['public']})
    expect((await callAs(workspace, stranger, search, {query: secret})).results[0]?.source).toBe('private/plan.md')
  })
})

test('where the index is on the machine is told to whoever may examine the machine', async () => {
  const workspace = await handbook()
  const reader: Principal = {...stranger, scopes: ['rag:read']}
  expect(JSON.stringify(await callAs(workspace, reader, status, {}))).not.toContain(workspace.directory)
  expect(await callAs(workspace, stranger, status, {})).toMatchObject({index_directory: null})
  const told = {index_directory: expect.stringContaining(workspace.data)}
  expect(await callAs(workspace, {...reader, scopes: ['rag:read', 'doctor:read']}, status, {})).toMatchObject(told)
  expect(await workspace.call(status, {})).toMatchObject(told)
})
