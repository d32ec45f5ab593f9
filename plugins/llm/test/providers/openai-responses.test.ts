import {LLMock} from '@copilotkit/aimock'
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import type {CompletionRequest} from '../../src/model/completion-request.ts'
import {
  answering,
  callOf,
  checkOrder,
  collect,
  failing,
  finishOf,
  open,
  textOf,
  toolsOf,
  userSays,
  withServer,
} from './provider-servers.ts'

const MODEL = 'gpt-6-sol'
const TOOL = {name: 'weather', description: 'Weather', inputSchema: {type: 'object', properties: {}}}
const mock = new LLMock({port: 0})

type Piece = Record<string, unknown>
const named = (pieces: readonly Piece[]): string =>
  pieces.map(piece => `event: ${String(piece.type)}\ndata: ${JSON.stringify(piece)}\n\n`).join('')
const response = (more: Piece): Piece => ({id: 'r', object: 'response', model: 'gpt-6-sol-1', output: [], ...more})
const begun: Piece = {type: 'response.created', response: response({status: 'in_progress'})}

beforeAll(async () => {
  await mock.start()
})
afterAll(() => mock.stop())
beforeEach(() => {
  mock.reset()
})

describe.each([true, false])('streamed: %s', stream => {
  it('calls tools and gives text', async () => {
    mock.onMessage(/weather/, {
      toolCalls: [
        {name: 'weather', arguments: '{"place":"Kranj"}'},
        {name: 'weather', arguments: '{}'},
      ],
    })
    mock.onMessage(/notice/, {content: 'It is three months, čez poletje.'}, {chunkSize: 4})
    const adapter = open('openai', mock.url, {model: MODEL})
    const called = await collect(adapter.complete(userSays('weather?', {tools: [TOOL]}), callOf({stream})))
    checkOrder(called)
    expect(mock.getLastRequest()?.path).toBe('/v1/responses')
    expect(toolsOf(called)).toEqual([
      {id: 'call_id1', name: 'weather', input: '{"place":"Kranj"}'},
      {id: 'call_id2', name: 'weather', input: '{}'},
    ])
    expect(finishOf(called).reason.unified).toBe('tool-calls')
    const said = await collect(adapter.complete(userSays('notice?', {tools: [TOOL]}), callOf({stream})))
    checkOrder(said)
    expect(textOf(said)).toBe('It is three months, čez poletje.')
    expect(finishOf(said).reason.unified).toBe('stop')
  })
})

it('is asked only where Chat Completions would refuse', async () => {
  mock.onMessage(/.*/, {content: 'ok'})
  const ask = async (model: string, more: Partial<CompletionRequest>) => {
    await collect(open('openai', mock.url, {model}).complete(userSays('hi', more), callOf()))
    return mock.getLastRequest()?.path
  }
  expect(await ask(MODEL, {})).toBe('/v1/chat/completions')
  expect(await ask(MODEL, {tools: [TOOL], reasoningEffort: 'none'})).toBe('/v1/chat/completions')
  expect(await ask('gpt-4o', {tools: [TOOL]})).toBe('/v1/chat/completions')
  expect(await ask('gpt-5.6-luna', {tools: [TOOL]})).toBe('/v1/responses')
  expect(await ask('gpt-5.4-pro', {})).toBe('/v1/chat/completions')
  for (const model of ['gpt-5-codex', 'gpt-5.1-codex-max', 'codex-mini-latest', 'o3-pro', 'gpt-5-pro']) {
    expect(await ask(model, {})).toBe('/v1/responses')
  }
})

