import {LLMock} from '@copilotkit/aimock'
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import type {AdapterOptions} from '../../src/providers/adapter-from.ts'
import {
  type Asked,
  callOf,
  checkOrder,
  collect,
  failing,
  finishOf,
  KEY,
  open,
  textOf,
  toolsOf,
  userSays,
  withServer,
} from './provider-servers.ts'

const mock = new LLMock({port: 0})
const MODEL = 'claude-sonnet-4-5@20250929'
const PATH = `/v1/projects/our-project/locations/europe-west1/publishers/anthropic/models/${MODEL}`

beforeAll(async () => {
  await mock.start()
})
afterAll(() => mock.stop())
beforeEach(() => {
  mock.reset()
})

/** Vertex AI before Anthropic's Messages: the model is in the path, and the version in the body. */
async function atVertex<T>(use: (url: string, asked: readonly Asked[]) => Promise<T>): Promise<T> {
  return withServer(async (response, {path, body}) => {
    const {anthropic_version: version, ...message} = JSON.parse(body) as Record<string, unknown>
    const method = /^\/v1\/projects\/[^/]+\/locations\/[^/]+\/publishers\/anthropic\/models\/[^/]+:(\w+)$/.exec(
      path,
    )?.[1]
    const isRight = method === (message.stream ? 'streamRawPredict' : 'rawPredict')
    if (version !== 'vertex-2023-10-16' || 'model' in message || !isRight) {
      response.writeHead(400).end('{"error":{"message":"not as Vertex AI is asked"}}')
      return
    }
    const answer = await fetch(`${mock.url}/v1/messages`, {
      method: 'POST',
      headers: {'content-type': 'application/json', 'x-api-key': 'mock', 'anthropic-version': '2023-06-01'},
      body: JSON.stringify({...message, model: MODEL}),
    })
    response.writeHead(answer.status, {'content-type': answer.headers.get('content-type')!})
    response.end(Buffer.from(await answer.arrayBuffer()))
  }, use)
}

function claude(url: string, options: Partial<AdapterOptions> = {}) {
  return open('vertex', url, {model: MODEL, region: 'europe-west1', ...options})
}

describe.each([true, false])('Claude at Vertex AI, streamed: %s', stream => {
  it('answers in text, asked with the token of Google Cloud alone', async () => {
    mock.onMessage(/notice/, {content: 'Three months, čez poletje štiri.'}, {chunkSize: 4})
    await atVertex(async (url, asked) => {
      const events = await collect(claude(url).complete(userSays('notice?'), callOf({stream})))
      checkOrder(events)
      expect(textOf(events)).toBe('Three months, čez poletje štiri.')
      expect(finishOf(events).reason.unified).toBe('stop')
      expect(asked[0]?.path).toBe(`${PATH}:${stream ? 'streamRawPredict' : 'rawPredict'}`)
      expect(asked[0]?.headers.authorization).toBe(`Bearer ${KEY}`)
      expect(Object.keys(asked[0]!.headers).filter(name => /^(?:x-|anthropic)/.test(name))).toEqual([])
    })
  })

  it('calls tools', async () => {
    mock.onMessage(/weather/, {toolCalls: [{name: 'weather', arguments: '{"place":"Kranj"}'}]})
    const tools = [{name: 'weather', inputSchema: {type: 'object', properties: {}}}]
    await atVertex(async url => {
      const events = await collect(claude(url).complete(userSays('weather?', {tools}), callOf({stream})))
      expect(toolsOf(events)).toEqual([{id: 'call_id1', name: 'weather', input: '{"place":"Kranj"}'}])
    })
  })
})

it('sends what Claude takes as Anthropic takes it', async () => {
  await atVertex(async (url, asked) => {
    const messages = [
      {role: 'user', content: [{type: 'text', text: 'hi'}]},
      {
        role: 'assistant',
        content: [
          {type: 'reasoning', text: 'so', signed: {provider: 'anthropic', data: {signature: 'signed-there'}}},
          {type: 'text', text: 'hello'},
        ],
      },
      {role: 'user', content: [{type: 'text', text: 'again', cacheBreakpoint: {ttl: '1h'}}]},
    ] as const
    await failing(claude(url).complete({messages, reasoningEffort: 'low', maxOutputTokens: 4000}, callOf())).catch(
      () => 0,
    )
    const body = JSON.parse(asked[0]!.body) as {messages: {content: unknown[]}[]; thinking: unknown}
    expect(body.messages[1]?.content[0]).toEqual({type: 'thinking', thinking: 'so', signature: 'signed-there'})
    expect(body.messages[2]?.content[0]).toMatchObject({cache_control: {type: 'ephemeral', ttl: '1h'}})
    expect(body.thinking).toEqual({type: 'enabled', budget_tokens: 2048})
  })
})

it('tells failures apart as Google’s and Anthropic’s', async () => {
  for (const [status, body, kind] of [
    [403, '{"error":{"code":403,"status":"PERMISSION_DENIED","message":"no"}}', 'auth'],
    [429, '{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"quota"}}', 'rate'],
    [529, '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}', 'overload'],
    [
      400,
      '{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9 tokens"}}',
      'context',
    ],
  ] as const) {
    await withServer(
      response => void response.writeHead(status, {'content-type': 'application/json'}).end(body),
      async url => {
        const {failure} = await failing(claude(url).complete(userSays('hi'), callOf()))
        expect(failure.facts).toMatchObject({class: kind, status})
      },
    )
  }
})

it('is not asked with an API key, which names no project', () => {
  expect(() => claude('http://127.0.0.1:1', {apiKey: 'AIza-express', region: 'global', project: undefined})).toThrow(
    'does not ask Claude',
  )
})
