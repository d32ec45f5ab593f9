import {createAnthropic} from '@ai-sdk/anthropic'
import {createOpenAI} from '@ai-sdk/openai'
import Anthropic from '@anthropic-ai/sdk'
import {LLMock} from '@copilotkit/aimock'
import {generateText, jsonSchema, Output, stepCountIs, streamText, tool} from 'ai'
import OpenAI from 'openai'
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {mocked, startGateway} from '../support/gateway.ts'

/** Clients of both vendors, as their users run them, against the gateway before a mock of OpenAI. */
const mock = new LLMock({port: 0})
beforeAll(() => mock.start())
afterAll(() => mock.stop())
beforeEach(() => {
  mock.reset()
})

const schema = {
  type: 'object' as const,
  properties: {city: {type: 'string' as const}},
  required: ['city'],
  additionalProperties: false,
}
const target = 'openai/gpt-4o'

/** Asks for the weather in two cities at once, and then says what it was told. */
function weatherModel(): void {
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
}

async function started() {
  return startGateway({env: mocked(mock.url)})
}

describe('the SDK of OpenAI', () => {
  async function client() {
    const gateway = await started()
    return new OpenAI({apiKey: gateway.apiKey, baseURL: `${gateway.url}/v1`, maxRetries: 0})
  }

  test('gets a whole answer, and a stream with its usage only where it asked', async () => {
    mock.onMessage('Hello', {content: 'Good morning to you all.'})
    const openai = await client()
    const messages = [{role: 'user' as const, content: 'Hello'}]
    const answer = await openai.chat.completions.create({model: target, messages})
    expect(answer.choices[0]!.message.content).toBe('Good morning to you all.')
    expect(answer.usage!.total_tokens).toBeGreaterThan(0)

    const read = async (options: {include_usage: boolean} | undefined) => {
      const chunks = []
      const asked = {model: target, messages, stream: true as const}
      const stream = await openai.chat.completions.create(options ? {...asked, stream_options: options} : asked)
      for await (const chunk of stream) chunks.push(chunk)
      return chunks
    }
    const plain = await read(undefined)
    expect(plain.map(chunk => chunk.choices[0]?.delta.content ?? '').join('')).toBe('Good morning to you all.')
    expect(plain.every(chunk => chunk.choices.length === 1 && !('usage' in chunk))).toBe(true)
    const counted = await read({include_usage: true})
    expect(counted.at(-1)).toMatchObject({choices: [], usage: answer.usage})
    expect(mock.getLastRequest()!.body).toMatchObject({stream_options: {include_usage: true}})
  })

  test('calls two tools at once and gives back their results', async () => {
    weatherModel()
    const openai = await client()
    const runner = openai.chat.completions.runTools({
      model: target,
      stream: true,
      messages: [{role: 'user', content: 'weather?'}],
      tools: [
        {
          type: 'function',
          function: {
            name: 'weather',
            description: 'The weather of a city',
            parameters: schema,
            parse: (text: string) => JSON.parse(text) as {city: string},
            function: ({city}: {city: string}) => (city === 'Bern' ? 'rain' : 'sun'),
          },
        },
      ],
    })
    expect(await runner.finalContent()).toBe('Rain in Bern, sun in Rome.')
    const results = runner.messages.filter(message => message.role === 'tool').map(message => message.content)
    expect(results).toEqual(['rain', 'sun'])
  })

  test('uses the responses API, whole and streamed, with tools', async () => {
    mock.onMessage('Hello', {content: 'Good morning.'})
    weatherModel()
    const openai = await client()
    const answer = await openai.responses.create({model: target, input: 'Hello', store: false})
    expect(answer.output_text).toBe('Good morning.')
    const stream = openai.responses.stream({model: target, input: 'Hello'})
    expect((await stream.finalResponse()).output_text).toBe('Good morning.')
    const tools = [{type: 'function' as const, name: 'weather', parameters: schema, strict: true}]
    const calls = await openai.responses.create({model: target, input: 'weather?', tools})
    expect(calls.output.map(item => item.type === 'function_call' && item.arguments)).toEqual([
      '{"city":"Bern"}',
      '{"city":"Rome"}',
    ])
    const again = await openai.responses.create({
      model: target,
      tools,
      input: [
        {role: 'user', content: 'weather?'},
        ...calls.output.filter(item => item.type === 'function_call'),
        ...calls.output.flatMap(item =>
          item.type === 'function_call'
            ? [{type: 'function_call_output' as const, call_id: item.call_id, output: 'rain'}]
            : [],
        ),
      ],
    })
    expect(again.output_text).toBe('Rain in Bern, sun in Rome.')
  })

  test('lists models, shows a picture, and gets its own classes of errors', async () => {
    mock.on({predicate: ({messages}) => JSON.stringify(messages).includes('"image_url"')}, {content: 'A dot.'})
    const openai = await client()
    const models = []
    for await (const model of openai.models.list()) models.push(model.id)
    expect(models).toContain('openai')
    expect((await openai.models.retrieve('openai')).owned_by).toBe('openai')
    const url = `data:image/png;base64,${Buffer.from('\x89PNG\r\n\x1a\n and more', 'latin1').toString('base64')}`
    const content = [
      {type: 'text' as const, text: 'What is it?'},
      {type: 'image_url' as const, image_url: {url}},
    ]
    const seen = await openai.chat.completions.create({model: target, messages: [{role: 'user', content}]})
    expect(seen.choices[0]!.message.content).toBe('A dot.')
    const wrong = openai.chat.completions.create({model: 'nobody/none', messages: [{role: 'user', content: 'x'}]})
    await expect(wrong).rejects.toThrow(OpenAI.NotFoundError)
    await expect(wrong).rejects.toMatchObject({code: 'model_not_found'})
    const stranger = new OpenAI({apiKey: 'omni_nobody', baseURL: openai.baseURL, maxRetries: 0})
    await expect(stranger.models.list()).rejects.toThrow(OpenAI.AuthenticationError)
  })
})

