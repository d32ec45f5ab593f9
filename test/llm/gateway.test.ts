import type {ServerResponse} from 'node:http'
import {LLMock} from '@copilotkit/aimock'
import {afterAll, beforeAll, beforeEach, describe, expect, test, vi} from 'vitest'
import type {LedgerTables} from '../../plugins/llm/src/ledger/tables.ts'
import {engineOf} from '../../plugins/llm/src/routing/open-engine.ts'
import {auditList} from '../../src/audit/operations/list.ts'
import {mocked, provider, startGateway, type TestGateway} from '../support/gateway.ts'

const mock = new LLMock({port: 0})
beforeAll(() => mock.start())
afterAll(() => mock.stop())
beforeEach(() => {
  mock.reset()
})

const target = 'gpt'
/** A provider's own address has no price list: the price is the operator's. */
const settings = `llm:
  deployments:
    - {id: gpt, provider: openai, model: gpt-4o, price: {input: 2.5, output: 10}}
`
const hello = [{role: 'user', content: 'Hello'}]
const bodies = {
  '/v1/chat/completions': {model: target, messages: hello},
  '/v1/messages': {model: target, max_tokens: 100, messages: hello},
  '/v1/responses': {model: target, input: 'Hello'},
} as const
type Path = keyof typeof bodies
const paths = Object.keys(bodies) as Path[]

const started = (env = mocked(mock.url)) => startGateway({env, settings})

function chunk(delta: object): string {
  const choices = [{index: 0, delta, finish_reason: null}]
  return `data: ${JSON.stringify({id: 'c', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o', choices})}\n\n`
}

function beginStream(response: ServerResponse): void {
  response.writeHead(200, {'content-type': 'text/event-stream'})
  response.write(chunk({role: 'assistant', content: 'The beginning'}))
}

/** What the ledger has, after everything is written down. */
async function ledger({runtime}: TestGateway) {
  const context = runtime.context({
    tenant: 'default',
    principal: {id: 'local', kind: 'local', scopes: '*'},
    operation: 'test',
    signal: new AbortController().signal,
    emit: () => {},
  })
  const {ledger: written} = await engineOf(context, {})
  await written.flush()
  return (await runtime.store()).read<LedgerTables>('default').selectFrom('llm_requests').selectAll().execute()
}

describe('who may ask', () => {
  test('a key in either header, and nobody else; refusals have the shape of the API and are on record', async () => {
    mock.onMessage('Hello', {content: 'Good morning.'})
    const gateway = await started()
    const key = await gateway.key(['llm:use'])
    const other = await gateway.key(['rag:read'])
    const ask = (headers: Record<string, string>, path: Path = '/v1/chat/completions') =>
      gateway.request(path, {body: bodies[path], headers})
    expect((await ask({authorization: `Bearer ${key}`})).status).toBe(200)
    expect((await ask({'x-api-key': key}, '/v1/messages')).status).toBe(200)
    const [missing, wrong, denied] = [
      await ask({}),
      await ask({'x-api-key': `${key.slice(0, -1)}_`}, '/v1/messages'),
      await ask({authorization: `Bearer ${other}`}),
    ]
    expect(missing.json.error).toMatchObject({type: 'invalid_request_error', code: 'invalid_api_key', param: null})
    expect(missing.headers.get('www-authenticate')).toBe('Bearer')
    expect(wrong.json).toMatchObject({type: 'error', error: {type: 'authentication_error'}})
    expect(denied.json.error).toMatchObject({type: 'permission_error', code: 'denied'})
    expect([missing.status, wrong.status, denied.status]).toEqual([401, 401, 403])
  })

  test('a refusal is in the audit log with its route', async () => {
    const {Gate} = await import('../../src/server/gate.ts')
    const {rateLimits} = await import('../../src/server/rate-limit.ts')
    const {systemClock} = await import('../../src/operation/random.ts')
    const limits = await rateLimits(undefined, systemClock)
    const records: string[] = []
    const gateway = await startGateway({
      env: mocked(mock.url),
      settings,
      onRefusal: async (request, error) => {
        records.push(error.code)
        const {runtime} = gateway
        const gate = new Gate({runtime, limits, requestsPerMinute: 10, authenticate: () => Promise.reject(error)})
        const {requestId} = request.get('trace')
        const route = request.get('route')!
        await gate.record({error, identity: undefined, tenant: undefined, address: '198.51.100.7', route, requestId})
      },
    })
    await gateway.request('/v1/messages', {body: bodies['/v1/messages'], headers: {'x-api-key': 'wrong'}})
    expect(records).toEqual(['unauthenticated'])
    const {items} = await gateway.workspace.call(auditList, {action: 'access.refused'})
    expect(items).toMatchObject([{resource: 'route:llm.gateway.messages', details: {code: 'unauthenticated'}}])
  })
})

