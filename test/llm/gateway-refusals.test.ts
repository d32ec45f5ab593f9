import {connect} from 'node:net'
import {gzipSync, zstdCompressSync} from 'node:zlib'
import {LLMock} from '@copilotkit/aimock'
import {afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test} from 'vitest'
import {mocked, provider, startGateway, type TestGateway, type TestGatewayOptions} from '../support/gateway.ts'

/** What a client may do wrong, or ask for that is not done: each is told, in the shape of its API, and nobody else hears of it. */
const mock = new LLMock({port: 0})
const cleanUps: (() => unknown)[] = []
/** Before the mock; tests that need another provider start their own. */
let gateway: TestGateway
beforeAll(async () => {
  await mock.start()
  gateway = await startGateway({env: mocked(mock.url), settings, atEnd: cleanUp => void cleanUps.push(cleanUp)})
})
afterAll(async () => {
  for (const cleanUp of cleanUps.toReversed()) await cleanUp()
  await mock.stop()
})
beforeEach(() => {
  mock.reset()
  mock.onMessage(/.*/, {content: 'Good morning.', usage: {prompt_tokens: 10, completion_tokens: 10}})
})

const settings = `llm:
  deployments:
    - {id: gpt, provider: openai, model: gpt-4o, price: {input: 2.5, output: 10}}
    - {id: other, provider: openai, model: gpt-4o-mini, price: {input: 2.5, output: 10}, context_tokens: 1000}
  groups:
    short: {deployments: [other], context_fallbacks: [gpt]}
  retry: {attempts: 1}
`
const hello = [{role: 'user', content: 'Hello'}]
const bodies = {
  '/v1/chat/completions': {model: 'gpt', messages: hello},
  '/v1/messages': {model: 'gpt', max_tokens: 100, messages: hello},
  '/v1/responses': {model: 'gpt', input: 'Hello'},
} as const
type Path = keyof typeof bodies
const paths = Object.keys(bodies) as Path[]

/** A whole exchange over a socket of its own: what was sent, and all that came back. */
async function raw({url}: TestGateway, request: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.write(request)
  let text = ''
  for await (const piece of socket as AsyncIterable<Buffer>) text += piece.toString('latin1')
  return text
}

function head({apiKey}: TestGateway, line: string, more: readonly string[] = []): string {
  return [
    line,
    'Host: localhost',
    `Authorization: Bearer ${apiKey}`,
    'Content-Type: application/json',
    ...more,
    '',
    '',
  ].join('\r\n')
}

describe('a call that fails', () => {
  test('says what it was all the same, over every API, streamed or not', async () => {
    const env = await provider((_, response) => {
      response.writeHead(400, {'content-type': 'application/json'})
      response.end('{"error":{"message":"Wrong.","type":"invalid_request_error"}}')
    })
    const own = await startGateway({env, settings})
    for (const path of paths) {
      for (const stream of [false, true]) {
        const {status, headers} = await own.request(path, {key: own.apiKey, body: {...bodies[path], stream}})
        expect([status, headers.get('x-omni-attempts'), headers.get('x-omni-deployment')]).toEqual([400, '1', 'gpt'])
        expect(headers.get('x-omni-request-id')).toMatch(/^[0-9a-f-]{36}$/)
        expect(headers.get('x-omni-cost')).toBe('0.000000000')
        expect(headers.get('request-id')).toBe(path === '/v1/messages' ? headers.get('x-request-id') : null)
      }
    }
  })

  test('as its prompt is too long for all of them has the code by which clients know it, and asks those meant for it', async () => {
    const content = 'word '.repeat(2_000)
    const ask = (model: string) =>
      gateway.request('/v1/chat/completions', {key: gateway.apiKey, body: {model, messages: [{role: 'user', content}]}})
    expect(await ask('other')).toMatchObject({status: 400, json: {error: {code: 'context_length_exceeded'}}})
    expect(mock.getRequests()).toEqual([])
    const answer = await ask('short')
    expect([answer.status, answer.headers.get('x-omni-deployment')]).toEqual([200, 'gpt'])
  })
})

