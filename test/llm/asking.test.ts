import {execFile} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {LLMock} from '@copilotkit/aimock'
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {environment, type Finished, omni, program} from '../cli/program.ts'
import {inTerminal} from '../cli/terminal.ts'

const mock = new LLMock({port: 0})
const home = mkdtempSync(join(tmpdir(), 'omni-asking-'))

beforeAll(async () => {
  await mock.start()
  const profiles = join(home, '.config', 'omni', 'profiles')
  mkdirSync(profiles, {recursive: true})
  writeFileSync(join(home, 'key'), 'sk-test-that-nobody-sees', {mode: 0o600})
  writeFileSync(
    join(profiles, 'default.yaml'),
    `llm:
  deployments:
    - {id: mini, provider: openai, model: gpt-5.4-mini, base_model: gpt-5.4-mini, base_url: '${mock.url}/v1', key_ref: 'file:${home}/key'}
    - {id: keyless, provider: anthropic, model: claude-haiku-4-5, key_ref: 'env:NOBODY_SETS_THIS'}
  retry: {attempts: 1}
`,
  )
})
afterAll(async () => {
  await mock.stop()
  rmSync(home, {recursive: true, force: true})
})
beforeEach(() => {
  mock.reset()
  mock.onMessage(/refused/, {error: {message: 'no', type: 'invalid_request_error'}, status: 400})
  mock.onMessage(/patience/, {content: 'At last.'}, {streamingProfile: {ttft: 1_500}})
  mock.onMessage(/endless/, {content: 'and so on '.repeat(2_000)}, {latency: 40, chunkSize: 10})
  mock.onMessage(/briefly/, {content: 'Thirty', finishReason: 'length'})
  mock.onMessage(/nothing/, {content: ''})
  mock.onMessage(/.*/, {content: 'Thirty days.'})
})

/** A line of a shell, where `omni` is the program: its pipes are those that a person has. */
function shell(line: string): Promise<Finished> {
  const script = `omni() { '${process.execPath}' '${program}' "$@"; }\n${line}`
  return new Promise(settle => {
    const child = execFile('sh', ['-c', script], {cwd: home, env: environment(home)}, (error, stdout, stderr) =>
      settle({code: error ? Number(error.code) : 0, stdout, stderr}),
    )
    child.stdin?.end()
  })
}

function lastMessage(): unknown {
  const {messages} = mock.getLastRequest()!.body as {messages: {content: unknown}[]}
  return messages.at(-1)!.content
}

describe('what comes by a pipe', () => {
  test('goes before the prompt, to one model and to several', async () => {
    expect(await shell(`printf 'a report\\n' | omni llm ask 'Sum it up' -m mini`)).toMatchObject({
      code: 0,
      stdout: 'Thirty days.\n',
    })
    expect(lastMessage()).toBe('a report\n\nSum it up')
    expect(await shell(`printf 'a report\\n' > report; omni llm compare 'Sum it up' -m mini < report`)).toMatchObject({
      code: 0,
    })
    expect(lastMessage()).toBe('a report\n\nSum it up')
  })

  test('is waited for beside a prompt only where it was surely given', async () => {
    expect(await shell(`omni llm ask 'How long?' < /dev/null`)).toMatchObject({code: 0})
    expect(lastMessage()).toBe('How long?')
    // Node's own pipes are sockets, and this one never ends.
    const child = execFile(process.execPath, [program, 'llm', 'ask', 'And then?'], {cwd: home, env: environment(home)})
    const code = await new Promise(settle => child.on('exit', settle))
    expect(code).toBe(0)
    expect(lastMessage()).toBe('And then?')
  })

  test('may be a picture, and is refused where it is neither that nor text', async () => {
    const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
    writeFileSync(join(home, 'pixel.png'), Buffer.from(pixel, 'base64'))
    expect(await shell(`omni llm ask 'What is it?' --image - < pixel.png`)).toMatchObject({code: 0})
    expect(lastMessage()).toMatchObject([
      {type: 'text', text: 'What is it?'},
      {image_url: {url: `data:image/png;base64,${pixel}`}},
    ])
    mock.clearRequests()
    for (const [line, code] of [
      [`omni llm ask 'What is it?' < pixel.png`, 'stdin_not_text'],
      [`omni llm chat < pixel.png`, 'stdin_not_text'],
      [`omni llm ask - --image - < pixel.png`, 'usage'],
      [`printf '' | omni llm ask 'What is it?' --image -`, 'llm_unusable_image'],
    ] as const) {
      expect({line, ...(await shell(line))}).toMatchObject({line, code: 2, stderr: expect.stringContaining(code)})
    }
    expect(mock.getRequests()).toEqual([])
  })
})

