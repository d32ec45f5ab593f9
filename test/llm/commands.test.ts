import {spawn} from 'node:child_process'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {LLMock} from '@copilotkit/aimock'
import {afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test} from 'vitest'
import {environment, omni, program, temporaryHome} from '../cli/program.ts'
import {inTerminal} from '../cli/terminal.ts'
import {startServer} from '../support/server.ts'

const mock = new LLMock({port: 0})
const secret = 'sk-test-that-nobody-sees'

beforeAll(() => mock.start())
afterAll(() => mock.stop())
beforeEach(() => {
  mock.reset()
  mock.onMessage(/endless/, {content: 'and so on '.repeat(2_000)}, {latency: 40, chunkSize: 10})
  mock.onMessage(/number/, {content: '{"number": 7}'})
  mock.onMessage(/.*/, {content: 'Thirty days.'})
})

/** A home whose profile has a server that is away, and two that answer. */
function configuredHome(more = ''): string {
  const home = temporaryHome()
  const profiles = join(home, '.config', 'omni', 'profiles')
  mkdirSync(profiles, {recursive: true})
  writeFileSync(
    join(profiles, 'default.yaml'),
    `llm:
  deployments:
    - {id: away, provider: openai-compatible, model: qwen3, base_url: 'http://127.0.0.1:9/v1'}
    - {id: mini, provider: openai, model: gpt-5.4-mini, base_model: gpt-5.4-mini, base_url: '${mock.url}/v1', key_ref: 'file:${home}/key'}
    - {id: haiku, provider: anthropic, model: claude-haiku-4-5, base_model: claude-haiku-4-5, base_url: '${mock.url}', key_ref: 'file:${home}/key', region: eu}
  groups:
    default: {deployments: [away, mini], fallbacks: [haiku]}
    cheap: {deployments: [mini, haiku], strategy: cost}
${more}`,
  )
  writeFileSync(join(home, 'key'), secret, {mode: 0o600})
  return home
}

interface Answered {
  readonly text: string
  readonly deployment: string
  readonly request_id: string
  readonly cost_usd: string | null
  readonly attempts: readonly {readonly deployment: string; readonly outcome: string}[]
}

const jsonOf = <T>({stdout}: {readonly stdout: string}): T => JSON.parse(stdout) as T

describe('without configuration', () => {
  test('nothing is made up: it says what to set', async () => {
    const finished = await omni(['llm', 'ask', 'Hello', '--json'], {env: {RAG_LLM_BACKEND: 'none'}})
    expect(finished).toMatchObject({code: 9})
    expect(jsonOf(finished)).toMatchObject({
      error: {code: 'llm_not_configured', hint: expect.stringContaining('unset RAG_LLM_BACKEND')},
    })
    const keyless = await omni(['llm', 'ask', 'Hello'], {env: {RAG_LLM_BACKEND: 'anthropic'}})
    expect(keyless).toMatchObject({code: 9, stdout: '', stderr: expect.stringContaining('ANTHROPIC_API_KEY')})
  })

  test('a key of the environment is enough', async () => {
    const env = {OPENAI_API_KEY: secret, OPENAI_BASE_URL: `${mock.url}/v1`}
    expect(await omni(['llm', 'ask', 'How long?'], {env})).toMatchObject({
      code: 0,
      stdout: 'Thirty days.\n',
      stderr: '',
    })
  })
})

