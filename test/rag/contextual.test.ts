import {readFileSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {LLMock} from '@copilotkit/aimock'
import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest'
import {remove} from '../../plugins/rag/src/operations/remove.ts'
import {search} from '../../plugins/rag/src/operations/search.ts'
import {show} from '../../plugins/rag/src/operations/show.ts'
import {status} from '../../plugins/rag/src/operations/status.ts'
import {Workspace} from '../support/workspace.ts'

const mock = new LLMock({port: 0})
beforeAll(() => mock.start())
afterAll(() => mock.stop())
beforeEach(() => mock.reset())

/** Words enough that each paragraph becomes a passage of its own. */
const filler = (word: string): string =>
  Array.from({length: 60}, (_, at) => `The ${word} was counted on day ${at}.`).join(' ')

function report(name: string, words: readonly string[]): string {
  return `# Report of ${name}\n\n${words.map(word => `## Part ${word}\n\n${filler(word)}\n`).join('\n')}`
}

function workspace(): Workspace {
  const files = new Workspace({
    env: {OPENAI_BASE_URL: `${mock.url}/v1`, OPENAI_API_KEY: 'k', OMNI_LLM_MODEL: 'gpt-4o-mini'},
  })
  files.write('docs/one.md', report('Acme', ['pump', 'valve', 'filter']))
  files.write('docs/two.md', report('Beta', ['chair', 'table', 'lamp']))
  return files
}

/** The model says the same of every passage that it is shown of a document. */
function answers(name: string, sentence: string): void {
  mock.onMessage(new RegExp(`Report of ${name}`), {
    content: Array.from({length: 12}, (_, at) => `[${at + 2}] ${sentence} number ${at + 2}.`).join('\n'),
  })
}

const holds = (directory: string, value: string): boolean =>
  readdirSync(directory, {recursive: true, withFileTypes: true})
    .filter(entry => entry.isFile())
    .some(entry => readFileSync(join(entry.parentPath, entry.name)).includes(value))

test('a passage is found by what the model says of it, which is never quoted and paid for once', async () => {
  const files = workspace()
  answers('Acme', 'It is about the Kingfisher campaign')
  answers('Beta', 'It is about the Heron campaign')
  await files.json(['rag', 'ingest', 'docs', '--contextual'])
  const asked = mock.getRequests().length
  expect(asked).toBeGreaterThan(0)
  const {results} = await files.call(search, {query: 'kingfisher campaign'})
  expect(results[0]?.source).toBe('docs/one.md')
  const {passages} = await files.call(show, {source: 'docs/one.md'})
  expect(passages.length).toBeGreaterThan(1)
  expect(JSON.stringify([results, passages])).not.toMatch(/kingfisher/i)
  const {usage} = await files.call(status, {})
  expect(usage).toMatchObject([{provider: 'openai', kind: 'context', requests: asked}])

  expect(await files.ingest(['docs'], {contextual: true})).toMatchObject({unchanged: 2})
  // Other metadata write the passages again, with what the model said of them before.
  expect(await files.ingest(['docs'], {contextual: true, metadata: {year: 2026}})).toMatchObject({changed: 2})
  expect(mock.getRequests()).toHaveLength(asked)
  expect((await files.call(search, {query: 'kingfisher'})).results[0]?.source).toBe('docs/one.md')
  files.write('docs/two.md', report('Beta', ['chair', 'table', 'mirror']))
  expect(await files.ingest(['docs'], {contextual: true, metadata: {year: 2026}})).toMatchObject({changed: 1})
  const more = mock
    .getRequests()
    .slice(asked)
    .map(request => JSON.stringify(request.body))
  expect(more.length).toBeGreaterThan(0)
  expect(more.join()).not.toContain('Report of Acme')

  await files.call(remove, {sources: ['docs/one.md'], erase: true})
  expect((await files.call(search, {query: 'kingfisher'})).results.map(({source}) => source)).not.toContain(
    'docs/one.md',
  )
  const rest = await files.within(async context => {
    const store = await context.store()
    return store
      .read<{rag_situations: {situation: string}}>(context.tenant)
      .selectFrom('rag_situations')
      .selectAll()
      .execute()
  })
  expect(JSON.stringify(rest)).not.toContain('Kingfisher')
  expect(holds(join(files.data, 'rag'), 'Kingfisher')).toBe(false)
})

test('a provider that fails in the middle costs nothing twice, and nothing is half written', async () => {
  const files = workspace()
  answers('Acme', 'It is about the Kingfisher campaign')
  mock.onMessage(/Report of Beta/, {error: {message: 'overloaded', type: 'server_error'}, status: 503})
  const failed = await files.omni(['rag', 'ingest', 'docs', '--contextual', '--json'])
  expect(failed.code).not.toBe(0)
  expect(JSON.parse(failed.stdout)).toHaveProperty('error.code')
  const ofAcme = (): number =>
    mock.getRequests().filter(({body}) => JSON.stringify(body).includes('Report of Acme')).length
  const paid = ofAcme()
  expect(paid).toBeGreaterThan(0)

  mock.clearFixtures()
  answers('Acme', 'It is about the Kingfisher campaign')
  answers('Beta', 'It is about the Heron campaign')
  expect(await files.json(['rag', 'ingest', 'docs', '--contextual'])).toMatchObject({added: 2, failures: 0})
  expect(ofAcme()).toBe(paid)
  for (const [query, source] of [
    ['kingfisher', 'docs/one.md'],
    ['heron', 'docs/two.md'],
  ] as const) {
    expect((await files.call(search, {query})).results[0]?.source).toBe(source)
  }
})

test('what a model writes beside the lines that were asked for is left aside', async () => {
  const files = workspace()
  mock.onMessage(/Report of/, {content: 'Sure! Here you are:\n[99] Nonsense\n[2]\n[2] The part on Ospreys.\nBye'})
  expect(await files.ingest(['docs'], {contextual: true})).toMatchObject({added: 2, failures: 0})
  expect((await files.call(search, {query: 'ospreys'})).count).toBeGreaterThan(0)
  expect((await files.call(search, {query: 'nonsense'})).results.some(({score}) => score > 0.5)).toBe(false)
})

test('without a language model it says what to set, and the setting asks for it as the flag does', async () => {
  const files = new Workspace({env: {RAG_CONTEXTUAL: 'true'}})
  files.write('docs/one.md', report('Acme', ['pump', 'valve']))
  expect(await files.json(['rag', 'ingest', 'docs'], 9)).toMatchObject({error: {code: 'rag_contextual_model_missing'}})
  expect(await files.json(['rag', 'ingest', 'docs', '--no-contextual'])).toMatchObject({added: 1})
})
