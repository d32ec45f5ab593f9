import {createAnthropic} from '@ai-sdk/anthropic'
import {createOpenAI} from '@ai-sdk/openai'
import Anthropic from '@anthropic-ai/sdk'
import {betaTool} from '@anthropic-ai/sdk/helpers/beta/json-schema'
import {LLMock} from '@copilotkit/aimock'
import {jsonSchema, Output, streamText} from 'ai'
import OpenAI from 'openai'
import {zodFunction, zodResponseFormat, zodTextFormat} from 'openai/helpers/zod'
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import * as z from 'zod'
import {startGateway, type TestGateway} from '../support/gateway.ts'

/** What the vendors' clients do beyond one request: they parse, run tools, and send back what they got with what they added. */
const mock = new LLMock({port: 0})
const cleanUps: (() => unknown)[] = []
let gateway: TestGateway
beforeAll(async () => {
  await mock.start()
  gateway = await started()
})
afterAll(async () => {
  for (const cleanUp of cleanUps.toReversed()) await cleanUp()
  await mock.stop()
})
beforeEach(() => {
  mock.reset()
  mock.on({userMessage: 'weather', hasToolResult: true}, {content: '{"city":"Bern"}'})
  mock.on(
    {userMessage: 'weather', hasToolResult: false},
    {toolCalls: [{name: 'weather', arguments: '{"city":"Bern"}'}]},
  )
  mock.onMessage('object', {content: '{"city":"Bern"}'}, {chunkSize: 4})
  mock.onMessage(/.*/, {content: 'Good morning.'})
})

const City = z.object({city: z.string()})
const schema = {
  type: 'object' as const,
  properties: {city: {type: 'string' as const}},
  required: ['city'],
  additionalProperties: false,
}
const models = ['gpt', 'haiku'] as const

const started = () =>
  startGateway({
    atEnd: cleanUp => void cleanUps.push(cleanUp),
    env: {OPENAI_API_KEY: 'sk', ANTHROPIC_API_KEY: 'sk'},
    settings: `llm:
  deployments:
    - {id: gpt, provider: openai, model: gpt-4o, base_model: gpt-4o, base_url: '${mock.url}/v1'}
    - {id: haiku, provider: anthropic, model: claude-haiku-4-5, base_model: claude-haiku-4-5, base_url: '${mock.url}'}
`,
  })
const openai = () => new OpenAI({apiKey: gateway.apiKey, baseURL: `${gateway.url}/v1`, maxRetries: 0})
const anthropic = () => new Anthropic({apiKey: gateway.apiKey, authToken: null, baseURL: gateway.url, maxRetries: 0})

describe.each(models)('over %s', model => {
  test('OpenAI’s `parse()` goes on with its own messages, in both APIs', async () => {
    const client = openai()
    const user = {role: 'user' as const, content: 'weather?'}
    const tools = [zodFunction({name: 'weather', parameters: City})]
    const response_format = zodResponseFormat(City, 'city')
    const asked = {model, tools, response_format}
    const called = await client.chat.completions.parse({...asked, messages: [user]})
    const {message} = called.choices[0]!
    expect(message.tool_calls).toMatchObject([{function: {parsed_arguments: {city: 'Bern'}}}])
    const result = {role: 'tool' as const, tool_call_id: message.tool_calls![0]!.id, content: 'rain'}
    const told = await client.chat.completions.parse({...asked, messages: [user, message, result]})
    expect(told.choices[0]!.message.parsed).toEqual({city: 'Bern'})
    const more = await client.chat.completions.create({
      model,
      messages: [user, message, result, told.choices[0]!.message, {role: 'user', content: 'Thanks'}],
    })
    expect(more.choices[0]!.message.content).toBe('Good morning.')

    const own = {type: 'function' as const, name: 'weather', parameters: schema, strict: true}
    const text = {format: zodTextFormat(City, 'city')}
    const first = await client.responses.parse({model, tools: [own], text, input: [user]})
    const calls = first.output.filter(item => item.type === 'function_call')
    const results = calls.map(({call_id}) => ({type: 'function_call_output' as const, call_id, output: 'rain'}))
    const input = [user, ...(first.output as OpenAI.Responses.ResponseInputItem[]), ...results]
    const second = await client.responses.parse({model, tools: [own], text, input})
    expect(second.output_parsed).toEqual({city: 'Bern'})
    const items = [
      ...input,
      ...(second.output as OpenAI.Responses.ResponseInputItem[]),
      {role: 'user' as const, content: 'Thanks'},
    ]
    expect((await client.responses.create({model, input: items})).output_text).toBe('Good morning.')
  })

  test('OpenAI’s `runTools()` without a stream runs its tools', async () => {
    const client = openai()
    const tools = [zodFunction({name: 'weather', parameters: City, function: ({city}) => `rain in ${city}`})]
    const runner = client.chat.completions.runTools({model, messages: [{role: 'user', content: 'weather?'}], tools})
    expect(await runner.finalContent()).toBe('{"city":"Bern"}')
  })

  test('Responses stream ends with what its events said', async () => {
    const client = openai()
    const seen: string[] = []
    const stream = client.responses.stream({model, input: 'object', text: {format: zodTextFormat(City, 'city')}})
    for await (const event of stream) seen.push(event.type)
    expect((await stream.finalResponse()).output_parsed).toEqual({city: 'Bern'})
    expect([...new Set(seen)]).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
  })

  test('Anthropic’s tool runner runs its tools, and reads ids of requests', async () => {
    const client = anthropic()
    const weather = betaTool({
      name: 'weather',
      description: 'The weather of a city',
      inputSchema: schema,
      run: ({city}) => `rain in ${city}`,
    })
    const user = {role: 'user' as const, content: 'weather?'}
    const last = await client.beta.messages.toolRunner({model, max_tokens: 100, tools: [weather], messages: [user]})
    expect(last.content).toMatchObject([{type: 'text', text: '{"city":"Bern"}'}])
    const {request_id, response} = await client.messages
      .create({model, max_tokens: 100, messages: [{role: 'user', content: 'Hello'}]})
      .withResponse()
    expect(request_id).toBe(response.headers.get('x-request-id'))
    const wrong = client.messages.create({model, max_tokens: 0, messages: [user]})
    await expect(wrong).rejects.toMatchObject({status: 400, requestID: expect.stringMatching(/^[0-9a-f-]{36}$/)})
    const {input_tokens} = await client.messages.countTokens({
      model,
      messages: [user],
      tools: [{name: 'weather', input_schema: schema}],
    })
    expect(input_tokens).toBeGreaterThan(10)
  })

  test.each(['chat', 'responses', 'messages'] as const)('the AI SDK streams objects over %s', async api => {
    const options = {apiKey: gateway.apiKey, baseURL: `${gateway.url}/v1`}
    const language =
      api === 'chat'
        ? createOpenAI(options).chat(model)
        : api === 'responses'
          ? createOpenAI(options).responses(model)
          : createAnthropic(options)(model)
    const output = Output.object({schema: jsonSchema<{city: string}>(schema)})
    const {partialOutputStream, output: whole} = streamText({model: language, prompt: 'object', output, maxRetries: 0})
    const partial: unknown[] = []
    for await (const each of partialOutputStream) partial.push(each)
    expect(partial.at(-1)).toEqual({city: 'Bern'})
    expect(await whole).toEqual({city: 'Bern'})
  })
})