describe('omni llm ask', () => {
  test('knows what the command before it found failing', async () => {
    const home = configuredHome()
    const attempts = async () => {
      const {attempts: made} = jsonOf<Answered>(await omni(['llm', 'ask', 'How long?', '--json'], {home}))
      return made.map(({deployment}) => deployment)
    }
    expect(await attempts()).toEqual(['away', 'mini'])
    expect(await attempts()).toEqual(['mini'])
    const {stdout} = await omni(['llm', 'providers', '--json'], {home})
    expect(JSON.parse(stdout)).toMatchObject({
      deployments: [{deployment: 'away', state: 'cooling', reason: 'failures'}, {}, {}],
    })
  })

  test('fails over, says who was asked, and writes it down without the key', async () => {
    const home = configuredHome()
    const finished = await omni(['llm', 'ask', 'How long?', '--json'], {home})
    expect(finished.code).toBe(0)
    const answered = jsonOf<Answered>(finished)
    expect(answered).toMatchObject({text: 'Thirty days.', deployment: 'mini'})
    expect(Number(answered.cost_usd)).toBeGreaterThan(0)
    expect(answered.attempts.map(({deployment, outcome}) => [deployment, outcome])).toEqual([
      ['away', 'transient'],
      ['mini', 'answered'],
    ])
    const trail = await omni(['llm', 'route', 'explain', '--request', answered.request_id, '--json'], {home})
    expect(jsonOf<Answered>(trail).attempts.map(({outcome}) => outcome)).toEqual(['transient', 'answered'])
    const usage = await omni(['llm', 'usage', '--by', 'model', '--json'], {home})
    const csv = await omni(['llm', 'usage', '--by', 'model', '--csv'], {home})
    expect(csv.stdout).toMatch(/^name,calls,.*\r\nopenai\/gpt-5.4-mini,1,/)
    expect(jsonOf(usage)).toMatchObject({
      rows: [{name: 'openai/gpt-5.4-mini', calls: 1, unpriced: 0, cost_usd: answered.cost_usd}],
    })
    const providers = await omni(['llm', 'providers', '--json'], {home})
    expect(jsonOf(providers)).toMatchObject({
      deployments: [{configured: true}, {key: `file:${home}/key`, configured: true}, {}],
    })
    for (const {stdout, stderr} of [finished, trail, usage, providers]) expect(stdout + stderr).not.toContain(secret)
  })

  test('reads the prompt from stdin, and checks the answer against a schema', async () => {
    const home = configuredHome()
    const schema = {type: 'object', properties: {number: {type: 'integer'}}, required: ['number']}
    writeFileSync(join(home, 'schema.json'), JSON.stringify(schema))
    const argv = ['llm', 'ask', '-', '--schema', join(home, 'schema.json'), '--json']
    expect(jsonOf(await omni(argv, {home, input: 'Which number?'}))).toMatchObject({json: {number: 7}})
    const wrong = await omni(argv, {home, input: 'How long?'})
    expect(wrong.code).toBe(7)
    expect(jsonOf(wrong)).toMatchObject({error: {code: 'llm_schema_mismatch'}})
  })

  test.each([
    ['a model that nobody has', ['--model', 'nobody'], 5, 'llm_unknown_model'],
    ['no money for it', ['--max-cost', '0.000000001', '--model', 'mini'], 7, 'llm_budget_exceeded'],
    ['an amount that is none', ['--max-cost', 'much'], 2, 'usage'],
    ['a picture that is none', ['--image', '/dev/null'], 2, 'llm_unusable_image'],
    ['a picture that is a directory', ['--image', '/'], 2, 'path_unusable'],
    ['a picture from the network', ['--image', 'http://169.254.169.254/x.png'], 2, 'llm_unusable_image'],
    ['a region where nobody is', ['--region', 'mars'], 2, 'llm_no_candidate'],
    ['a picture that is not there', ['--image', 'nothing.png'], 5, 'no_such_file'],
    ['a schema that is not there', ['--schema', 'nothing.json'], 5, 'not_found'],
  ])('%s is told, and nothing is sent', async (_, flags, code, name) => {
    const finished = await omni(['llm', 'ask', 'How long?', '--json', ...flags], {home: configuredHome()})
    expect(finished.code).toBe(code)
    expect(jsonOf(finished)).toMatchObject({error: {code: name}})
    expect(mock.getRequests()).toEqual([])
  })

  test('reads what comes by a pipe where there is no prompt, and says that nothing came', async () => {
    const home = configuredHome()
    expect(await omni(['llm', 'ask', '--model', 'mini'], {home, input: 'Which number?\n'})).toMatchObject({
      stdout: '{"number": 7}\n',
    })
    expect(await omni(['llm', 'ask', '--model', 'mini'], {home})).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Missing PROMPT'),
    })
    expect(await omni(['llm', 'ask', '-', '--model', 'mini'], {home})).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('PROMPT: must not be empty'),
    })
  })

  test('says in the words of the command what does not fit, and what was not passed on', async () => {
    const home = configuredHome()
    const hot = await omni(['llm', 'ask', 'How long?', '--model', 'mini', '--temperature', '9'], {home})
    expect(hot).toMatchObject({code: 2, stderr: expect.stringContaining('--temperature: must be at most 2')})
    const thinking = await omni(['llm', 'ask', 'How long?', '--model', 'haiku', '--temperature', '1.5'], {home})
    expect(thinking).toMatchObject({code: 0, stdout: 'Thirty days.\n', stderr: expect.stringContaining('temperature')})
  })

  test('an answer that breaks off ends its line before it says so', async () => {
    mock.reset()
    mock.onMessage(/.*/, {content: 'and so on '.repeat(40)}, {chunkSize: 5, latency: 5, truncateAfterChunks: 12})
    const broken = await omni(['llm', 'ask', 'How long?', '--model', 'mini', '--stream'], {home: configuredHome()})
    expect(broken).toMatchObject({code: 1, stdout: expect.stringMatching(/^(and so on )+.*\n$/)})
    expect(broken.stderr).toMatch(/^Error: The answer of mini broke off/)
  })

  test('Ctrl-C in the middle ends it at once, and what was written is billed by our count', async () => {
    const home = configuredHome()
    const child = spawn(process.execPath, [program, 'llm', 'ask', 'An endless story', '--model', 'mini', '--stream'], {
      cwd: home,
      env: environment(home),
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const ended = new Promise<number | null>(settle => child.on('close', settle))
    await new Promise<void>(settle => child.stdout.once('data', () => settle()))
    child.kill('SIGINT')
    expect(await ended).toBe(130)
    const {rows} = jsonOf<{rows: object[]}>(await omni(['llm', 'usage', '--json'], {home}))
    expect(rows).toMatchObject([{name: 'openai/gpt-5.4-mini', calls: 1, estimated: 1, unpriced: 0}])
    expect(rows[0]).not.toMatchObject({output_tokens: 0})
  })
})