describe('an answer', () => {
  test.each(paths)('of %s says in headers where it came from and what it cost', async path => {
    mock.onMessage('Hello', {content: 'Good morning.', usage: {prompt_tokens: 1000, completion_tokens: 100}})
    const gateway = await started()
    const {status, headers} = await gateway.request(path, {key: gateway.apiKey, body: bodies[path]})
    expect(status).toBe(200)
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-omni-deployment': target,
      'x-omni-attempts': '1',
      'x-omni-cache': 'off',
      'x-omni-cost': '0.003500000',
      'x-omni-overhead-ms': expect.stringMatching(/^\d+\.\d$/),
    })
    const [row] = await ledger(gateway)
    expect(row).toMatchObject({id: headers.get('x-omni-request-id'), outcome: 'answered', cost_nano_usd: 3_500_000n})
  })

  test.each(paths)('of %s that is streamed says it in a comment before its end', async path => {
    mock.onMessage('Hello', {content: 'Good morning.', usage: {prompt_tokens: 1000, completion_tokens: 100}})
    const gateway = await started()
    const {headers, text} = await gateway.request(path, {key: gateway.apiKey, body: {...bodies[path], stream: true}})
    const id = headers.get('x-omni-request-id')
    expect(headers.get('x-omni-deployment')).toBe(target)
    expect(text).toMatch(
      new RegExp(`^: x-omni-request-id=${id} x-omni-cost=0.003500000 x-omni-overhead-ms=[0-9.]+$`, 'm'),
    )
    expect(text.indexOf(': x-omni')).toBeLessThan(text.lastIndexOf('data: '))
    expect(await ledger(gateway)).toMatchObject([{id, outcome: 'answered'}])
  })

  test('warns of what was not passed on', async () => {
    mock.onMessage('Hello', {content: 'Good morning.'})
    const gateway = await started()
    const body = {...bodies['/v1/chat/completions'], metadata: {a: 'b'}, top_k: 5}
    const {headers} = await gateway.request('/v1/chat/completions', {key: gateway.apiKey, body})
    expect(headers.get('x-omni-warnings')).toMatch(/^metadata="is not kept", topk="/)
  })
})

