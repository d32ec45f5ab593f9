import {existsSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import type {Operation} from '@omni-ops/core/operation'
import {describe, expect, test} from 'vitest'
import {documentIdOf} from '../../plugins/rag/src/collection/catalogue.ts'
import {InvalidMetadataError} from '../../plugins/rag/src/index/metadata-filter.ts'
import {passageId} from '../../plugins/rag/src/index/passage.ts'
import {search} from '../../plugins/rag/src/operations/search.ts'
import {registry, Workspace} from '../support/workspace.ts'

const secret = 'Zebrafish'

async function twoTenants(): Promise<Workspace> {
  const workspace = new Workspace()
  workspace.write('private/plan.md', `# ${secret} plan\n\nThe ${secret} project is bought for nine million euros.\n`)
  workspace.write('public/menu.md', '# Menu\n\nOn Friday there is soup with bread.\n')
  await workspace.ingestAs('first', ['private'], {collection: 'plans'})
  await workspace.ingestAs('second', ['public'], {collection: 'menus'})
  return workspace
}

/** Inputs that would find the first tenant's document, for each operation that reads or takes out. */
const inputs: Readonly<Record<string, readonly Record<string, unknown>[]>> = {
  'rag.search': [
    {query: secret, collection: 'plans'},
    {query: secret, collection: 'menus'},
  ],
  'rag.query': [
    {query: `what is ${secret} bought for?`, collection: 'plans'},
    {query: secret, collection: 'menus'},
  ],
  'rag.chat': [
    {message: `what is ${secret} bought for?`, collection: 'plans'},
    {message: secret, collection: 'menus'},
    {message: secret, continue: true},
  ],
  'rag.list': [{collection: 'plans'}, {collection: 'menus'}],
  'rag.show': [
    {source: 'private/plan.md', collection: 'plans'},
    {source: 'private/plan.md', collection: 'menus'},
  ],
  'rag.remove': [
    {sources: ['private/plan.md'], collection: 'plans', dry_run: true},
    {all: true, collection: 'plans'},
  ],
  'rag.hold': [{sources: ['private/plan.md'], collection: 'plans', reason: 'a matter'}],
  'rag.release': [{sources: ['private/plan.md'], collection: 'plans'}],
  'rag.retain': [{sources: ['private/plan.md'], collection: 'plans', until: 'P1D'}],
  'rag.expire': [{collection: 'plans', dry_run: true}, {collection: 'menus'}],
  'rag.migrate': [{collection: 'plans', from: 'lancedb', to: 'pgvector', dry_run: true}],
  'rag.collections': [{}],
  'rag.health': [{}],
  'rag.status': [{collection: 'plans'}, {collection: 'menus'}],
  'rag.export': [{collection: 'plans'}, {collection: 'menus'}],
  'rag.duplicates': [{collection: 'plans'}, {collection: 'menus'}],
  'rag.optimize': [{collection: 'plans'}, {collection: 'menus'}],
  'rag.measure': [
    {questions: [{id: '1', question: 'what is the project bought for?'}], collection: 'plans'},
    {questions: [{id: '1', question: 'what is the project bought for?'}], collection: 'menus'},
  ],
  'rag.sample': [{collection: 'plans'}, {collection: 'menus'}],
  'rag.draft': [
    {collection: 'plans', passage: passageId({documentId: documentIdOf('plans', 'private/plan.md'), ordinal: 0})},
    {collection: 'menus', passage: passageId({documentId: documentIdOf('plans', 'private/plan.md'), ordinal: 0})},
  ],
  'rag.compare': [
    {collection: 'plans', documents: [{source: 'private/plan.md', content_hash: 'f'.repeat(64)}]},
    {collection: 'menus', documents: [{source: 'private/plan.md', content_hash: 'f'.repeat(64)}]},
  ],
}
/**
 * Operations that show nothing of what is there: ingest writes, eval reads files, tune too, models draft questions
 * and make vectors, and a tenant ends by its own name. Whose conversations are listed and forgotten is tested in chat.test.ts.
 */
const without = new Set(
  ['ingest', 'eval', 'tune', 'weigh', 'reembed', 'eval.generate', 'conversations', 'forget', 'remove-tenant'].map(
    name => `rag.${name}`,
  ),
)

describe('nothing of one tenant is visible in another', () => {
  test('in any operation of the domain', async () => {
    const workspace = await twoTenants()
    const operations = (await registry.operations()).filter(each => each.id.startsWith('rag.') && !without.has(each.id))
    expect(operations.map(each => each.id).toSorted()).toEqual(Object.keys(inputs).toSorted())
    for (const operation of operations) {
      for (const input of inputs[operation.id]!) {
        const outcome = await answerOrError(workspace, operation, input, 'second')
        if (operation.id === 'rag.compare') {
          expect(outcome).toMatchObject({documents: [{status: 'added'}]})
          continue
        }
        const {query: _, message: __, question: ___, ...answer} = outcome as Record<string, unknown>
        expect(JSON.stringify(answer), operation.id).not.toMatch(/zebrafish|private|nine million/i)
      }
    }
    const {results} = await workspace.call(search, {query: secret, collection: 'plans'}, 'first')
    expect(results[0]?.text).toContain('nine million')
  })

  test('nor its audit log', async () => {
    const workspace = await twoTenants()
    const mine = await workspace.json<{items: {resource: string}[]}>(['audit', 'list', '--tenant', 'second'])
    expect(mine.items.length).toBeGreaterThan(0)
    expect(JSON.stringify(mine)).not.toContain('plans')
  })

  test('the data of each are in a directory of its own', async () => {
    const workspace = await twoTenants()
    expect(readdirSync(join(workspace.data, 'rag')).toSorted()).toEqual(['first', 'second'])
    expect(readdirSync(join(workspace.data, 'rag', 'second')).some(name => name.startsWith('plans'))).toBe(false)
  })
})

describe('names that are none', () => {
  const hostile = ['../first', 'a/b', 'a\\b', '.', '', 'A', '-x', 'a b', "a'--", 'č', 'a'.repeat(64), '%2e%2e']

  test.for(hostile)('the tenant %j is refused', async tenant => {
    const workspace = new Workspace()
    await expect(workspace.call(search, {query: 'x'}, tenant)).rejects.toMatchObject({exitCode: 2})
    expect(existsSync(join(workspace.data, 'rag'))).toBe(false)
  })

  test.for(hostile)('the collection %j is refused', async collection => {
    const workspace = new Workspace()
    await expect(workspace.call(search, {query: 'x', collection})).rejects.toMatchObject({code: 'invalid_input'})
    workspace.write('docs/a.md', '# A\n')
    await expect(workspace.ingest(['docs'], {collection})).rejects.toMatchObject({code: 'invalid_input'})
    expect(existsSync(join(workspace.data, 'rag'))).toBe(false)
  })

  test('on the command line they are usage errors', async () => {
    const workspace = new Workspace()
    const answers = await Promise.all([
      workspace.omni(['rag', 'search', 'x', '--tenant', '../first']),
      workspace.omni(['rag', 'search', 'x', '--collection', '../first']),
    ])
    expect(answers.map(({code}) => code)).toEqual([2, 2])
  })
})

describe('metadata filters', () => {
  const values = [
    'plain',
    "O'Neill",
    "' OR 1=1 --",
    "x') OR true OR array_has(facets, 'y",
    '"quoted"',
    'back\\slash',
    'odpovedni rok č š ž',
    '日本語',
    '🦓',
    '%',
    '_',
    '\n',
    'a=b',
  ]

  test('match exactly what was given, whatever it is', async () => {
    const workspace = new Workspace()
    for (const [index, value] of values.entries()) {
      workspace.write(`docs/${index}.md`, `# Document ${index}\n\nThe warehouse is inspected.\n`)
      await workspace.ingest([`docs/${index}.md`], {metadata: {[value.trim() || 'blank']: value, same: value}})
    }
    await workspace.within(async context => {
      for (const [index, value] of values.entries()) {
        for (const key of ['same', value.trim() || 'blank']) {
          const {results} = await context.invoke(search, {
            query: 'warehouse inspected',
            top_k: 50,
            filter_metadata: {[key]: value},
          })
          expect(
            results.map(result => result.source),
            `${key}=${value}`,
          ).toEqual([`docs/${index}.md`])
          expect(results[0]?.metadata.same).toBe(value)
        }
      }
    })
  })

  test('with control characters that would blur key and value are refused', async () => {
    const workspace = new Workspace()
    workspace.write('docs/a.md', '# A\n\nThe warehouse is inspected.\n')
    await workspace.ingest(['docs'])
    for (const filter of [{a: 'x\0y'}, {'a\0': 'x'}, {a: 'x\u001fy'}]) {
      const searching = workspace.call(search, {query: 'warehouse', filter_metadata: filter})
      await expect(searching).rejects.toBeInstanceOf(InvalidMetadataError)
    }
    const ingesting = workspace.ingest(['docs'], {metadata: {a: 'x\0y'}})
    await expect(ingesting).rejects.toBeInstanceOf(InvalidMetadataError)
    const {count} = await workspace.call(search, {query: 'warehouse'})
    expect(count).toBe(1)
  })

  test('of a document that was written with them do not run as anything', async () => {
    const workspace = new Workspace()
    workspace.write('docs/a.md', `---\ntitle: "'); DROP TABLE rag_documents; --"\n"x' OR '1'='1": "y"\n---\n\nText.\n`)
    await workspace.ingest(['docs'])
    const {results} = await workspace.call(search, {query: 'text', filter_metadata: {"x' OR '1'='1": 'y'}})
    expect(results).toHaveLength(1)
  })
})

async function answerOrError(workspace: Workspace, operation: Operation, input: unknown, tenant: string) {
  try {
    return await workspace.call(operation, input as never, tenant)
  } catch (error) {
    const {code} = error as {code?: string}
    expect(
      ['unknown_collection', 'unknown_document', 'rag_unknown_passage'],
      `${operation.id}: ${String(error)}`,
    ).toContain(code)
    return {error: String(error).replaceAll('"plans"', '').replaceAll('private/plan.md', '')}
  }
}