describe('budgets, keys and the cache', () => {
  test.each([
    ['llm usage --since 2026-02-31', 2, 'must be a day that there is'],
    ['llm usage --since yesterday', 2, 'must be 24h, 30d, 4w or a date such as 2026-01-31'],
    ['llm budget remove x', 2, 'needs a confirmation'],
    ['llm usage --csv --json', 2, '--json cannot also be provided when using --csv'],
    ['llm budget set 5 --time-zone Mars/Phobos', 2, '--time-zone: must be a time zone'],
    ['llm budget set 5 --scope model --of cheap', 2, 'a budget goes by models'],
    ['llm keys create editor --targets cheep', 5, 'There is no model, group or deployment cheep'],
    ['llm bench --model nobody', 5, 'There is no model, group or deployment nobody'],
  ])('%s is refused once, in one sentence', async (line, code, told) => {
    const finished = await omni(`${line} --json`.split(' '), {home: configuredHome()})
    expect(finished.code).toBe(code)
    const {error} = jsonOf<{error: {message: string; hint?: string}}>(finished)
    expect(error.message).toContain(told)
    // None of these commands can be rehearsed.
    expect(error.hint ?? '').not.toContain('--dry-run')
    expect(error.message).not.toContain('\n')
    expect(mock.getRequests()).toEqual([])
  })

  test('a group’s deployments are listed in its own order', async () => {
    const home = configuredHome('    mixed: {deployments: [haiku, mini]}\n')
    expect(jsonOf(await omni(['llm', 'models', '--json'], {home}))).toMatchObject({
      models: expect.arrayContaining([expect.objectContaining({name: 'mixed', deployments: ['haiku', 'mini']})]),
    })
  })

  test('a budget that is used up refuses, with its own exit code, until it is removed', async () => {
    const home = configuredHome()
    const set = await omni(['llm', 'budget', 'set', '0.000001', '--window', 'day', '--json'], {home})
    const refused = await omni(['llm', 'ask', 'How long?', '--model', 'mini', '--json'], {home})
    expect(refused.code).toBe(7)
    expect(jsonOf(refused)).toMatchObject({error: {code: 'llm_budget_exceeded'}})
    expect(mock.getRequests()).toEqual([])
    const {id} = jsonOf<{id: string}>(set)
    expect(await omni(['llm', 'budget', 'remove', id, '--yes'], {home})).toMatchObject({code: 0})
    expect(await omni(['llm', 'ask', 'How long?', '--model', 'mini'], {home})).toMatchObject({code: 0})
  })

  test('the same question is answered from the cache, for nothing, until it is purged', async () => {
    const home = configuredHome('  cache: {exact: true, with_temperature: true}\n')
    const ask = async () =>
      jsonOf<{cache: string; text: string}>(await omni(['llm', 'ask', 'How long?', '--json'], {home}))
    expect(await ask()).toMatchObject({cache: 'miss'})
    expect(await ask()).toMatchObject({cache: 'hit', text: 'Thirty days.', cost_usd: '0.00'})
    expect(mock.getRequests()).toHaveLength(1)
    expect(jsonOf(await omni(['llm', 'cache', 'stats', '--json'], {home}))).toMatchObject({entries: 1})
    expect(await omni(['llm', 'cache', 'purge', '--yes'], {home})).toMatchObject({code: 0})
    expect(await ask()).toMatchObject({cache: 'miss'})
  })
})