describe('a path', () => {
  test('of a model is read as it is written', async () => {
    const get = (path: string) => gateway.request(path, {key: gateway.apiKey})
    expect(await get('/v1/models/%zz')).toMatchObject({status: 404, json: {error: {code: 'model_not_found'}}})
    expect(await get('/v1/models/openai%2Fgpt-4o')).toMatchObject({status: 200, json: {id: 'openai/gpt-4o'}})
    expect(await get('/v1/models/other')).toMatchObject({json: {context_window: 1000, object: 'model'}})
  })

  test.each([
    ['GET', '/v1/chat/completions', 'POST'],
    ['OPTIONS', '/v1/responses', 'POST'],
    ['DELETE', '/v1/models/gpt', 'GET'],
  ])('%s %s is not answered, and says what is', async (method, path, allowed) => {
    const answer = await gateway.request(path, {method, key: gateway.apiKey})
    expect(answer).toMatchObject({status: 405, json: {error: {code: 'method_not_allowed'}}})
    expect(answer.headers.get('allow')).toBe(allowed)
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  })
})

test('a key sees the models that it may use, and no others', async () => {
  const made = await gateway.request('/api/v1/llm/keys', {
    key: gateway.apiKey,
    body: {name: 'few', targets: ['other', 'openai/gpt-4o']},
  })
  const {key} = made.json as {key: string}
  const {json} = await gateway.request('/v1/models', {key})
  expect((json.data as {id: string}[]).map(({id}) => id)).toEqual(['other', 'openai/gpt-4o'])
  expect((await gateway.request('/v1/models/gpt', {key})).status).toBe(404)
  expect((await gateway.request('/v1/models/other', {key})).status).toBe(200)
  const count = (model: string) => gateway.request('/v1/messages/count_tokens', {key, body: {model, messages: hello}})
  expect([(await count('other')).status, (await count('gpt')).status]).toEqual([200, 403])
})

describe('a count of tokens', () => {
  test('is an estimate that says so, and asks nobody', async () => {
    const ask = (body: object) => gateway.request('/v1/messages/count_tokens', {key: gateway.apiKey, body})
    const short = await ask({model: 'gpt', messages: hello})
    const long = await ask({model: 'gpt', messages: hello, system: 'word '.repeat(1_000)})
    expect(short.headers.get('x-omni-warnings')).toContain('input_tokens="is an estimate')
    expect(long.json.input_tokens - short.json.input_tokens).toBe(1_250)
    expect(await ask({model: 'gpt', messages: hello, max_tokens: 5})).toMatchObject({
      status: 400,
      json: {type: 'error'},
    })
    expect(await ask({model: 'nobody', messages: hello})).toMatchObject({status: 404})
    expect(mock.getRequests()).toEqual([])
  })
})

test('what headers ask for and is not done is told', async () => {
  const headers = {'anthropic-beta': 'context-1m-2025-08-07', 'idempotency-key': 'once'}
  const answer = await gateway.request('/v1/messages', {key: gateway.apiKey, headers, body: bodies['/v1/messages']})
  expect(answer.headers.get('x-omni-warnings')).toMatch(/^anthropic-beta=".*, idempotency-key="/)
})

