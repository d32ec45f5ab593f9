import {describe, expect, test} from 'vitest'
import {invoke, type Operation} from '@omni-ops/core/operation'
import {registry, Workspace} from '../support/workspace.ts'

async function handbook(): Promise<Workspace> {
  const workspace = new Workspace()
  workspace.write('docs/notice.md', '# Notice\n\nThe notice period is three months for every employee.\n')
  workspace.write(
    'docs/vacation.md',
    '# Vacation\n\nEvery employee has 25 days of vacation a year.\n\n## Unused days\n\nUnused days expire in March.\n',
  )
  workspace.write('docs/odpoved.md', '# Odpovedni rok\n\nOdpovedni rok je trideset dni.\n')
  workspace.write(
    'set/corpus.jsonl',
    '{"_id":"a","title":"Pump","text":"Open the valve first."}\n{"_id":"b","title":"Filter","text":"Change it in spring."}\n',
  )
  workspace.write('set/queries.jsonl', '{"_id":"q","text":"which valve is opened"}\n')
  workspace.write('set/qrels/test.tsv', 'query-id\tcorpus-id\tscore\nq\ta\t1\n')
  await workspace.ingest(['docs'])
  return workspace
}

interface Case {
  readonly argv: readonly string[]
  readonly input: Record<string, unknown>
}

/** What a command line and a call of the operation give must be the same. */
const cases: Readonly<Record<string, Case>> = {
  'rag.search': {argv: ['notice period', '--top-k', '2'], input: {query: 'notice period', top_k: 2}},
  'rag.query': {argv: ['how long is the notice period?'], input: {query: 'how long is the notice period?'}},
  'rag.status': {argv: [], input: {}},
  'rag.list': {argv: ['--limit', '2'], input: {limit: 2}},
  'rag.show': {argv: ['docs/vacation.md'], input: {source: 'docs/vacation.md'}},
  'rag.collections': {argv: [], input: {}},
  'rag.remove': {argv: ['docs/notice.md', '--dry-run'], input: {sources: ['docs/notice.md'], dry_run: true}},
  'rag.optimize': {argv: [], input: {}},
  'rag.expire': {argv: ['--dry-run'], input: {dry_run: true}},
  'rag.release': {argv: ['docs/notice.md'], input: {sources: ['docs/notice.md']}},
  'rag.retain': {argv: ['docs/notice.md'], input: {sources: ['docs/notice.md']}},
  'rag.eval': {argv: ['set'], input: {set: 'set'}},
  'rag.conversations': {argv: [], input: {}},
  'rag.duplicates': {argv: [], input: {}},
  'rag.health': {argv: [], input: {}},
}
/**
 * `compare` has no command; `ingest` and `export` have their own, tested below; `chat` and `forget`, and drafts of
 * questions, are tested where a conversation and a model are; `measure`, `weigh`, `sample` and `draft` are what `eval`
 * and `tune` ask of the place with the documents; and so are new vectors, another database, weights, legal holds and the end of a tenant.
 */
const without = new Set(
  [
    'compare',
    'ingest',
    'export',
    'chat',
    'forget',
    'eval.generate',
    'migrate',
    'reembed',
    'tune',
    'remove-tenant',
    'measure',
    'weigh',
    'sample',
    'draft',
    'hold',
  ].map(name => `rag.${name}`),
)
/** Measured, so never the same twice. */
const measured = new Set(['p50_ms', 'p95_ms', 'docs_per_s', 'figures'])

describe('the command prints with --json what the operation answers', () => {
  test('for every operation of the domain', async () => {
    const workspace = await handbook()
    const operations = (await registry.operations()).filter(each => each.id.startsWith('rag.') && !without.has(each.id))
    expect(operations.map(each => each.id).toSorted()).toEqual(Object.keys(cases).toSorted())
    await workspace.within(async context => {
      for (const operation of operations) {
        const {argv, input} = cases[operation.id]!
        const printed = await workspace.json([...operation.id.split('.'), ...argv])
        expect(operation.output.safeParse(printed), operation.id).toMatchObject({success: true})
        const answered = await invoke(operation as Operation, input as never, context)
        expect(steady(printed), operation.id).toEqual(steady(answered as object))
      }
    })
  })

  test('export writes the passages that the operation gives, page after page, one a line', async () => {
    const workspace = await handbook()
    const operation = (await registry.operation('rag.export'))!
    const exported = await workspace.omni(['rag', 'export'])
    const lines = exported.stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as unknown)
    const items: unknown[] = []
    for (let cursor: string | null = null; ;) {
      const page = (await workspace.call(operation, {limit: 1, ...(cursor ? {cursor} : {})} as never)) as {
        items: unknown[]
        next: string | null
      }
      items.push(...page.items)
      cursor = page.next
      if (cursor === null) break
    }
    expect(lines).toEqual(items)
    expect(items.length).toBeGreaterThanOrEqual(3)
  })
})

