import {LLMock} from '@copilotkit/aimock'
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {invoke} from '@omni-ops/core/operation'
import {chat} from '../../plugins/rag/src/operations/chat.ts'
import {program} from '../cli/program.ts'
import {inTerminal} from '../cli/terminal.ts'
import {Workspace} from '../support/workspace.ts'

interface Said {
  readonly conversation: string
  readonly turn: number
  readonly question: string
  readonly question_by: string
  readonly answer: string
  readonly answered: boolean
}

async function handbook(): Promise<Workspace> {
  const workspace = new Workspace()
  workspace.write(
    'docs/notice.md',
    '# Notice\n\nThe notice period is three months for every employee.\n\nA manager must confirm the notice in writing.\n',
  )
  workspace.write('docs/vacation.md', '# Vacation\n\nEvery employee has 25 days of vacation a year.\n')
  await workspace.ingest(['docs'])
  return workspace
}

describe('omni rag chat', () => {
  test('understands a message by the one before it, without a model, and says how', async () => {
    const workspace = await handbook()
    const first = await workspace.json<Said>(['rag', 'chat', '--message', 'How long is the notice period?'])
    expect(first).toMatchObject({turn: 1, question_by: 'message', answer: expect.stringContaining('three months')})
    const second = await workspace.json<Said>(['rag', 'chat', '--continue', '--message', 'And who must confirm it?'])
    expect(second).toMatchObject({
      conversation: first.conversation,
      turn: 2,
      question_by: 'carried over',
      question: expect.stringMatching(/^And who must confirm it\? .*notice/u),
      answer: expect.stringContaining('manager'),
    })
    const listed = await workspace.json<{items: object[]}>(['rag', 'conversations'])
    expect(listed.items).toMatchObject([
      {id: first.conversation, turns: 2, first_message: 'How long is the notice period?', collection: 'default'},
    ])
  })

  test('takes a message a line from stdin, in one conversation', async () => {
    const workspace = await handbook()
    const input = 'How long is the notice period?\n\nHow many days of vacation does an employee have?\n'
    const finished = await workspace.omni(['rag', 'chat', '-o', 'json'], {input})
    const said = finished.stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Said)
    expect(said.map(({turn}) => turn)).toEqual([1, 2])
    expect(new Set(said.map(({conversation}) => conversation)).size).toBe(1)
    expect(said[1]?.answer).toContain('25 days')
    expect(await workspace.omni(['rag', 'chat', '--json'])).toMatchObject({code: 2})
  })

  test('shows the passages where they are asked for', async () => {
    const workspace = await handbook()
    const argv = ['How long is the notice period?', '--show-context']
    const asked = await workspace.json<{context: {text: string}[]}>(['rag', 'query', ...argv])
    expect(asked.context[0]?.text).toContain('three months')
    const told = await workspace.omni(['rag', 'chat', '--message', ...argv])
    expect(told.stdout).toMatch(/Read for the answer:[\s\S]*\[1\] docs\/notice\.md/)
  })

  test('a conversation is its tenant’s and its owner’s alone, and can be forgotten', async () => {
    const workspace = await handbook()
    const {conversation} = await workspace.json<Said>(['rag', 'chat', '--message', 'How long is the notice period?'])
    const elsewhere = ['rag', 'chat', '--conversation', conversation, '--message', 'x', '--tenant', 'other']
    expect(await workspace.json(elsewhere, 5)).toMatchObject({error: {code: 'unknown_conversation'}})
    expect(await workspace.json(['rag', 'conversations', '--tenant', 'other'])).toEqual({items: []})
    const asSomebodyElse = workspace.within(context =>
      invoke(
        chat,
        {message: 'x', conversation},
        {...context, principal: {id: 'somebody', kind: 'key', scopes: ['rag:*']}, operation: chat.id},
      ),
    )
    await expect(asSomebodyElse).rejects.toMatchObject({code: 'unknown_conversation'})
    await workspace.json(['rag', 'forget', conversation, '--yes'])
    expect(await workspace.json(['rag', 'chat', '--continue', '--message', 'x'], 5)).toMatchObject({
      error: {code: 'unknown_conversation'},
    })
  })

  test('asks on a terminal until an empty line', async () => {
    const workspace = await handbook()
    const argv = [program, 'rag', 'chat']
    const terminal = inTerminal(process.execPath, argv, {home: workspace.home, cwd: workspace.directory, columns: 100})
    await terminal.until(/Ask \(empty to end\):/)
    terminal.type('How long is the notice period?\r')
    await terminal.until(/three months/)
    await terminal.until(/Ask \(empty to end\):/)
    terminal.type('\r')
    expect(await terminal.ended).toMatchObject({code: 0})
  })
})

describe('with a language model', () => {
  const mock = new LLMock({port: 0})
  beforeAll(() => mock.start())
  afterAll(() => mock.stop())
  beforeEach(() => {
    mock.reset()
  })

  async function withModel(): Promise<Workspace> {
    const files = await handbook()
    return new Workspace({dataDirectory: files.data, env: {OPENAI_BASE_URL: `${mock.url}/v1`, OPENAI_API_KEY: 'k'}})
  }

  test('a message that refers back is rewritten, and answered as rewritten', async () => {
    const workspace = await withModel()
    mock.onMessage(/^HISTORY [\s\S]*Message: And who confirms it\?$/, {content: 'Who must confirm the notice?'})
    mock.onMessage(/Question: Who must confirm the notice\?$/, {
      content:
        'A manager must confirm the notice [1].\n---quotes---\n[1] "A manager must confirm the notice in writing"',
    })
    mock.onMessage(/Question: How long/, {
      content: 'The notice period is three months [1].\n---quotes---\n[1] "The notice period is three months"',
    })
    await workspace.json(['rag', 'chat', '--message', 'How long is the notice period?'])
    const said = await workspace.json<Said>(['rag', 'chat', '--continue', '--message', 'And who confirms it?'])
    expect(said).toMatchObject({
      question: 'Who must confirm the notice?',
      question_by: 'model',
      answered: true,
      unsupported: [],
      citations: [{source: 'docs/notice.md', quote: 'A manager must confirm the notice in writing'}],
    })
  })

  test('a sentence that nothing supports is marked, and an answer that cites nothing is withdrawn', async () => {
    const workspace = await withModel()
    mock.onMessage(/Question: How long/, {
      content:
        'The notice period is three months [1]. Friends of the boss may leave at once.\n---quotes---\n[1] "The notice period is three months"',
    })
    mock.onMessage(/Question: Who/, {content: 'Nobody needs to know.'})
    const marked = await workspace.omni(['rag', 'query', 'How long is the notice period?'])
    expect(marked.stdout).toMatch(/Not supported by the documents:\n {2}! Friends of the boss may leave at once\./)
    const withdrawn = await workspace.omni(['rag', 'query', 'Who confirms the notice?'])
    expect(withdrawn.stdout).toContain('Withdrawn')
    expect(await workspace.json(['rag', 'query', 'Who confirms the notice?'])).toMatchObject({
      answered: false,
      withdrawn: true,
      citations: [],
    })
  })

  test('the model can order the passages', async () => {
    const workspace = await withModel()
    mock.onMessage(/Query: employee$/, {content: '[2] > [1]'})
    const [plain, ordered] = await Promise.all(
      [[], ['--rerank', 'llm']].map(flags =>
        workspace.json<{results: {id: string}[]}>(['rag', 'search', 'employee', ...flags]),
      ),
    )
    expect(ordered!.results.map(({id}) => id)).toEqual(plain!.results.map(({id}) => id).toReversed())
  })
})