describe('what goes wrong', () => {
  test.each([
    [401, 502, 'llm_denied', 'api_error'],
    [429, 429, 'rate_limit_exceeded', 'rate_limit_error'],
  ])('at the provider with %i is %i for the caller', async (theirs, ours, code, type) => {
    mock.on(
      {userMessage: 'Hello'},
      {error: {message: 'Incorrect API key provided: sk-upstream', code: 'x'}, status: theirs},
    )
    const gateway = await started()
    const openai = await gateway.request('/v1/chat/completions', {
      key: gateway.apiKey,
      body: bodies['/v1/chat/completions'],
    })
    expect([openai.status, openai.json.error.code]).toEqual([ours, code])
    expect(openai.text).not.toContain('sk-upstream')
    if (ours === 502) expect(openai.headers.get('x-should-retry')).toBe('false')
    const fresh = await started()
    const anthropic = await fresh.request('/v1/messages', {
      key: fresh.apiKey,
      body: {...bodies['/v1/messages'], stream: true},
    })
    expect([anthropic.status, anthropic.json.error.type]).toEqual([ours, type])
  })

  test('at every provider at once says when to come back, for the caller who saw it and for the next', async () => {
    mock.on({userMessage: 'Hello'}, {error: {message: 'Rate limit reached'}, status: 429, retryAfter: 3_600})
    const gateway = await started()
    const ask = (path: Path) => gateway.request(path, {key: gateway.apiKey, body: bodies[path]})
    const [first, next, other] = [
      await ask('/v1/chat/completions'),
      await ask('/v1/chat/completions'),
      await ask('/v1/messages'),
    ]
    expect([first.status, first.headers.get('retry-after')]).toEqual([429, '3600'])
    expect([next.status, other.status]).toEqual([503, 503])
    expect(next.json.error).toMatchObject({code: 'llm_unavailable'})
    expect(other.json).toMatchObject({type: 'error', error: {type: 'overloaded_error'}})
    for (const {headers} of [next, other]) expect(Number(headers.get('retry-after'))).toBeGreaterThan(3_500)
    expect(mock.getRequests()).toHaveLength(1)
  })

  test('with the length of the prompt has the code by which clients know it', async () => {
    mock.on(
      {userMessage: 'Hello'},
      {
        error: {message: "This model's maximum context length is 8192 tokens", code: 'context_length_exceeded'},
        status: 400,
      },
    )
    const gateway = await started()
    const {status, json} = await gateway.request('/v1/chat/completions', {
      key: gateway.apiKey,
      body: bodies['/v1/chat/completions'],
    })
    expect([status, json.error.code]).toEqual([400, 'context_length_exceeded'])
  })

  test('with the request is said before anything is sent', async () => {
    const gateway = await started()
    const send = (path: string, body: unknown, headers = {}) =>
      gateway.request(path, {key: gateway.apiKey, body, headers})
    const misspelled = await send('/v1/chat/completions', {...bodies['/v1/chat/completions'], temprature: 1})
    expect(misspelled).toMatchObject({status: 400, json: {error: {code: 'unknown_parameter', param: 'temprature'}}})
    expect(await send('/v1/messages', '{')).toMatchObject({status: 400, json: {type: 'error'}})
    expect(await send('/v1/files', {})).toMatchObject({status: 404, json: {error: {code: 'unknown_route'}}})
    expect(await send('/v1/batches', {}, {'anthropic-version': '2023-06-01'})).toMatchObject({
      status: 404,
      json: {type: 'error', error: {type: 'not_found_error'}},
    })
    const url = 'http://169.254.169.254/x.png'
    const shown = (content: object) => [{role: 'user', content: [content]}]
    const remote = {
      '/v1/chat/completions': {model: target, messages: shown({type: 'image_url', image_url: {url}})},
      '/v1/responses': {model: target, input: shown({type: 'input_image', image_url: url})},
      '/v1/messages': {model: target, max_tokens: 5, messages: shown({type: 'image', source: {type: 'url', url}})},
    }
    for (const path of paths) {
      expect(await send(path, remote[path])).toMatchObject({
        status: 400,
        json: {error: {message: expect.stringContaining('not of the public internet')}},
      })
    }
    expect(mock.getRequests()).toEqual([])
  })

  test('with its size is said without reading it', async () => {
    const gateway = await startGateway({env: mocked(mock.url), settings, bodyLimit: 1000})
    const content = 'x'.repeat(2000)
    const body = {model: target, max_tokens: 5, messages: [{role: 'user', content}]}
    expect(await gateway.request('/v1/messages', {key: gateway.apiKey, body})).toMatchObject({
      status: 413,
      json: {error: {type: 'request_too_large'}},
    })
  })

  test.each(paths)('in the middle of a stream of %s ends it as an error', async path => {
    const env = await provider((_, response) => {
      beginStream(response)
      setImmediate(() => response.destroy())
    })
    const gateway = await started(env)
    const {status, text} = await gateway.request(path, {key: gateway.apiKey, body: {...bodies[path], stream: true}})
    expect(status).toBe(200)
    expect(text).toContain('The beginning')
    const last = text.trimEnd().split('\n').at(-1)!
    expect(last).toMatch(/^data: .*("error":\{|"type":"error")/)
    expect(text).not.toMatch(/\[DONE\]|message_stop|response\.completed|"finish_reason":"stop"/)
    const [row] = await ledger(gateway)
    expect(row).toMatchObject({outcome: 'interrupted', estimated: true})
    expect(row!.output_tokens).toBeGreaterThan(0)
  })
})

describe('a client', () => {
  test('that leaves ends the work of the provider, and what was generated is billed', async () => {
    const left = Promise.withResolvers<void>()
    const env = await provider((_, response) => {
      beginStream(response)
      response.on('close', () => left.resolve())
    })
    const gateway = await started(env)
    const leaving = new AbortController()
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: {authorization: `Bearer ${gateway.apiKey}`, 'content-type': 'application/json'},
      body: JSON.stringify({...bodies['/v1/chat/completions'], stream: true}),
      signal: leaving.signal,
    })
    await response.body!.getReader().read()
    leaving.abort()
    await left.promise
    const row = await vi.waitFor(async () => {
      const [found] = await ledger(gateway)
      expect(found).toBeDefined()
      return found!
    })
    expect(row).toMatchObject({outcome: 'cancelled', estimated: true})
    expect(row.output_tokens).toBeGreaterThan(0)
    expect(row.cost_nano_usd).toBeGreaterThan(0n)
  })

  test('that leaves before anything came ends the work as well', async () => {
    const asked = Promise.withResolvers<void>()
    const left = Promise.withResolvers<void>()
    const env = await provider((_, response) => {
      asked.resolve()
      response.on('close', () => left.resolve())
    })
    const gateway = await started(env)
    const leaving = new AbortController()
    const response = fetch(`${gateway.url}/v1/messages`, {
      method: 'POST',
      headers: {'x-api-key': gateway.apiKey, 'content-type': 'application/json'},
      body: JSON.stringify(bodies['/v1/messages']),
      signal: leaving.signal,
    })
    response.catch(() => undefined)
    await asked.promise
    leaving.abort()
    await left.promise
    await expect(response).rejects.toThrow()
  })
})

test('vectors come as numbers or as base64, as the client asks', async () => {
  mock.onEmbedding(/.*/, {embedding: [0.5, -0.25, 1]})
  const gateway = await startGateway({
    env: {...mocked(mock.url), OMNI_RAG_EMBEDDING_MODEL: 'openai', OMNI_RAG_EMBEDDING_DIMENSION: '3'},
  })
  const ask = (more: object) =>
    gateway.request('/v1/embeddings', {
      key: gateway.apiKey,
      body: {model: 'openai/text-embedding-3-small', input: ['a', 'b'], ...more},
    })
  const plain = await ask({})
  expect(plain).toMatchObject({status: 200, json: {object: 'list', data: [{index: 0}, {index: 1}]}})
  expect(plain.json.data[0].embedding).toHaveLength(3)
  const packed = await ask({encoding_format: 'base64'})
  const bytes = Buffer.from(packed.json.data[0].embedding as string, 'base64')
  expect([0, 4, 8].map(at => bytes.readFloatLE(at))).toEqual(plain.json.data[0].embedding)
  expect(await ask({dimensions: 2})).toMatchObject({status: 400, json: {error: {param: 'dimensions'}}})
  expect(await ask({input: [[1, 2]]})).toMatchObject({status: 400})
})
