import {LLMock} from '@copilotkit/aimock'
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import type {CompletionRequest} from '../../src/model/completion-request.ts'
import type {AdapterOptions} from '../../src/providers/adapter-from.ts'
import {
  answering,
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

const TOOL = {name: 'weather', description: 'Weather', inputSchema: {type: 'object', properties: {}}}
const NEWER = {model: 'our-newest', baseModel: 'gpt-6-sol'} as const
const mock = new LLMock({port: 0})

beforeAll(async () => {
  await mock.start()
})
afterAll(() => mock.stop())
beforeEach(() => {
  mock.reset()
})

/** What goes out, whatever the answer. */
async function sent(options: Partial<AdapterOptions>, more: Partial<CompletionRequest> = {}, suffix = '') {
  return withServer(answering('{}', {status: 400}), async (url, asked) => {
    await failing(open('azure', url, {...options, baseUrl: url + suffix}).complete(userSays('hi', more), callOf()))
    const {path, headers, body} = asked[0]!
    return {path, headers, body: JSON.parse(body) as Record<string, unknown>}
  })
}

describe.each([true, false])('Responses of the v1 API, streamed: %s', stream => {
  it('calls tools and gives text', async () => {
    mock.onMessage(/weather/, {toolCalls: [{name: 'weather', arguments: '{"place":"Kranj"}'}]})
    mock.onMessage(/notice/, {content: 'It is three months, čez poletje.'}, {chunkSize: 4})
    const adapter = open('azure', mock.url, NEWER)
    const called = await collect(adapter.complete(userSays('weather?', {tools: [TOOL]}), callOf({stream})))
    checkOrder(called)
    expect(mock.getLastRequest()?.path).toBe('/openai/v1/responses')
    expect(toolsOf(called)).toEqual([{id: 'call_id1', name: 'weather', input: '{"place":"Kranj"}'}])
    const said = await collect(adapter.complete(userSays('notice?', {tools: [TOOL]}), callOf({stream})))
    expect(textOf(said)).toBe('It is three months, čez poletje.')
    expect(finishOf(said).reason.unified).toBe('stop')
  })
})

describe('where a request goes', () => {
  const tools = [TOOL]

  it.each([
    ['no version', {...NEWER}, '/openai/v1/responses', '/openai/v1/chat/completions'],
    [
      'the v1 API by name',
      {...NEWER, apiVersion: 'preview'},
      '/openai/v1/responses?api-version=preview',
      '/openai/v1/chat/completions?api-version=preview',
    ],
    [
      'a dated version',
      {...NEWER, apiVersion: '2025-04-01-preview'},
      '/openai/responses?api-version=2025-04-01-preview',
      '/openai/deployments/our-newest/chat/completions?api-version=2025-04-01-preview',
    ],
  ])('%s', async (_name, options, responses, chat) => {
    const withTools = await sent(options, {tools})
    expect([withTools.path, withTools.body.model, withTools.body.store]).toEqual([responses, 'our-newest', false])
    const without = await sent(options)
    expect([without.path, without.body.model]).toEqual([chat, 'our-newest'])
  })

  it('the model decides that is deployed, not the name of the deployment', async () => {
    expect((await sent({model: 'gpt-6-sol', baseModel: 'gpt-4o'}, {tools})).path).toBe('/openai/v1/chat/completions')
    expect((await sent({model: 'gpt-6-sol'}, {tools})).path).toBe('/openai/v1/responses')
    expect((await sent({model: 'ours', baseModel: 'gpt-5.1-codex-mini'})).path).toBe('/openai/v1/responses')
  })

  it('leaves out what the deployed model does not take', async () => {
    const asked = await sent({model: 'ours', baseModel: 'o3'}, {temperature: 0.5})
    expect(asked.body).not.toHaveProperty('temperature')
    expect((await sent({model: 'ours', baseModel: 'gpt-4o'}, {temperature: 0.5})).body.temperature).toBe(0.5)
  })

  it.each(['/', '/openai', '/openai/v1', '/openai/v1/'])('an endpoint that ends with %s', async suffix => {
    expect((await sent(NEWER, {}, suffix)).path).toBe('/openai/v1/chat/completions')
  })
})

describe.each([undefined, '2025-04-01-preview'])('version %s', apiVersion => {
  it('sends a key as api-key, and a token of Entra as bearer', async () => {
    const token = 'eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2lnbmF0dXJl'
    for (const tools of [[], [TOOL]]) {
      const byKey = (await sent({...NEWER, apiVersion}, {tools})).headers
      expect([byKey['api-key'], byKey.authorization]).toEqual([KEY, undefined])
      const byToken = (await sent({...NEWER, apiVersion, apiKey: token}, {tools})).headers
      expect([byToken['api-key'], byToken.authorization]).toEqual([undefined, `Bearer ${token}`])
    }
  })
})

describe('thoughts', () => {
  const thought = {type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'c2ln'}
  const whole = {
    id: 'r',
    object: 'response',
    model: 'gpt-6-sol-1',
    status: 'completed',
    output: [thought],
    usage: {input_tokens: 5, output_tokens: 3, total_tokens: 8},
  }

  it('go back to Azure and not to OpenAI, which did not encrypt them', async () => {
    const json = {headers: {'content-type': 'application/json'}}
    const events = await withServer(answering(JSON.stringify(whole), json), async url =>
      collect(open('azure', url, NEWER).complete(userSays('hi', {tools: [TOOL]}), callOf({stream: false}))),
    )
    const signed = events.flatMap(event => (event.type === 'reasoning-end' && event.signed ? [event.signed] : []))
    expect(signed).toEqual([{provider: 'azure', data: thought}])
    const request: CompletionRequest = {
      messages: [
        ...userSays('hi').messages,
        {role: 'assistant', content: [{type: 'reasoning', text: '', signed: signed[0]!}]},
      ],
      tools: [TOOL],
    }
    expect((await sent(NEWER, request)).body.input).toContainEqual(thought)
    await withServer(answering('{}', {status: 400}), async (url, asked) => {
      await failing(open('openai', url, {model: 'gpt-6-sol'}).complete(request, callOf()))
      expect(asked[0]!.body).not.toContain('rs_1')
    })
  })
})

describe('failures of Responses', () => {
  const ask = (url: string) =>
    failing(open('azure', url, NEWER).complete(userSays('hi', {tools: [TOOL]}), callOf({stream: true})))

  it('a prompt that the content filter refuses', async () => {
    const error = {
      message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
      type: null,
      param: 'prompt',
      code: 'content_filter',
      status: 400,
      innererror: {
        code: 'ResponsibleAIPolicyViolation',
        content_filter_result: {violence: {filtered: true, severity: 'high'}},
      },
    }
    await withServer(answering(JSON.stringify({error}), {status: 400}), async url => {
      expect((await ask(url)).failure.facts).toMatchObject({class: 'content', status: 400, mayHaveRun: false})
    })
  })

  it('an answer that it cuts off is no end of the model’s', async () => {
    const incomplete = {
      id: 'r',
      object: 'response',
      model: 'm',
      status: 'incomplete',
      incomplete_details: {reason: 'content_filter'},
      content_filters: [{blocked: true, source_type: 'completion', content_filter_results: {}}],
      output: [],
    }
    const body = `event: response.incomplete\ndata: ${JSON.stringify({type: 'response.incomplete', response: incomplete})}\n\n`
    await withServer(answering(body), async url => {
      const events = await collect(open('azure', url, NEWER).complete(userSays('hi', {tools: [TOOL]}), callOf()))
      expect(finishOf(events).reason).toEqual({unified: 'content-filter', raw: 'content_filter'})
    })
  })

  it('a rate limit with the wait in milliseconds', async () => {
    const headers = {'retry-after-ms': '1250', 'retry-after': '2', 'content-type': 'application/json'}
    const error = {code: 'too_many_requests', message: 'Too Many Requests'}
    await withServer(answering(JSON.stringify({error}), {status: 429, headers}), async url => {
      expect((await ask(url)).failure.facts).toMatchObject({class: 'rate', status: 429, retryAfter: 1250})
    })
  })
})