describe('omni llm compare and chat', () => {
  test('one that fails takes no answer of the others away', async () => {
    const finished = await omni(['llm', 'compare', 'How long?', '--models', 'mini,haiku,away', '--json'], {
      home: configuredHome(),
    })
    expect(jsonOf(finished)).toMatchObject({
      answers: [
        {target: 'mini', text: 'Thirty days.', error: null},
        {target: 'haiku', text: 'Thirty days.', error: null},
        {target: 'away', text: '', error: expect.stringContaining('llm_')},
      ],
    })
  })

  test('a person reads whole answers beside each other, and an answer that is ended by Ctrl-C ends its line', async () => {
    const home = configuredHome()
    const asked = ['llm', 'compare', 'How long?', '--models', 'mini,haiku', '--no-color']
    const comparing = inTerminal(process.execPath, [program, ...asked], {home})
    await comparing.until(/mini {2,}haiku\s+Thirty days\. {2,}Thirty days\./)
    expect((await comparing.ended).code).toBe(0)
    const endless = [program, 'llm', 'ask', 'An endless story', '--model', 'mini']
    const asking = inTerminal(process.execPath, endless, {home})
    await asking.until(/and so on/)
    asking.type('\u0003')
    await asking.until(/\n+Error: Cancelled/)
    expect((await asking.ended).code).toBe(130)
  })

  test('a conversation goes on with what was said', async () => {
    const home = configuredHome()
    await omni(['llm', 'chat', '--model', 'mini', '--message', 'How long?'], {home})
    const second = await omni(['llm', 'chat', '--continue', '--message', 'And then?', '--json'], {home})
    expect(jsonOf(second)).toMatchObject({turn: 2, deployment: 'mini', text: 'Thirty days.'})
    const {body} = mock.getLastRequest()!
    expect(body).toMatchObject({
      messages: [
        {role: 'user', content: expect.anything()},
        {role: 'assistant', content: expect.anything()},
        {role: 'user', content: expect.anything()},
      ],
    })
  })
})