it('gives back what the model thought, encrypted, and counts it once', async () => {
  const thought = {
    type: 'reasoning',
    id: 'rs_1',
    summary: [{type: 'summary_text', text: 'Hm.'}],
    encrypted_content: 'c2ln',
  }
  const call = {type: 'function_call', id: 'fc_1', call_id: 'call_theirs', name: 'weather', arguments: '{"x":1}'}
  const usage = {
    input_tokens: 1000,
    input_tokens_details: {cached_tokens: 600, cache_write_tokens: 100},
    output_tokens: 90,
    output_tokens_details: {reasoning_tokens: 64},
    total_tokens: 1090,
  }
  const body = named([
    begun,
    {type: 'response.output_item.added', output_index: 0, item: {...thought, summary: []}},
    {type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 0, delta: 'Hm.'},
    {type: 'response.output_item.done', output_index: 0, item: thought},
    {type: 'response.output_item.added', output_index: 1, item: {...call, arguments: ''}},
    {type: 'response.function_call_arguments.delta', output_index: 1, delta: '{"x":'},
    {type: 'response.output_item.done', output_index: 1, item: call},
    {type: 'response.completed', response: response({status: 'completed', usage})},
  ])
  const events = await withServer(answering(body), async url =>
    collect(open('openai', url, {model: MODEL}).complete(userSays('hi', {tools: [TOOL]}), callOf())),
  )
  checkOrder(events)
  expect(events[0]).toMatchObject({type: 'start', model: 'gpt-6-sol-1'})
  expect(textOf(events, 'reasoning')).toBe('Hm.')
  expect(toolsOf(events)).toEqual([{id: 'call_id1', name: 'weather', input: '{"x":1}'}])
  expect(finishOf(events).usage).toMatchObject({
    input: {total: 1000, noCache: 300, cacheRead: 600, cacheWrite: 100},
    output: {total: 90, text: 26, reasoning: 64},
  })
  const signed = events.flatMap(event => (event.type === 'reasoning-end' && event.signed ? [event.signed] : []))
  expect(signed).toHaveLength(1)
  const request: CompletionRequest = {
    messages: [
      ...userSays('hi').messages,
      {
        role: 'assistant',
        content: [
          {type: 'reasoning', text: 'Hm.', signed: signed[0]!},
          {type: 'tool-call', id: 'call_id1', name: 'weather', input: '{"x":1}'},
        ],
      },
      {
        role: 'tool',
        content: [{type: 'tool-result', id: 'call_id1', name: 'weather', content: [{type: 'text', text: 'snow'}]}],
      },
    ],
    tools: [TOOL],
  }
  await withServer(answering('{}', {status: 400}), async (url, asked) => {
    await failing(open('openai', url, {model: MODEL}).complete(request, callOf()))
    const sent = JSON.parse(asked[0]!.body) as {input: unknown[]; store: boolean}
    expect(sent.store).toBe(false)
    expect(sent.input.slice(1)).toEqual([
      thought,
      {type: 'function_call', call_id: 'call_id1', name: 'weather', arguments: '{"x":1}'},
      {type: 'function_call_output', call_id: 'call_id1', output: [{type: 'input_text', text: 'snow'}]},
    ])
  })
})

it.each([
  [
    'failed',
    {
      type: 'response.failed',
      response: response({status: 'failed', error: {code: 'rate_limit_exceeded', message: 'slow'}}),
    },
    'rate',
  ],
  ['an error event', {type: 'error', code: 'server_error', message: 'it broke', param: null}, 'transient'],
])('finds %s inside HTTP 200', async (_name, fault, expected) => {
  await withServer(answering(named([begun, fault])), async url => {
    const {failure} = await failing(
      open('openai', url, {model: MODEL}).complete(userSays('hi', {tools: [TOOL]}), callOf()),
    )
    expect(failure.facts).toMatchObject({class: expected, mayHaveRun: true})
  })
})

it.each([
  ['max_output_tokens', 'length'],
  ['content_filter', 'content-filter'],
])('says that it is incomplete by %s', async (reason, expected) => {
  const end = {type: 'response.incomplete', response: response({status: 'incomplete', incomplete_details: {reason}})}
  await withServer(answering(named([begun, end])), async url => {
    const events = await collect(
      open('openai', url, {model: MODEL}).complete(userSays('hi', {tools: [TOOL]}), callOf()),
    )
    expect(finishOf(events).reason).toEqual({unified: expected, raw: reason})
  })
})

it('does not call it an end where the last event is missing', async () => {
  const text = {type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'Three'}
  await withServer(answering(named([begun, text])), async url => {
    const {seen, failure} = await failing(
      open('openai', url, {model: MODEL}).complete(userSays('hi', {tools: [TOOL]}), callOf()),
    )
    expect(textOf(seen)).toBe('Three')
    expect(failure.message).toContain('without saying why')
  })
})