describe('rag query --json', () => {
  test('has the fields that other programs read', async () => {
    const workspace = await handbook()
    const answer = await workspace.json<Record<string, unknown>>(['rag', 'query', 'how long is the notice period?'])
    expect(answer).toMatchObject({answered: true, kind: 'extract', answer: expect.stringContaining('three months')})
    const [citation] = answer.citations as Record<string, unknown>[]
    expect(citation).toMatchObject({
      source: 'docs/notice.md',
      page: null,
      line_start: 3,
      line_end: 3,
      quote: 'The notice period is three months for every employee.',
      score: expect.any(Number),
    })
  })

  test('says that there is no answer, and that is no failure', async () => {
    const workspace = await handbook()
    const finished = await workspace.omni(['rag', 'query', 'who painted the ceiling of the Sistine Chapel?', '--json'])
    expect(finished.code).toBe(0)
    expect(JSON.parse(finished.stdout)).toMatchObject({answered: false, citations: [], kind: 'extract'})
  })
})

describe('a pipe gets tab-separated values, one row a line', () => {
  test('of search, list and status, without a header', async () => {
    const workspace = await handbook()
    const found = await workspace.omni(['rag', 'search', 'notice period'])
    const [first] = found.stdout.split('\n')
    expect(first?.split('\t').slice(1)).toEqual([
      'docs/notice.md',
      '',
      expect.stringMatching(/^\d+$/),
      expect.stringMatching(/^\d+$/),
      expect.stringContaining('three months'),
    ])
    const listed = await workspace.omni(['rag', 'list'])
    expect(
      listed.stdout
        .trimEnd()
        .split('\n')
        .map(line => line.split('\t')[0]),
    ).toEqual(['docs/notice.md', 'docs/odpoved.md', 'docs/vacation.md'])
    expect(listed.stderr).toBe('')
  })

  test('ndjson, csv and yaml where they are asked for', async () => {
    const workspace = await handbook()
    const [ndjson, csv, yaml] = await Promise.all(
      ['ndjson', 'csv', 'yaml'].map(format => workspace.omni(['rag', 'list', '-o', format])),
    )
    expect(
      ndjson!.stdout
        .trimEnd()
        .split('\n')
        .map(line => (JSON.parse(line) as {source: string}).source),
    ).toHaveLength(3)
    expect(csv!.stdout.split('\r\n')[0]).toBe('source,title,language,chunks,bytes,state,acl,retain_until,ingested_at')
    expect(yaml!.stdout).toContain('source: docs/notice.md')
  })
})

describe('errors have a code, a hint and an exit code', () => {
  const expected: readonly (readonly [argv: readonly string[], exit: number, code: string])[] = [
    [['rag', 'search', 'x', '--collection', 'nowhere'], 5, 'unknown_collection'],
    [['rag', 'query', 'x', '--collection', 'nowhere'], 5, 'unknown_collection'],
    [['rag', 'status', '--collection', 'nowhere'], 5, 'unknown_collection'],
    [['rag', 'export', '--collection', 'nowhere'], 5, 'unknown_collection'],
    [['rag', 'list', '--collection', 'nowhere'], 5, 'unknown_collection'],
    [['rag', 'optimize', '--collection', 'nowhere'], 5, 'unknown_collection'],
    [['rag', 'remove', '--all', '--collection', 'nowhere', '--yes'], 5, 'unknown_collection'],
    [['rag', 'show', 'docs/nothing.md'], 5, 'unknown_document'],
    [['rag', 'remove', 'docs/nothing.md', '--yes'], 5, 'unknown_document'],
    [['rag', 'remove', 'docs/notice.md'], 2, 'usage'],
    [['rag', 'remove', '--yes'], 2, 'invalid_input'],
    [['rag', 'search'], 2, 'usage'],
    [['rag', 'search', 'x', '--top-k', '0'], 2, 'usage'],
    [['rag', 'search', 'x', '--top-k', 'many'], 2, 'invalid_input'],
    [['rag', 'search', 'x', '--filter-metadata', 'novalue'], 2, 'invalid_input'],
    [['rag', 'ingest'], 2, 'usage'],
    [['rag', 'ingest', 'docs', '--metadata', 'novalue'], 2, 'invalid_input'],
    [['rag', 'ingest', 'docs', '--no-such-flag'], 2, 'usage'],
    [['rag', 'list', '--cursor', 'no-cursor'], 2, 'invalid_input'],
    [['rag', 'eval', 'nowhere'], 2, 'rag_invalid_set'],
  ]

  test('as documented, and nothing on stdout but the error', async () => {
    const workspace = await handbook()
    for (const [argv, exit, code] of expected) {
      const finished = await workspace.omni([...argv, '--json'])
      const said = JSON.parse(finished.stdout) as {error: {code: string; message: string}}
      expect({argv, exit: finished.code, code: said.error.code}).toEqual({argv, exit, code})
      expect(said.error.message).not.toBe('')
    }
    const told = await workspace.omni(['rag', 'show', 'docs/nothing.md'])
    expect(told).toMatchObject({code: 5, stdout: ''})
    expect(told.stderr).toMatch(/Error: .*docs\/nothing\.md[\s\S]*Try: omni rag list[\s\S]*code: unknown_document/)
  })
})

function steady(answer: object): unknown {
  return Object.fromEntries(Object.entries(answer).filter(([key]) => !measured.has(key)))
}