test('the other domains ask through the router: fallbacks, records and budgets hold for them', async () => {
  const home = configuredHome()
  const docs = join(home, 'docs')
  mkdirSync(docs)
  writeFileSync(join(docs, 'notice.md'), '# Notice\n\nThe notice period is thirty days.\n')
  expect(await omni(['rag', 'ingest', docs], {home})).toMatchObject({code: 0})
  expect((await omni(['rag', 'query', 'How long is the notice period?'], {home})).code).toBe(0)
  const {rows} = jsonOf<{rows: object[]}>(await omni(['llm', 'usage', '--by', 'operation', '--json'], {home}))
  expect(rows).toMatchObject([{name: 'rag.query', calls: 1, unpriced: 0}])
  await omni(['llm', 'budget', 'set', '0.000001'], {home})
  const refused = await omni(['rag', 'query', 'When does the notice period begin?', '--json'], {home})
  expect(refused.code).toBe(7)
})

test('through a remote profile everything is done over there, streams included', async () => {
  const there = configuredHome()
  const here = temporaryHome()
  const server = await startServer(there)
  const key = await server.key(['llm:*', 'keys:write'])
  const env = {OMNI_URL: server.url, OMNI_API_KEY: key}
  const distant = (argv: readonly string[], more = {}) => omni(argv, {home: here, env: {...env, ...more}})
  expect(await distant(['llm', 'ask', 'How long?', '--stream'])).toMatchObject({code: 0, stdout: 'Thirty days.\n'})
  expect(jsonOf(await distant(['llm', 'compare', 'How long?', '--models', 'mini,haiku', '--json']))).toMatchObject({
    answers: [{text: 'Thirty days.'}, {text: 'Thirty days.'}],
  })
  expect(await distant(['llm', 'ask', 'x', '--model', 'nobody'])).toMatchObject({code: 5})
  for (const argv of [
    ['llm', 'providers'],
    ['llm', 'models'],
    ['llm', 'route', 'explain', 'How long?'],
    ['llm', 'budget', 'list'],
    ['llm', 'cache', 'stats'],
    ['llm', 'stats'],
  ]) {
    expect({argv, ...(await distant(argv))}).toMatchObject({argv, code: 0, stderr: ''})
  }
  const {rows} = jsonOf<{rows: object[]}>(await distant(['llm', 'usage', '--by', 'operation', '--json']))
  expect(rows).toMatchObject([
    {name: 'llm.ask', calls: 2, failed: 1},
    {name: 'llm.compare', calls: 2},
  ])

  // A key of its own asks what it may, as long as it is not revoked.
  const made = jsonOf<{key: string; prefix: string}>(
    await distant(['llm', 'keys', 'create', 'editor', '--targets', 'haiku', '--json']),
  )
  const limited = {OMNI_API_KEY: made.key}
  expect(await distant(['llm', 'ask', 'How long?', '--model', 'haiku'], limited)).toMatchObject({code: 0})
  expect(await distant(['llm', 'ask', 'How long?', '--model', 'mini'], limited)).toMatchObject({code: 4})
  expect(await distant(['llm', 'keys', 'revoke', made.prefix, '--yes'])).toMatchObject({code: 0})
  expect(await distant(['llm', 'ask', 'How long?', '--model', 'haiku'], limited)).toMatchObject({code: 4})
})

test('a client of the server that goes away ends the provider’s request, and what was written is billed by our count', async () => {
  const home = configuredHome()
  const server = await startServer(home)
  const headers = {authorization: `Bearer ${await server.key(['llm:*'])}`, 'content-type': 'application/json'}
  const gone = new AbortController()
  const answer = await fetch(`${server.url}/api/v1/llm/complete`, {
    method: 'POST',
    headers: {...headers, accept: 'text/event-stream'},
    body: JSON.stringify({prompt: 'An endless story', model: 'mini'}),
    signal: gone.signal,
  })
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
  let read = ''
  while (!read.includes('delta')) read += (await reader.read()).value ?? ''
  gone.abort()
  const usage = async () => {
    const {rows} = (await (await fetch(`${server.url}/api/v1/llm/usage`, {headers})).json()) as {rows: object[]}
    return rows
  }
  await expect.poll(usage, {timeout: 20_000}).toMatchObject([{name: 'openai/gpt-5.4-mini', calls: 1, estimated: 1}])
})
