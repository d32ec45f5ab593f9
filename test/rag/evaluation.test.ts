import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {LLMock} from '@copilotkit/aimock'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {Workspace} from '../support/workspace.ts'

const root = join(import.meta.dirname, '../..')

/** What the docs must reach; docs/rag-evaluation.md says what they do reach. */
const gates = ['contains_answer>=0.85', 'hit@5>=0.95', 'exact_quote>=1', 'false_refusals<=0.05']

async function handbook(): Promise<Workspace> {
  const workspace = new Workspace()
  workspace.write('docs/notice.md', '# Notice\n\nThe notice period is three months for every employee.\n')
  workspace.write('docs/vacation.md', '# Vacation\n\nEvery employee has 25 days of vacation a year.\n')
  workspace.write(
    'questions.jsonl',
    [
      {question: 'How long is the notice period?', answers: ['three months'], source: 'notice.md'},
      {question: 'How many days of vacation are there?', answers: ['25 days'], source: 'docs/vacation.md'},
      {question: 'Who painted the Sistine Chapel?', answerable: false},
    ]
      .map(line => `${JSON.stringify(line)}\n`)
      .join(''),
  )
  await workspace.ingest(['docs'])
  return workspace
}

describe('omni rag eval on questions', () => {
  test('measures passages, answers, citations and refusals', async () => {
    const workspace = await handbook()
    expect(await workspace.json(['rag', 'eval', 'questions.jsonl'])).toMatchObject({
      queries: 3,
      answers: 'extract',
      accuracy: 1,
      contains_answer: 1,
      exact_quote: 1,
      true_refusals: 1,
      false_refusals: 0,
      refusal_auroc: 1,
      'hit@5': 1,
      passed: true,
      missing_sources: [],
    })
  })

  test('a missed gate exits with 7, a gate that cannot be held with 2', async () => {
    const workspace = await handbook()
    const missed = await workspace.json(
      ['rag', 'eval', 'questions.jsonl', '--gate', 'accuracy>=1', '--gate', 'p50_ms<=0'],
      7,
    )
    expect(missed).toMatchObject({passed: false, gates: [{passed: true}, {passed: false, measure: 'p50_ms'}]})
    const wrong = await workspace.json<{error: {code: string; hint: string}}>(
      ['rag', 'eval', 'questions.jsonl', '--gate', 'ndgc>=0.7'],
      2,
    )
    expect(wrong.error).toMatchObject({code: 'rag_invalid_gate', hint: expect.stringContaining('ndcg@10')})
  })

  test('results are kept by name and in files, compared, and gated against', async () => {
    const workspace = await handbook()
    await workspace.json(['rag', 'eval', 'questions.jsonl', '--save', 'before'])
    await workspace.json(['rag', 'eval', 'questions.jsonl', '--save', 'before.json'])
    const compared = await workspace.json<{comparison: {measures: {verdict: string}[]}}>([
      'rag',
      'eval',
      'before.json',
      '--compare=before',
      '--gate=accuracy>=before',
      '--report=out.html',
    ])
    expect(compared.comparison.measures.length).toBeGreaterThan(5)
    expect(new Set(compared.comparison.measures.map(({verdict}) => verdict))).toEqual(new Set(['no difference shown']))
    expect(readFileSync(workspace.path('out.html'), 'utf8')).toContain('no difference shown')
    const unknown = await workspace.json<{error: {code: string}}>(['rag', 'eval', 'before', '--compare', 'never'], 5)
    expect(unknown.error.code).toBe('rag_unknown_result')
    const other = await workspace.json<{error: {code: string}}>(['rag', 'eval', 'before', '--tenant', 'other'], 2)
    expect(other.error.code).toBe('rag_invalid_set')
  })

  test('a file that is something else is never replaced', async () => {
    const workspace = await handbook()
    workspace.write('package.json', '{"name":"mine"}')
    const refused = await workspace.json<{error: {code: string}}>(
      ['rag', 'eval', 'questions.jsonl', '--save', 'package.json'],
      6,
    )
    expect(refused.error.code).toBe('rag_result_file_foreign')
    expect(readFileSync(workspace.path('package.json'), 'utf8')).toBe('{"name":"mine"}')
  })

  test('says which sources the collection does not hold', async () => {
    const workspace = await handbook()
    workspace.write('wrong.jsonl', '{"question":"How long is the notice period?","source":"gone.md"}\n')
    const finished = await workspace.omni(['rag', 'eval', 'wrong.jsonl', '--json'])
    expect(JSON.parse(finished.stdout)).toMatchObject({missing_sources: ['gone.md'], 'recall@10': 0})
    expect(finished.stderr).toContain('gone.md')
  })
})

describe('omni rag eval generate', () => {
  const mock = new LLMock({port: 0})
  beforeAll(() => mock.start())
  afterAll(() => mock.stop())

  test('needs a model', async () => {
    const workspace = await handbook()
    const refused = await workspace.json<{error: {code: string}}>(['rag', 'eval', 'generate', 'drafts.jsonl'], 9)
    expect(refused.error.code).toBe('llm_not_configured')
  })

  test('drafts questions with proved quotes, goes on where it stopped, and gives what eval reads', async () => {
    const files = await handbook()
    const workspace = new Workspace({
      dataDirectory: files.data,
      env: {OPENAI_BASE_URL: `${mock.url}/v1`, OPENAI_API_KEY: 'k'},
    })
    mock.onMessage(/three months for every employee/, {
      content:
        '{"question":"How much notice must I give?","answerable":true,"answer":"three months","quote":"The notice period is three months"}',
    })
    mock.onMessage(/25 days of vacation/, {
      content:
        '{"question":"How many free days do I get?","answerable":true,"answer":"40 days","quote":"40 days of vacation"}',
    })
    expect(await workspace.json(['rag', 'eval', 'generate', 'drafts.jsonl'])).toMatchObject({
      passages: 2,
      answerable: 1,
      discarded: {unproved: 1},
    })
    const again = await workspace.json(['rag', 'eval', 'generate', 'drafts.jsonl'])
    expect(again).toMatchObject({passages: 1, skipped: 1, answerable: 0})
    expect(readFileSync(workspace.path('drafts.jsonl'), 'utf8').trim().split('\n')).toHaveLength(1)
    expect(await workspace.json(['rag', 'eval', 'drafts.jsonl', '--extract'])).toMatchObject({queries: 1, accuracy: 1})
  })
})

/** The figures that docs/rag-evaluation.md names, on questions about this project's own docs. */
test('the project’s own documents are answered as the docs say', async () => {
  const workspace = new Workspace()
  await workspace.ingest([join(root, 'docs')])
  const result = await workspace.json<{passed: boolean; gates: unknown; missing_sources: string[]}>([
    'rag',
    'eval',
    join(root, 'test/fixtures/docs-questions.jsonl'),
    ...gates.flatMap(gate => ['--gate', gate]),
  ])
  expect(result, JSON.stringify(result.gates)).toMatchObject({passed: true, missing_sources: []})
})