describe('the SDK of Anthropic', () => {
  async function client() {
    const gateway = await started()
    return new Anthropic({apiKey: gateway.apiKey, authToken: null, baseURL: gateway.url, maxRetries: 0})
  }

  test('gets whole answers and streams', async () => {
    mock.onMessage('Hello', {content: 'Good morning to you all.'})
    const anthropic = await client()
    const asked = {model: target, max_tokens: 100, messages: [{role: 'user' as const, content: 'Hello'}]}
    const answer = await anthropic.messages.create(asked)
    expect(answer.content).toEqual([{type: 'text', text: 'Good morning to you all.', citations: null}])
    expect(answer.usage.output_tokens).toBeGreaterThan(0)
    const stream = anthropic.messages.stream(asked)
    expect(await stream.finalText()).toBe('Good morning to you all.')
    expect((await stream.finalMessage()).usage.output_tokens).toBe(answer.usage.output_tokens)
  })

  test('calls two tools at once and gives back their results', async () => {
    weatherModel()
    const anthropic = await client()
    const tools = [{name: 'weather', input_schema: schema}]
    const first = {role: 'user' as const, content: 'weather?'}
    const stream = anthropic.messages.stream({model: target, max_tokens: 100, tools, messages: [first]})
    const {content, stop_reason} = await stream.finalMessage()
    expect(stop_reason).toBe('tool_use')
    const calls = content.filter(block => block.type === 'tool_use')
    expect(calls.map(call => call.input)).toEqual([{city: 'Bern'}, {city: 'Rome'}])
    const results = calls.map(({id}) => ({type: 'tool_result' as const, tool_use_id: id, content: 'rain'}))
    const messages = [first, {role: 'assistant' as const, content}, {role: 'user' as const, content: results}]
    const answer = await anthropic.messages.create({model: target, max_tokens: 100, tools, messages})
    expect(answer.content[0]).toMatchObject({text: 'Rain in Bern, sun in Rome.'})
  })

  test('lists models in its own shape and gets its own classes of errors', async () => {
    const anthropic = await client()
    const models = []
    for await (const model of anthropic.models.list()) models.push([model.type, model.id])
    expect(models).toContainEqual(['model', 'openai'])
    const asked = {model: 'nobody/none', max_tokens: 10, messages: [{role: 'user' as const, content: 'x'}]}
    await expect(anthropic.messages.create(asked)).rejects.toThrow(Anthropic.NotFoundError)
    const stranger = new Anthropic({apiKey: 'wrong', authToken: null, baseURL: anthropic.baseURL, maxRetries: 0})
    await expect(stranger.messages.create(asked)).rejects.toThrow(Anthropic.AuthenticationError)
  })
})

describe('the AI SDK', () => {
  test.each(['chat', 'responses', 'messages'] as const)('streams, calls tools and gets objects over %s', async api => {
    weatherModel()
    mock.onMessage('Hello', {content: 'Good morning.'})
    mock.on(
      {
        userMessage: 'object',
        predicate: request => request.response_format !== undefined || request.tools !== undefined,
      },
      {content: '{"city":"Bern"}'},
    )
    const gateway = await started()
    const options = {apiKey: gateway.apiKey, baseURL: `${gateway.url}/v1`}
    const model =
      api === 'chat'
        ? createOpenAI(options).chat(target)
        : api === 'responses'
          ? createOpenAI(options).responses(target)
          : createAnthropic(options)(target)
    const streamed = streamText({model, prompt: 'Hello', maxRetries: 0})
    expect(await streamed.text).toBe('Good morning.')
    expect((await streamed.usage).totalTokens).toBeGreaterThan(0)
    const weather = tool({
      inputSchema: jsonSchema<{city: string}>(schema),
      execute: async ({city}) => (city === 'Bern' ? 'rain' : 'sun'),
    })
    const told = await generateText({
      model,
      prompt: 'weather?',
      tools: {weather},
      stopWhen: stepCountIs(3),
      maxRetries: 0,
    })
    expect(told.text).toBe('Rain in Bern, sun in Rome.')
    expect(told.steps[0]!.toolCalls.map(call => call.input)).toEqual([{city: 'Bern'}, {city: 'Rome'}])
    if (api === 'messages') return
    const output = Output.object({schema: jsonSchema<{city: string}>(schema)})
    const asked = await generateText({model, prompt: 'object', output, maxRetries: 0})
    expect(asked.output).toEqual({city: 'Bern'})
  })
})