describe('where the text alone is printed', () => {
  test('what it lacks is said beside it', async () => {
    expect(await omni(['llm', 'ask', 'Say it briefly'], {home})).toMatchObject({
      code: 0,
      stdout: 'Thirty\n',
      stderr: 'Warning: the answer is cut off by the limit on tokens; raise --max-tokens\n',
    })
    expect(await omni(['llm', 'ask', 'Say nothing'], {home})).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'Warning: the answer is empty\n',
    })
  })

  test('a reader that has seen enough ends it without a word, and what was written is billed by our count', async () => {
    const usage = async () => {
      const {stdout} = await omni(['llm', 'usage', '--by', 'operation', '--json'], {home})
      const {rows} = JSON.parse(stdout) as {rows: {name: string; output_tokens: number; estimated: number}[]}
      return rows.find(({name}) => name === 'llm.ask') ?? {output_tokens: 0, estimated: 0}
    }
    const before = await usage()
    expect(await shell(`omni llm ask 'An endless story' --stream < /dev/null | head -c 12`)).toEqual({
      code: 0,
      stdout: 'and so on an',
      stderr: '',
    })
    const after = await usage()
    expect(after.estimated).toBe(before.estimated + 1)
    expect(after.output_tokens).toBeGreaterThan(before.output_tokens)
  })
})

test('a file that a flag names is told of by the flag', async () => {
  for (const [flag, content, told] of [
    ['--schema', '[1]', '--schema: must be an object, not a list'],
    ['--tools', '[{"name": "find"}]', '--tools: 0.input_schema is required'],
  ] as const) {
    writeFileSync(join(home, 'given.json'), content)
    expect(await omni(['llm', 'ask', 'How long?', flag, 'given.json'], {home, cwd: home})).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(told),
    })
  }
})

describe('conversations', () => {
  test('are listed, shown and forgotten by who had them', async () => {
    const said = async (...argv: string[]) => {
      const finished = await omni(['llm', 'chat', '--json', ...argv], {home})
      return JSON.parse(finished.stdout) as {conversation: string}
    }
    const {conversation: first} = await said('--message', 'How long is it?', '-s', 'Be brief', '-m', 'mini')
    const {conversation: second} = await said('--message', 'Who are you?')
    await said('--conversation', first, '--message', 'And then?')
    const listed = async () => JSON.parse((await omni(['llm', 'conversations', '--json'], {home})).stdout) as object
    expect(await listed()).toMatchObject({
      items: [
        {id: first, target: 'mini', first_message: 'How long is it?', turns: 2},
        {id: second, first_message: 'Who are you?', turns: 1},
      ],
    })
    const shown = await omni(['llm', 'conversations', 'show', first, '-o', 'json'], {home})
    expect(JSON.parse(shown.stdout)).toMatchObject({
      system: 'Be brief',
      turns: [
        {number: 1, message: 'How long is it?', answer: 'Thirty days.'},
        {number: 2, message: 'And then?', answer: 'Thirty days.'},
      ],
    })
    const read = inTerminal(process.execPath, [program, 'llm', 'conversations', 'show', first], {home})
    await read.until(/> How long is it\?\n+Thirty days\.\n+> And then\?\n+Thirty days\./)
    expect((await read.ended).code).toBe(0)
    await omni(['llm', 'forget', second, '--yes'], {home})
    expect(await listed()).toMatchObject({items: [{id: first}]})
    expect(await omni(['llm', 'conversations', 'show', second], {home})).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('`omni llm conversations` lists yours'),
    })
  })

  test('go on for a person after an answer that failed, and say that they wait for one', async () => {
    const talking = inTerminal(process.execPath, [program, 'llm', 'chat'], {home})
    await talking.until(/Say/)
    talking.type('Have patience\r')
    await talking.until(/Waiting for the answer/)
    await talking.until(/At last\.\n+openai\/gpt-5\.4-mini/)
    talking.type('This is refused\r')
    await talking.until(/code: llm_rejected/)
    talking.type('How long?\r')
    await talking.until(/Thirty days\./)
    await talking.until(/Say/)
    talking.type('\r')
    expect((await talking.ended).code).toBe(0)
    const first = inTerminal(process.execPath, [program, 'llm', 'chat'], {home})
    await first.until(/Say/)
    first.type('This is refused\r')
    expect((await first.ended).code).toBe(1)
  })
})

test('a deployment that lacks something says what', async () => {
  const {stdout} = await omni(['llm', 'providers', '--json'], {home})
  expect(JSON.parse(stdout)).toMatchObject({
    deployments: [
      {configured: true, problem: null},
      {configured: false, problem: 'The deployment keyless has no key: NOBODY_SETS_THIS is not set'},
    ],
  })
})
