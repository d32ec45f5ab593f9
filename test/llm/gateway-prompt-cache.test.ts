import {createServer, type RequestListener} from 'node:http'
import type {AddressInfo} from 'node:net'
import Anthropic from '@anthropic-ai/sdk'
import {LLMock} from '@copilotkit/aimock'
import OpenAI from 'openai'
import {afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test} from 'vitest'
import {startGateway, type TestGateway} from '../support/gateway.ts'

/** What clients of both vendors ask to be kept of their prompts, through the gateway, as it arrives at a provider. */
const mock = new LLMock({port: 0})
beforeAll(() => mock.start())
afterAll(() => mock.stop())
beforeEach(() => {
  mock.reset()
  mock.onMessage('notice', {content: 'Four weeks.'})
})

type Body = ReturnType<typeof JSON.parse>

async function listening(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The mock, which tells a request only as it understood it, behind one that tells it as it was sent. */
async function recorded(): Promise<{url: string; bodies: Body[]}> {
  const bodies: Body[] = []
  const url = await listening(async (request, response) => {
    let text = ''
    for await (const piece of request) text += piece
    bodies.push(JSON.parse(text))
    const answer = await fetch(`${mock.url}${request.url}`, {
      method: 'POST',
      headers: {'content-type': 'application/json', 'x-api-key': 'sk', authorization: 'Bearer sk'},
      body: text,
    })
    response.writeHead(answer.status, {'content-type': answer.headers.get('content-type') ?? ''})
    response.end(await answer.text())
  })
  return {url, bodies}
}

/** A provider that says the same to everyone. */
function saying(status: number, body: object): Promise<string> {
  return listening((request, response) => {
    request.resume().once('end', () => {
      response.writeHead(status, {'content-type': 'application/json'})
      response.end(JSON.stringify(body))
    })
  })
}

async function started(addresses: {anthropic?: string; openai?: string}): Promise<TestGateway> {
  const nowhere = 'http://127.0.0.1:9'
  return startGateway({
    env: {ANTHROPIC_API_KEY: 'sk', OPENAI_API_KEY: 'sk'},
    settings: `llm:
  deployments:
    - {id: haiku, provider: anthropic, model: claude-haiku-4-5, base_model: claude-haiku-4-5, base_url: "${addresses.anthropic ?? nowhere}"}
    - {id: gpt, provider: openai, model: gpt-4o, base_model: gpt-4o, base_url: "${addresses.openai ?? nowhere}/v1"}
  groups:
    claude-first: {deployments: [haiku], fallbacks: [gpt]}
    gpt-first: {deployments: [gpt], fallbacks: [haiku]}
  retry: {per_deployment: 1}
`,
  })
}

function anthropicClient({url, apiKey}: TestGateway): Anthropic {
  return new Anthropic({apiKey, authToken: null, baseURL: url, maxRetries: 0})
}

function openAiClient({url, apiKey}: TestGateway): OpenAI {
  return new OpenAI({apiKey, baseURL: `${url}/v1`, maxRetries: 0})
}

const ephemeral = {type: 'ephemeral'} as const
const hour = {type: 'ephemeral', ttl: '1h'} as const
const tool = {name: 'clock', input_schema: {type: 'object' as const, properties: {}}}

const asked = {
  max_tokens: 100,
  tools: [{...tool, cache_control: hour}],
  system: [
    {type: 'text' as const, text: 'Be brief.'},
    {type: 'text' as const, text: 'The contract …', cache_control: hour},
  ],
  messages: [
    {role: 'user' as const, content: 'What time is it?'},
    {role: 'assistant' as const, content: [{type: 'tool_use' as const, id: 'toolu_1', name: 'clock', input: {}}]},
    {
      role: 'user' as const,
      content: [
        {type: 'tool_result' as const, tool_use_id: 'toolu_1', content: 'noon', cache_control: ephemeral},
        {
          type: 'text' as const,
          text: 'And the notice?',
          cache_control: {type: 'ephemeral' as const, ttl: '5m' as const},
        },
      ],
    },
  ],
}

describe('what a client of Anthropic marks', () => {
  test('arrives at Anthropic as it was marked, whole and streamed', async () => {
    const {url, bodies} = await recorded()
    const client = anthropicClient(await started({anthropic: url}))
    const {data, response} = await client.messages.create({model: 'haiku', ...asked}).withResponse()
    expect(data.content).toMatchObject([{text: 'Four weeks.'}])
    expect(response.headers.get('x-omni-warnings')).toBeNull()
    expect(await client.messages.stream({model: 'haiku', ...asked}).finalText()).toBe('Four weeks.')
    for (const body of bodies) {
      expect(body).toMatchObject({tools: asked.tools, system: asked.system})
      expect(body.messages.at(-2).content).toMatchObject([{type: 'tool_result', cache_control: ephemeral}])
      expect(body.messages.at(-1).content).toEqual([asked.messages[2]!.content[1]])
      expect(JSON.stringify(body).split('cache_control')).toHaveLength(5)
    }
    await client.messages.create({
      model: 'haiku',
      max_tokens: 9,
      cache_control: hour,
      messages: [{role: 'user', content: 'notice?'}],
    })
    expect(bodies.at(-1)).toMatchObject({cache_control: hour, messages: [{content: [{type: 'text', text: 'notice?'}]}]})
  })

  test('is warned of where another provider answers instead, and marks come back where Anthropic does', async () => {
    const {url, bodies} = await recorded()
    const busy = await saying(529, {type: 'error', error: {type: 'overloaded_error', message: 'Overloaded'}})
    const client = anthropicClient(await started({anthropic: busy, openai: url}))
    const fallen = await client.messages.create({model: 'claude-first', ...asked}).withResponse()
    expect(fallen.response.headers.get('x-omni-deployment')).toBe('gpt')
    expect(fallen.response.headers.get('x-omni-warnings')).toContain('cachebreakpoint="openai has no cache breakpoints')
    expect(JSON.stringify(bodies)).not.toMatch(/cache/)

    const broken = await saying(500, {error: {message: 'no'}})
    const other = anthropicClient(await started({openai: broken, anthropic: url}))
    const {response} = await other.messages.create({model: 'gpt-first', ...asked}).withResponse()
    expect(response.headers.get('x-omni-deployment')).toBe('haiku')
    expect(response.headers.get('x-omni-warnings')).toBeNull()
    expect(bodies.at(-1)).toMatchObject({system: asked.system})
  })

  test('is refused before anything is sent where Anthropic would refuse it', async () => {
    const {url, bodies} = await recorded()
    const gateway = await started({anthropic: url})
    const client = anthropicClient(gateway)
    const five = {...asked, cache_control: ephemeral}
    const refused = client.messages.create({model: 'haiku', ...five})
    await expect(refused).rejects.toThrow(Anthropic.BadRequestError)
    await expect(refused).rejects.toThrow('at most 4 blocks may have it, and 5 do')
    const backwards = {...asked, tools: [{...tool, cache_control: ephemeral}]}
    await expect(client.messages.create({model: 'haiku', ...backwards})).rejects.toThrow('1h has to stand before')
    const empty = [{type: 'text' as const, text: '', cache_control: ephemeral}]
    await expect(client.messages.create({model: 'haiku', ...asked, system: empty})).rejects.toThrow(
      'system[0]: an empty text',
    )
    const unknown = {...asked, cache_control: {type: 'ephemeral', ttl: '2h'} as never}
    await expect(client.messages.create({model: 'haiku', ...unknown})).rejects.toThrow('cache_control.ttl')
    expect(bodies).toEqual([])
    // A schema may have a property of that name, and a beta more fields.
    const properties = Object.fromEntries(
      ['a', 'b', 'c', 'd', 'e'].map(name => [name, {cache_control: {type: 'string'}}]),
    )
    const {response} = await client.messages
      .create({
        model: 'haiku',
        max_tokens: 9,
        tools: [{name: 'clock', input_schema: {type: 'object', properties}}],
        messages: [
          {
            role: 'user',
            content: [{type: 'text', text: 'notice?', cache_control: {...ephemeral, scope: 'global'} as never}],
          },
        ],
      })
      .withResponse()
    expect(response.headers.get('x-omni-warnings')).toBe('cache_control.scope="is not passed on"')
  })
})

describe('what a client of OpenAI marks as OpenRouter and LiteLLM take it', () => {
  test('arrives at Anthropic: on parts, messages and tools', async () => {
    const {url, bodies} = await recorded()
    const client = openAiClient(await started({anthropic: url}))
    const parameters = {type: 'object', properties: {}}
    await client.chat.completions.create({
      model: 'haiku',
      tools: [{type: 'function', function: {name: 'clock', parameters}, cache_control: hour}] as never,
      messages: [
        {
          role: 'system',
          content: [
            {type: 'text', text: 'Be brief.'},
            {type: 'text', text: 'The contract …', cache_control: hour},
          ],
        },
        {role: 'user', content: 'What time is it?'},
        {
          role: 'assistant',
          content: null,
          tool_calls: [{id: 'call_1', type: 'function', function: {name: 'clock', arguments: '{}'}}],
        },
        {role: 'tool', tool_call_id: 'call_1', content: 'noon', cache_control: ephemeral},
        {
          role: 'user',
          content: [
            {type: 'text', text: 'a page', cache_control: ephemeral},
            {type: 'text', text: 'And the notice?'},
          ],
        },
      ] as never,
    })
    const [body] = bodies
    expect(body.tools[0].cache_control).toEqual(hour)
    expect(body.system).toEqual(asked.system)
    expect(body.messages.at(-2).content).toMatchObject([{type: 'tool_result', cache_control: ephemeral}])
    expect(body.messages.at(-1).content).toEqual([
      {type: 'text', text: 'a page', cache_control: ephemeral},
      {type: 'text', text: 'And the notice?'},
    ])
    expect(JSON.stringify(body).split('cache_control')).toHaveLength(5)
  })

  test('of OpenAI’s own arrives there, or is warned of', async () => {
    const {url, bodies} = await recorded()
    const client = openAiClient(await started({openai: url, anthropic: url}))
    const messages = [
      {
        role: 'user' as const,
        content: [{type: 'text' as const, text: 'notice?', prompt_cache_breakpoint: {mode: 'explicit' as const}}],
      },
    ]
    const keyed = {messages, prompt_cache_key: 'desk-7', prompt_cache_retention: '24h' as const}
    const gpt = await client.chat.completions.create({model: 'gpt', ...keyed}).withResponse()
    expect(bodies[0]).toMatchObject({prompt_cache_key: 'desk-7', prompt_cache_retention: '24h'})
    // GPT-4o has no breakpoints.
    expect(gpt.response.headers.get('x-omni-warnings')).toMatch(/^cachebreakpoint=/)
    const claude = await client.chat.completions.create({model: 'haiku', ...keyed}).withResponse()
    expect(bodies[1].messages[0].content).toEqual([{type: 'text', text: 'notice?', cache_control: ephemeral}])
    expect(claude.response.headers.get('x-omni-warnings')).toMatch(/^promptcachekey=.*promptcacheretention=/)
    const response = await client.responses
      .create({model: 'gpt', input: 'notice?', prompt_cache_key: 'desk-8'})
      .withResponse()
    expect(bodies[2]).toMatchObject({prompt_cache_key: 'desk-8'})
    expect(response.response.headers.get('x-omni-warnings')).toBeNull()
  })
})

test('what was written and read is in the fields of each API, in the price and in the report', async () => {
  const used = {
    input_tokens: 3,
    cache_read_input_tokens: 50,
    cache_creation_input_tokens: 3_300,
    cache_creation: {ephemeral_5m_input_tokens: 1_100, ephemeral_1h_input_tokens: 2_200},
    output_tokens: 70,
  }
  const content = [{type: 'text', text: 'Four weeks.'}]
  const url = await saying(200, {
    id: 'm',
    type: 'message',
    role: 'assistant',
    model: 'claude-haiku-4-5',
    content,
    stop_reason: 'end_turn',
    usage: used,
  })
  const gateway = await started({anthropic: url})
  const answer = await anthropicClient(gateway)
    .messages.create({model: 'haiku', ...asked})
    .withResponse()
  expect(answer.data.usage).toMatchObject(used)
  // 3 × $1 + 50 × $0.10 + 1,100 × $1.25 + 2,200 × $2 + 70 × $5, for a million each.
  expect(answer.response.headers.get('x-omni-cost')).toBe('0.006133000')
  const openai = openAiClient(gateway)
  const chat = await openai.chat.completions.create({model: 'haiku', messages: [{role: 'user', content: 'notice?'}]})
  expect(chat.usage).toMatchObject({
    prompt_tokens: 3_353,
    prompt_tokens_details: {cached_tokens: 50, cache_write_tokens: 3_300},
  })
  const response = await openai.responses.create({model: 'haiku', input: 'notice?'})
  expect(response.usage).toMatchObject({
    input_tokens: 3_353,
    input_tokens_details: {cached_tokens: 50, cache_write_tokens: 3_300},
  })
  const report = await gateway.request('/api/v1/llm/usage', {key: gateway.apiKey})
  expect(report.json).toMatchObject({
    rows: [{calls: 3, input_tokens: 10_059, cache_read_tokens: 150, cache_write_tokens: 9_900, cost_usd: '0.018399'}],
  })
})