describe('vectors', () => {
  const vectors = (env: Readonly<Record<string, string>>, more: Partial<TestGatewayOptions> = {}) =>
    startGateway({
      env: {...env, OMNI_RAG_EMBEDDING_MODEL: 'openai', OMNI_RAG_EMBEDDING_DIMENSION: '3'},
      settings,
      ...more,
    })
  const asked = {model: 'text-embedding-3-small', input: 'a'}

  test('that a provider refuses are no fault of the caller, unless it is of the request', async () => {
    const refusals: string[] = []
    const statuses = [401, 400, 404]
    const env = await provider((_, response) => {
      response.writeHead(statuses.shift()!, {'content-type': 'application/json'})
      response.end('{"error":{"message":"No."}}')
    })
    const own = await vectors(env, {onRefusal: async (_, error) => void refusals.push(error.code)})
    const told: unknown[] = []
    for (let left = statuses.length; left > 0; left -= 1) {
      const {status, json} = await own.request('/v1/embeddings', {key: own.apiKey, body: asked})
      told.push([status, json.error.code])
    }
    expect(told).toEqual([
      [502, 'llm_denied'],
      [400, 'llm_rejected'],
      [404, 'llm_rejected'],
    ])
    expect(refusals).toEqual([])
  })

  test('are of the whole text, each time, and of texts at once', async () => {
    const sent: string[][] = []
    const both = Promise.withResolvers<void>()
    const env = await provider(async (request, response) => {
      let text = ''
      for await (const piece of request) text += piece
      const {input} = JSON.parse(text) as {input: string[]}
      sent.push(input)
      if (sent.length === 2) both.resolve()
      await both.promise
      const data = input.map((_, index) => ({object: 'embedding', index, embedding: [1, 0, 0]}))
      response.writeHead(200, {'content-type': 'application/json'})
      response.end(JSON.stringify({object: 'list', data, model: 'm', usage: {prompt_tokens: 7, total_tokens: 7}}))
    })
    const gateway = await vectors(env)
    const input = 'word '.repeat(5_000)
    const ask = () => gateway.request('/v1/embeddings', {key: gateway.apiKey, body: {...asked, input}})
    const answers = await Promise.all([ask(), ask()])
    expect(sent).toEqual([[input], [input]])
    for (const {json} of answers) expect(json.usage).toEqual({prompt_tokens: 7, total_tokens: 7})
    // A server of one's own has no list price, and the header says what the record says.
    for (const {headers} of answers) expect(headers.get('x-omni-cost')).toBe('unpriced')
  })

  test('are refused by a budget like everything else', async () => {
    mock.onEmbedding(/.*/, {embedding: [0, 1, 0]})
    const gateway = await vectors(mocked(mock.url), {
      settings: `${settings}  budgets: [{usd: '0.01', window: total}]\n`,
    })
    const answer = await gateway.request('/v1/embeddings', {key: gateway.apiKey, body: asked})
    expect([answer.status, answer.json.error.code]).toEqual([402, 'insufficient_quota'])
    expect(mock.getRequests()).toEqual([])
  })
})

