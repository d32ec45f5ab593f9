import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {createServer, type ServerResponse} from 'node:http'
import {type AddressInfo, connect, createServer as createNetServer, type Server} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createAnthropic} from '@ai-sdk/anthropic'
import {createOpenAI} from '@ai-sdk/openai'
import Anthropic from '@anthropic-ai/sdk'
import {LLMock} from '@copilotkit/aimock'
import {generateText, jsonSchema, Output, stepCountIs, streamText, tool} from 'ai'
import Database from 'better-sqlite3'
import OpenAI from 'openai'
import {afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test} from 'vitest'
import {omni} from '../cli/program.ts'
import {PublishedTypes} from '../support/published-types.ts'
import {type RunningServer, spawnServer} from '../support/server.ts'

/**
 * The gateway as its users have it: the built `omni serve` in a process of its own, over a profile with every provider,
 * asked by clients of both vendors and looked at by other processes.
 */
const mock = new LLMock({port: 0})
const secret = 'sk-test-that-nobody-sees'
const home = mkdtempSync(join(tmpdir(), 'omni-gateway-'))
const published = new PublishedTypes()
const deployments = ['mini', 'mini-eu', 'haiku', 'flash', 'command', 'haiku-aws', 'here', 'gpu'] as const

let line: Line
let flood: Flood
let server: RunningServer
let child: ReturnType<typeof spawnServer>['child']
/** A key that may do everything. */
let apiKey: string

beforeAll(async () => {
  await mock.start()
  line = await openLine(mock.port)
  flood = await openFlood()
  const profiles = join(home, '.config', 'omni', 'profiles')
  mkdirSync(profiles, {recursive: true})
  writeFileSync(join(home, 'key'), secret, {mode: 0o600})
  writeFileSync(join(profiles, 'default.yaml'), profile())
  await serve()
  apiKey = await server.key(['*'])
})
afterAll(async () => {
  child.kill('SIGKILL')
  line.server.close()
  flood.close()
  await mock.stop()
  rmSync(home, {recursive: true, force: true})
})
beforeEach(() => {
  mock.reset()
  mock.on({userMessage: 'weather', hasToolResult: true}, {content: 'Rain in Bern, sun in Rome.'})
  mock.on(
    {userMessage: 'weather', hasToolResult: false},
    {
      toolCalls: [
        {name: 'weather', arguments: '{"city":"Bern"}'},
        {name: 'weather', arguments: '{"city":"Rome"}'},
      ],
    },
  )
  mock.onMessage('object', {content: '{"city":"Bern"}'})
  mock.onMessage('endless', {content: 'and so on '.repeat(5_000)}, {latency: 20, chunkSize: 10})
  mock.onMessage('a minute', {content: 'and so on '.repeat(20)}, {latency: 20, chunkSize: 10})
  mock.onMessage(/.*/, {content: 'Good morning to you all.'}, {chunkSize: 6})
})

/** Every provider, and deployments for what goes wrong. */
function profile(): string {
  const key = `key_ref: 'file:${home}/key'`
  const metered = `price: {input: '0', output: '1000'}`
  return `rag: {embedding_model: openai, embedding_dimension: 3}
llm:
  openai_base_url: ${mock.url}/v1
  deployments:
    - {id: mini, provider: openai, model: gpt-5.4-mini, base_model: gpt-5.4-mini, base_url: '${mock.url}/v1', ${key}}
    - {id: mini-eu, provider: azure, model: our-mini, base_model: gpt-5.4-mini, base_url: '${mock.url}', region: eu, ${key}}
    - {id: haiku, provider: anthropic, model: claude-haiku-4-5, base_model: claude-haiku-4-5, base_url: '${mock.url}', ${key}}
    - {id: flash, provider: gemini, model: gemini-2.5-flash, base_model: gemini-2.5-flash, base_url: '${mock.url}', ${key}}
    - {id: command, provider: cohere, model: command-a-03-2025, base_model: command-a-03-2025, base_url: '${mock.url}', ${key}}
    - {id: haiku-aws, provider: bedrock, model: 'eu.anthropic.claude-haiku-4-5-20251001-v1:0', base_url: '${mock.url}', region: eu-central-1, ${key}}
    - {id: here, provider: ollama, model: llama3.2, base_url: '${mock.url}'}
    - {id: gpu, provider: openai-compatible, model: qwen3, base_url: '${mock.url}/v1', price: {input: '0.10', output: '0.30'}}
    - {id: away, provider: openai-compatible, model: qwen3, base_url: 'http://127.0.0.1:9/v1'}
    - {id: line, provider: openai-compatible, model: qwen3, base_url: '${line.url}/v1', ${metered}}
    - {id: metered, provider: openai-compatible, model: qwen3, base_url: '${mock.url}/v1', ${metered}}
    - {id: flood, provider: openai-compatible, model: qwen3, base_url: '${flood.url}/v1'}
  groups:
    first: {deployments: [away], fallbacks: [haiku]}
`
}