describe('a body', () => {
  test.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ] as const)('compressed with %s, as Codex sends it, is read', async (coding, compress) => {
    const answer = await fetch(`${gateway.url}/v1/responses`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${gateway.apiKey}`,
        'content-type': 'application/json',
        'content-encoding': coding,
      },
      body: new Uint8Array(compress(JSON.stringify(bodies['/v1/responses']))),
    })
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('Good morning.')])
  })

  test('in a coding that nobody knows is refused with those that are known', async () => {
    const headers = {'content-encoding': 'compress'}
    const answer = await gateway.request('/v1/messages', {key: gateway.apiKey, headers, body: bodies['/v1/messages']})
    expect(answer).toMatchObject({status: 415, json: {type: 'error', error: {type: 'invalid_request_error'}}})
    expect(answer.headers.get('accept-encoding')).toBe('gzip, deflate, br, zstd')
  })

  test.each([
    ['a name that no database takes', {model: 'gpt\0'}],
    ['half a letter for a name', {model: '\ud800'}],
    ['a name as long as a book', {model: 'x'.repeat(1_000_000)}],
  ])('with %s is refused, and the name repeated nowhere', async (_, {model}) => {
    for (const path of paths) {
      const answer = await gateway.request(path, {key: gateway.apiKey, body: {...bodies[path], model}})
      expect([answer.status, answer.text.length < 1000]).toEqual([400, true])
    }
  })

  test('with a parameter as long as a book is refused, and not repeated', async () => {
    const name = 'x'.repeat(1_000_000)
    const marked = [{role: 'user', content: 'Hello', cache_control: {type: 'ephemeral', [name]: 1}}]
    for (const body of [
      {...bodies['/v1/chat/completions'], [name]: 1},
      {model: 'gpt', messages: [{role: 'user', content: 'x', [name]: 1}]},
    ]) {
      const answer = await gateway.request('/v1/chat/completions', {key: gateway.apiKey, body})
      expect([answer.status, answer.text.length < 2000]).toEqual([400, true])
    }
    const warned = await gateway.request('/v1/chat/completions', {
      key: gateway.apiKey,
      body: {model: 'gpt', messages: marked},
    })
    expect([warned.status, warned.headers.get('x-omni-warnings')!.length < 1000]).toEqual([200, true])
  })

  test('with half a letter in a text is passed on as it is, and so is an answer', async () => {
    mock.reset()
    mock.onMessage(/.*/, {content: 'a\ud83d'})
    const body = '{"model":"gpt","messages":[{"role":"user","content":"\\ud83d"}]}'
    const {json} = await gateway.request('/v1/chat/completions', {key: gateway.apiKey, body})
    expect(json.choices[0].message.content).toBe('a\ud83d')
    expect(mock.getLastRequest()!.body).toMatchObject({messages: [{content: '\ud83d'}]})
  })
})

describe('a connection', () => {
  test('with two requests at once gets both answers, in their order', async () => {
    const body = JSON.stringify(bodies['/v1/chat/completions'])
    const post = (more: readonly string[]) =>
      head(gateway, 'POST /v1/chat/completions HTTP/1.1', [`Content-Length: ${body.length}`, ...more]) + body
    const text = await raw(gateway, post([]) + head(gateway, 'GET /v1/models/gpt HTTP/1.1', ['Connection: close']))
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2)
    expect(text.indexOf('chat.completion')).toBeLessThan(text.indexOf('"id":"gpt"'))
  })

  test('that waits to be told to go on is, and may send its body in pieces', async () => {
    const body = JSON.stringify(bodies['/v1/messages'])
    const pieces = [body.slice(0, 10), body.slice(10)].map(each => `${each.length.toString(16)}\r\n${each}\r\n`)
    const text = await raw(
      gateway,
      head(gateway, 'POST /v1/messages HTTP/1.1', [
        'Expect: 100-continue',
        'Transfer-Encoding: chunked',
        'Connection: close',
      ]) + `${pieces.join('')}0\r\n\r\n`,
    )
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/)
    expect(text).toContain('Good morning.')
  })

  test('of an old client, which knows no chunks, is streamed to until it ends', async () => {
    const body = JSON.stringify({...bodies['/v1/chat/completions'], stream: true})
    const text = await raw(
      gateway,
      head(gateway, 'POST /v1/chat/completions HTTP/1.0', [`Content-Length: ${body.length}`]) + body,
    )
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/)
    expect(text.toLowerCase()).not.toContain('transfer-encoding')
    expect(text).toMatch(/data: \[DONE\]\n\n$/)
  })

  test('that ends in the middle of a body is no bug of ours', async () => {
    const answered = Promise.withResolvers<number>()
    const gateway = await startGateway({
      env: mocked(mock.url),
      settings,
      onAnswer: (_, status) => answered.resolve(status),
    })
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1')
    const begun = head(gateway, 'POST /v1/messages HTTP/1.1', ['Content-Length: 1000', 'Expect: 100-continue'])
    socket.write(`${begun}{"mo`)
    // It goes on once it is told to, which is when the body is being read.
    await new Promise(resolve => socket.once('data', resolve))
    socket.destroy()
    expect(await answered.promise).toBe(499)
  })
})