async function serve(): Promise<void> {
  const started = spawnServer(home, [], {OPENAI_API_KEY: secret})
  child = started.child
  server = await started.ready
}

async function json<T>(argv: readonly string[]): Promise<T> {
  const {code, stdout, stderr} = await omni([...argv, '--json'], {home})
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${stdout}${stderr}`)
  return JSON.parse(stdout) as T
}

interface Usage {
  readonly name: string
  readonly calls: number
  readonly failed: number
  readonly output_tokens: number
  readonly cost_usd: string
  readonly estimated: number
}

/** What another process is told of a deployment. */
async function usageOf(deployment: string): Promise<Usage | undefined> {
  const {rows} = await json<{rows: Usage[]}>(['llm', 'usage', '--by', 'deployment'])
  return rows.find(({name}) => name === deployment)
}

const ask = (path: string, body: object, key = apiKey, signal?: AbortSignal) =>
  fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: {authorization: `Bearer ${key}`, 'content-type': 'application/json'},
    body: JSON.stringify(body),
    ...(signal ? {signal} : {}),
  })

const chatBody = (model: string, content = 'Hello', more: object = {}) => ({
  model,
  messages: [{role: 'user' as const, content}],
  ...more,
})

const openai = (key = apiKey) => new OpenAI({apiKey: key, baseURL: `${server.url}/v1`, maxRetries: 0})
const anthropic = (key = apiKey) => new Anthropic({apiKey: key, authToken: null, baseURL: server.url, maxRetries: 0})

const schema = {
  type: 'object' as const,
  properties: {city: {type: 'string' as const}},
  required: ['city'],
  additionalProperties: false,
}

function expectPublished(type: readonly [module: string, name: string], value: unknown): void {
  const validate = published.validator(...type)
  // Fields that the gateway adds and no vendor publishes.
  const own = new Set([
    'reasoning_content',
    'reasoning_signature',
    'extra_content',
    'context_window',
    'max_completion_tokens',
    'capabilities',
  ])
  validate(JSON.parse(JSON.stringify(value), (name, each: unknown) => (own.has(name) ? undefined : each)))
  expect(validate.errors ?? []).toEqual([])
}

/** The data of Server-Sent Events that is JSON. */
function dataOf(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter(each => each.startsWith('data: ') && each !== 'data: [DONE]')
    .map(each => JSON.parse(each.slice(6)) as Record<string, unknown>)
}

const chats = 'openai/resources/chat/completions/completions'
const responses = 'openai/resources/responses/responses'
const messages = '@anthropic-ai/sdk/resources/messages/messages'
/** `output_text` is a member of the SDK's type that the API does not send. */
const withText = (value: Record<string, unknown>) =>
  'response' in value
    ? {...value, response: {...(value.response as object), output_text: ''}}
    : value.object === 'response'
      ? {...value, output_text: ''}
      : value

describe.each(deployments)('behind every API, %s', model => {
  test.each([
    ['/v1/chat/completions', chatBody(model), [chats, 'ChatCompletion'], [chats, 'ChatCompletionChunk']],
    ['/v1/responses', {model, input: 'Hello'}, [responses, 'Response'], [responses, 'ResponseStreamEvent']],
    [
      '/v1/messages',
      chatBody(model, 'Hello', {max_tokens: 100}),
      [messages, 'Message'],
      [messages, 'RawMessageStreamEvent'],
    ],
  ] as const)('answers %s as the vendor publishes it', async (path, body, whole, piece) => {
    const answer = await ask(path, body)
    expect(Object.fromEntries(answer.headers)).toMatchObject({'x-omni-deployment': model, 'x-omni-attempts': '1'})
    const text = await answer.text()
    expect(text).toContain('Good morning to you all.')
    expectPublished(whole, withText(JSON.parse(text) as Record<string, unknown>))
    const events = dataOf(await (await ask(path, {...body, stream: true})).text())
    expect(events.length).toBeGreaterThan(1)
    for (const event of events) expectPublished(piece, withText(event))
  })

  test('calls two tools at once for the SDKs of OpenAI and Anthropic', async () => {
    const told: string[] = []
    const runner = openai().chat.completions.runTools({
      ...chatBody(model, 'weather?'),
      stream: true,
      tools: [
        {
          type: 'function',
          function: {
            name: 'weather',
            description: 'The weather of a city',
            parameters: schema,
            parse: (text: string) => JSON.parse(text) as {city: string},
            function: ({city}: {city: string}) => {
              told.push(city)
              return city === 'Bern' ? 'rain' : 'sun'
            },
          },
        },
      ],
    })
    expect(await runner.finalContent()).toBe('Rain in Bern, sun in Rome.')
    expect(told).toEqual(['Bern', 'Rome'])

    const tools = [{name: 'weather', input_schema: schema}]
    const first = {role: 'user' as const, content: 'weather?'}
    const asked = {model, max_tokens: 100, tools}
    const {content, stop_reason} = await anthropic()
      .messages.stream({...asked, messages: [first]})
      .finalMessage()
    expect(stop_reason).toBe('tool_use')
    const calls = content.filter(block => block.type === 'tool_use')
    expect(calls.map(call => call.input)).toEqual([{city: 'Bern'}, {city: 'Rome'}])
    const results = calls.map(({id}) => ({type: 'tool_result' as const, tool_use_id: id, content: 'rain'}))
    const answer = await anthropic().messages.create({
      ...asked,
      messages: [first, {role: 'assistant', content}, {role: 'user', content: results}],
    })
    expect(answer.content[0]).toMatchObject({text: 'Rain in Bern, sun in Rome.'})
  })

  test.each(['chat', 'responses', 'messages'] as const)(
    'streams, calls tools and gives objects to the AI SDK over %s',
    async api => {
      const options = {apiKey, baseURL: `${server.url}/v1`}
      const language =
        api === 'chat'
          ? createOpenAI(options).chat(model)
          : api === 'responses'
            ? createOpenAI(options).responses(model)
            : createAnthropic(options)(model)
      const streamed = streamText({model: language, prompt: 'Hello', maxRetries: 0})
      expect(await streamed.text).toBe('Good morning to you all.')
      const weather = tool({
        inputSchema: jsonSchema<{city: string}>(schema),
        execute: async ({city}) => (city === 'Bern' ? 'rain' : 'sun'),
      })
      const told = await generateText({
        model: language,
        prompt: 'weather?',
        tools: {weather},
        stopWhen: stepCountIs(3),
        maxRetries: 0,
      })
      expect(told.text).toBe('Rain in Bern, sun in Rome.')
      expect(told.steps[0]!.toolCalls.map(call => call.input)).toEqual([{city: 'Bern'}, {city: 'Rome'}])
      const output = Output.object({schema: jsonSchema<{city: string}>(schema)})
      const asked = await generateText({model: language, prompt: 'object', output, maxRetries: 0})
      expect(asked.output).toEqual({city: 'Bern'})
    },
  )
})

describe('the SDK of OpenAI', () => {
  test('gets a stream with its usage only where it asked; the provider is always asked for it', async () => {
    const read = async (more: object) => {
      const chunks = []
      const stream = await openai().chat.completions.create({...chatBody('mini'), stream: true, ...more})
      for await (const chunk of stream) chunks.push(chunk)
      return chunks
    }
    const plain = await read({})
    expect(plain.map(chunk => chunk.choices[0]?.delta.content ?? '').join('')).toBe('Good morning to you all.')
    expect(plain.every(chunk => chunk.choices.length === 1 && !('usage' in chunk))).toBe(true)
    expect(mock.getLastRequest()!.body).toMatchObject({stream_options: {include_usage: true}})
    const counted = await read({stream_options: {include_usage: true}})
    const {usage} = await openai().chat.completions.create(chatBody('mini'))
    expect(counted.at(-1)).toMatchObject({choices: [], usage})
  })

  test('goes on with the tool calls that Responses gave it', async () => {
    const tools = [{type: 'function' as const, name: 'weather', parameters: schema, strict: true}]
    const calls = await openai().responses.create({model: 'mini', input: 'weather?', tools})
    const made = calls.output.filter(item => item.type === 'function_call')
    expect(made.map(item => item.arguments)).toEqual(['{"city":"Bern"}', '{"city":"Rome"}'])
    const results = made.map(({call_id}) => ({type: 'function_call_output' as const, call_id, output: 'rain'}))
    const input = [{role: 'user' as const, content: 'weather?'}, ...made, ...results]
    const stream = openai().responses.stream({model: 'mini', tools, input})
    expect((await stream.finalResponse()).output_text).toBe('Rain in Bern, sun in Rome.')
  })

  test('lists models, gets vectors, and shows a picture', async () => {
    mock.reset()
    mock.onEmbedding(/.*/, {embedding: [0, 1, 0]})
    mock.on({predicate: ({messages: all}) => JSON.stringify(all).includes('"image_url"')}, {content: 'A dot.'})
    const models = []
    for await (const model of openai().models.list()) models.push(model)
    expect(models.map(({id}) => id)).toEqual(expect.arrayContaining([...deployments, 'first']))
    for (const model of models) expectPublished(['openai/resources/models', 'Model'], model)
    expect((await openai().models.retrieve('mini')).owned_by).toBe('openai')
    const vectors = await openai().embeddings.create({model: 'openai/text-embedding-3-small', input: ['a', 'b']})
    expect(vectors.data.map(({embedding}) => embedding)).toEqual([
      [0, 1, 0],
      [0, 1, 0],
    ])
    expectPublished(['openai/resources/embeddings', 'CreateEmbeddingResponse'], vectors)
    const url = `data:image/png;base64,${Buffer.from('\x89PNG\r\n\x1a\n and more', 'latin1').toString('base64')}`
    const content = [
      {type: 'text' as const, text: 'What is it?'},
      {type: 'image_url' as const, image_url: {url}},
    ]
    const seen = await openai().chat.completions.create({model: 'mini', messages: [{role: 'user', content}]})
    expect(seen.choices[0]!.message.content).toBe('A dot.')
  })
})

test('clients of both vendors get their own classes of errors', async () => {
  const unknown = openai().chat.completions.create(chatBody('nobody/none'))
  await expect(unknown).rejects.toThrow(OpenAI.NotFoundError)
  await expect(unknown).rejects.toMatchObject({code: 'model_not_found'})
  await expect(openai('omni_nobody').models.list()).rejects.toThrow(OpenAI.AuthenticationError)
  const asked = chatBody('nobody/none', 'x', {max_tokens: 10}) as Anthropic.MessageCreateParamsNonStreaming
  await expect(anthropic().messages.create(asked)).rejects.toThrow(Anthropic.NotFoundError)
  await expect(anthropic('wrong').messages.create(asked)).rejects.toThrow(Anthropic.AuthenticationError)
  const models = []
  for await (const model of anthropic().models.list()) models.push([model.type, model.id])
  expect(models).toContainEqual(['model', 'haiku'])
})

test('a group whose first is away answers by its fallback, and says so', async () => {
  const answer = await ask('/v1/chat/completions', chatBody('first'))
  expect([answer.status, answer.headers.get('x-omni-deployment'), answer.headers.get('x-omni-attempts')]).toEqual([
    200,
    'haiku',
    '2',
  ])
  const id = answer.headers.get('x-omni-request-id')!
  const {attempts} = await json<{attempts: object[]}>(['llm', 'route', 'explain', '--request', id])
  expect(attempts).toMatchObject([
    {deployment: 'away', outcome: 'transient'},
    {deployment: 'haiku', outcome: 'answered'},
  ])
})

test('200 requests at once against a key’s budget for 50 let exactly 50 through', async () => {
  mock.reset()
  const usage = {prompt_tokens: 1, completion_tokens: 10}
  mock.onMessage(/.*/, {content: 'Good morning.', usage}, {latency: 50})
  // The worst case of ten tokens is a cent, and so is what they take.
  const {key, prefix} = await json<{key: string; prefix: string}>(
    'llm keys create fifty --targets metered --budget 0.5'.split(' '),
  )
  const asked = Array.from({length: 200}, async () => {
    const answer = await ask('/v1/chat/completions', chatBody('metered', 'Hello', {max_tokens: 10}), key)
    await answer.text()
    return answer.status
  })
  const statuses = await Promise.all(asked)
  expect([200, 402].map(status => statuses.filter(each => each === status).length)).toEqual([50, 150])
  expect(mock.getRequests()).toHaveLength(50)
  const {budgets} = await json<{budgets: {whose: string}[]}>(['llm', 'budget', 'list'])
  expect(budgets.find(({whose}) => whose === prefix)).toMatchObject({spent_usd: '0.50', reserved_usd: '0.00'})
})

test('a key that another process revokes is refused with the next request', async () => {
  const {key} = await json<{key: string}>('llm keys create short --targets mini'.split(' '))
  expect((await ask('/v1/chat/completions', chatBody('mini'), key)).status).toBe(200)
  expect((await ask('/v1/chat/completions', chatBody('haiku'), key)).status).toBe(403)
  await json('llm keys revoke short --yes'.split(' '))
  expect((await ask('/v1/chat/completions', chatBody('mini'), key)).status).toBe(401)
  expect((await ask('/v1/messages', chatBody('mini', 'Hello', {max_tokens: 5}), key)).status).toBe(401)
})

test('a client that leaves in the middle ends the provider’s work, and another process sees what it cost', async () => {
  const leaving = new AbortController()
  const answer = await ask('/v1/chat/completions', chatBody('line', 'endless', {stream: true}), apiKey, leaving.signal)
  await answer.body!.getReader().read()
  leaving.abort()
  await line.hungUp()
  await expect.poll(() => usageOf('line'), {timeout: 20_000}).toMatchObject({calls: 1, estimated: 1})
  const {output_tokens, cost_usd} = (await usageOf('line'))!
  expect(output_tokens).toBeGreaterThan(0)
  expect(Number(cost_usd)).toBeCloseTo(output_tokens / 1000, 9)
})

test('a client that stops reading stops the provider, and gets the rest when it reads on', async () => {
  const body = JSON.stringify(chatBody('flood', 'Hello', {stream: true}))
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.pause()
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${apiKey}\r\nConnection: close\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  )
  await flood.stalled
  expect(flood.sent()).toBeLessThan(flood.pieces)
  let letters = 0
  let end = ''
  for await (const piece of socket as AsyncIterable<Buffer>) {
    for (const byte of piece) if (byte === backslash) letters += 1
    end = (end + piece.toString('latin1')).slice(-200)
  }
  expect(letters).toBe(flood.pieces * flood.length)
  expect(end).toContain('data: [DONE]')
}, 30_000)

/** The rest ends the server, in this order. */
describe('a server that ends', () => {
  test.each([false, true])('by SIGKILL right behind its answer has it on record (streamed: %s)', async stream => {
    const before = (await usageOf('gpu'))!.calls
    const body = await (await ask('/v1/chat/completions', chatBody('gpu', 'Hello', {stream}))).text()
    await server.stop('SIGKILL')
    expect(body).toContain(stream ? '[DONE]' : 'Good morning')
    expect((await usageOf('gpu'))!.calls).toBe(before + 1)
    await serve()
  })

  test('by SIGKILL in the middle of a stream leaves an estimated record, and its budget gets the rest back', async () => {
    const {key, prefix} = await json<{key: string; prefix: string}>(
      'llm keys create killed --targets metered --budget 1'.split(' '),
    )
    const budget = async () => {
      const {budgets} = await json<{budgets: {whose: string}[]}>(['llm', 'budget', 'list'])
      return budgets.find(({whose}) => whose === prefix)
    }
    const calls = (await usageOf('metered'))!.calls
    const answer = await ask(
      '/v1/chat/completions',
      chatBody('metered', 'endless', {stream: true, max_tokens: 900}),
      key,
    )
    const reader = answer.body!.getReader()
    await reader.read()
    const database = new Database(join(home, '.local', 'share', 'omni', 'default', 'omni.db'))
    onTestFinished(() => void database.close())
    const open = database.prepare('select count(*) as calls from llm_open_calls')
    await expect.poll(() => (open.get() as {calls: number}).calls, {timeout: 20_000}).toBe(1)
    await server.stop('SIGKILL')
    await reader.read().catch(() => undefined)
    await serve()
    const again = () => ask('/v1/chat/completions', chatBody('metered', 'Hello', {max_tokens: 900}), key)
    expect(await budget()).toMatchObject({reserved_usd: '0.90'})
    expect((await again()).status).toBe(402)
    // Its time passes.
    for (const table of ['llm_open_calls', 'llm_reservations']) {
      database.prepare(`update ${table} set expires_at = '2026-01-01T00:00:00.000Z'`).run()
    }
    expect(await (await again()).text()).toContain('Good morning')
    expect(await budget()).toMatchObject({reserved_usd: '0.00'})
    expect(await usageOf('metered')).toMatchObject({calls: calls + 2, estimated: 1})
  })

  test('by SIGTERM ends its streams before', async () => {
    const answer = await ask('/v1/chat/completions', chatBody('mini', 'a minute', {stream: true}))
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
    let read = (await reader.read()).value ?? ''
    const ended = server.stop('SIGTERM')
    for (let next = await reader.read(); !next.done; next = await reader.read()) read += next.value
    const text = dataOf(read).map(
      each => (each as unknown as OpenAI.ChatCompletionChunk).choices[0]?.delta.content ?? '',
    )
    expect(text.join('')).toBe('and so on '.repeat(20))
    expect(read).toContain('data: [DONE]')
    expect(await ended).toBe(0)
    await expect(fetch(server.url)).rejects.toThrow()
  })
})

interface Line {
  readonly url: string
  readonly server: Server
  /** Resolves when the gateway has closed a connection. */
  hungUp(): Promise<void>
}

/** A way to the server at `port` that tells when its client hangs up. */
async function openLine(port: number): Promise<Line> {
  const hungUp = Promise.withResolvers<void>()
  const net = createNetServer(client => {
    const upstream = connect(port, '127.0.0.1')
    client.once('close', () => {
      upstream.destroy()
      hungUp.resolve()
    })
    client.on('error', () => undefined)
    upstream.on('error', () => undefined)
    client.pipe(upstream).pipe(client)
  })
  return {url: await listening(net), server: net, hungUp: () => hungUp.promise}
}

/** Six bytes on the wire, of which the first is nowhere else, so that 10 MB of text are more than any buffer holds. */
const floodLetter = '\u0001'
const backslash = 92

interface Flood {
  readonly url: string
  readonly pieces: number
  /** Of the text in each piece. */
  readonly length: number
  sent(): number
  /** Resolves when nothing more was taken for a second, or everything was. */
  readonly stalled: Promise<void>
  close(): void
}

/** A provider that writes as fast as it is read. */
async function openFlood(): Promise<Flood> {
  const [pieces, length] = [10_000, 1_000]
  const piece = chunk({content: floodLetter.repeat(length)}, null)
  let sent = 0
  const stalled = Promise.withResolvers<void>()
  const pour = (response: ServerResponse) => {
    response.writeHead(200, {'content-type': 'text/event-stream'})
    let timer: NodeJS.Timeout | undefined
    const more = () => {
      clearTimeout(timer)
      while (sent < pieces) {
        sent += 1
        if (response.write(piece)) continue
        timer = setTimeout(() => stalled.resolve(), 1_000)
        response.once('drain', more)
        return
      }
      stalled.resolve()
      response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`)
    }
    more()
  }
  const http = createServer((_, response) => pour(response))
  const url = await listening(http)
  const close = () => {
    http.closeAllConnections()
    http.close()
  }
  return {url, pieces, length, sent: () => sent, stalled: stalled.promise, close}
}

function chunk(delta: object, finish_reason: string | null): string {
  const choices = [{index: 0, delta, finish_reason}]
  return `data: ${JSON.stringify({id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices})}\n\n`
}

async function listening(net: Server): Promise<string> {
  await new Promise<void>(done => net.listen(0, '127.0.0.1', done))
  return `http://127.0.0.1:${(net.address() as AddressInfo).port}`
}
