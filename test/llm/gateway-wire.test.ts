import {MessageStream} from '@anthropic-ai/sdk/lib/MessageStream'
import fc from 'fast-check'
import {ChatCompletionStream} from 'openai/lib/ChatCompletionStream'
import {describe, expect, test} from 'vitest'
import {mediaTypeOf} from '../../plugins/llm/src/asking/image-file.ts'
import {anthropicMessage, messagesStream} from '../../plugins/llm/src/gateway/anthropic/messages-answer.ts'
import {readMessagesRequest} from '../../plugins/llm/src/gateway/anthropic/messages-request.ts'
import type {AnswerFacts, StreamWriter} from '../../plugins/llm/src/gateway/api-dialect.ts'
import {costText, wishesIn} from '../../plugins/llm/src/gateway/call-headers.ts'
import {type CollectedAnswer, collected} from '../../plugins/llm/src/gateway/collected-answer.ts'
import {chatCompletion, chatStream} from '../../plugins/llm/src/gateway/openai/chat-answer.ts'
import {readChatRequest} from '../../plugins/llm/src/gateway/openai/chat-request.ts'
import {response, responsesStream} from '../../plugins/llm/src/gateway/openai/responses-answer.ts'
import {readResponsesRequest} from '../../plugins/llm/src/gateway/openai/responses-request.ts'
import {signatureText, signedOf} from '../../plugins/llm/src/gateway/signature.ts'
import {warningHeader} from '../../plugins/llm/src/gateway/warning-header.ts'
import type {CompletionEvent} from '../../plugins/llm/src/model/completion-event.ts'
import type {CompletionMessage, CompletionRequest} from '../../plugins/llm/src/model/completion-request.ts'
import {chatBody} from '../../plugins/llm/src/providers/chat-completions-request.ts'
import {answerArbitrary, eventsOf} from '../support/completion-arbitrary.ts'
import {PublishedTypes} from '../support/published-types.ts'

const none = new Map()
const facts: AnswerFacts = {requestId: '0190', model: 'some-model', createdAt: new Date('2026-01-02T03:04:05Z')}
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const published = new PublishedTypes()

function written(writer: StreamWriter, events: readonly CompletionEvent[]): string {
  return events.map(event => writer.write(event)).join('') + writer.end()
}

/** The data of Server-Sent Events, without what is no JSON. */
function dataOf(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter(line => line.startsWith('data: ') && line !== 'data: [DONE]')
    .map(line => JSON.parse(line.slice(6)) as Record<string, unknown>)
}

/** As the vendors' own readers take them. */
function lines(chunks: readonly object[]): ReadableStream<Uint8Array> {
  return new Response(chunks.map(chunk => `${JSON.stringify(chunk)}\n`).join('')).body!
}

/** Fields that the gateway adds and no vendor publishes. */
function withoutOwn(value: unknown): unknown {
  const own = new Set(['reasoning_content', 'reasoning_signature', 'extra_content'])
  return JSON.parse(JSON.stringify(value), (name, each: unknown) => (own.has(name) ? undefined : each))
}

function expectPublished(module: string, type: string, value: unknown): void {
  const validate = published.validator(module, type)
  validate(value)
  expect(validate.errors ?? []).toEqual([])
}

const chatModule = 'openai/resources/chat/completions/completions'
const responsesModule = 'openai/resources/responses/responses'
const messagesModule = '@anthropic-ai/sdk/resources/messages/messages'

describe('what a provider is asked comes back from the wire as it was', () => {
  const name = fc.stringMatching(/^[a-z][a-z_]{0,10}$/)
  const text = fc.string({minLength: 1, maxLength: 30})
  const part = fc.oneof(
    text.map(each => ({type: 'text' as const, text: each})),
    fc.constant({
      type: 'image' as const,
      mediaType: 'image/png' as const,
      bytes: Buffer.from(png, 'base64'),
      detail: 'low' as const,
    }),
  )
  // One text is written as a string, several with pictures as parts: a list of texts alone would be joined.
  const user = fc
    .oneof(
      text.map(each => [{type: 'text' as const, text: each}]),
      fc.array(part, {minLength: 1, maxLength: 3}).filter(parts => parts.some(each => each.type === 'image')),
    )
    .map((content): CompletionMessage[] => [{role: 'user', content}])
  const turn = fc
    .tuple(fc.uuid(), name, text, fc.option(text, {nil: undefined}))
    .map(([id, tool, result, said]): CompletionMessage[] => [
      {
        role: 'assistant',
        content: [
          ...(said === undefined ? [] : [{type: 'text' as const, text: said}]),
          {type: 'tool-call', id, name: tool, input: '{"a":1}'},
        ],
      },
      {role: 'tool', content: [{type: 'tool-result', id, name: tool, content: [{type: 'text', text: result}]}]},
    ])
  const request: fc.Arbitrary<CompletionRequest> = fc
    .record(
      {
        system: text,
        messages: fc
          .tuple(user, fc.array(fc.oneof(user, turn), {maxLength: 3}))
          .map(([first, rest]) => [first, ...rest].flat()),
        tools: fc.array(
          fc.record({
            name,
            description: text,
            inputSchema: fc.constant({type: 'object', properties: {}}),
            strict: fc.boolean(),
          }),
          {minLength: 1, maxLength: 2},
        ),
        maxOutputTokens: fc.integer({min: 1, max: 9999}),
        temperature: fc.constantFrom(0, 0.5, 2),
        topP: fc.constantFrom(0.1, 1),
        stop: fc.array(text, {minLength: 1, maxLength: 4}),
        seed: fc.integer({min: 0, max: 99}),
        frequencyPenalty: fc.constantFrom(-2, 0.5),
        presencePenalty: fc.constantFrom(-1, 2),
        user: text,
        responseFormat: fc.constantFrom(
          {type: 'json' as const},
          {type: 'schema' as const, name: 'x', schema: {type: 'object'}, strict: true},
          {type: 'schema' as const, name: 'x', schema: {type: 'object'}, strict: false},
        ),
      },
      {requiredKeys: ['messages']},
    )
    .chain(each =>
      'tools' in each
        ? fc
            .record({
              toolChoice: fc.constantFrom('auto' as const, 'required' as const, {tool: each.tools![0]!.name}),
              parallelToolCalls: fc.boolean(),
            })
            .map(more => ({...each, ...more}))
        : fc.constant(each),
    )

  test('through chat completions, written by the adapter of the providers', () => {
    fc.assert(
      fc.property(request, asked => {
        const dialect = {
          provider: 'openai',
          tokenLimit: 'max_completion_tokens',
          knowsPromptCacheKey: true,
          userField: 'user',
          hasResponses: true,
          newId: () => 'x',
        } as const
        const {body} = chatBody('gpt-4o', asked, dialect)
        const read = readChatRequest(JSON.parse(JSON.stringify(body)) as Record<string, unknown>, none)
        expect(JSON.parse(JSON.stringify(read.request))).toEqual(JSON.parse(JSON.stringify(asked)))
        expect(read.warnings).toEqual([])
      }),
    )
  })
})

describe('an answer', () => {
  test('read by OpenAI from a stream is the whole one, whatever the pieces', async () => {
    await fc.assert(
      fc.asyncProperty(answerArbitrary, fc.integer({min: 1, max: 50}), async (answer, length) => {
        const chunks = dataOf(written(chatStream(facts, {includeUsage: true}), eventsOf(answer, length)))
        for (const chunk of chunks) expectPublished(chatModule, 'ChatCompletionChunk', withoutOwn(chunk))
        const whole = chatCompletion(answer, facts)
        expectPublished(chatModule, 'ChatCompletion', withoutOwn(whole))
        const read = await ChatCompletionStream.fromReadableStream(lines(chunks)).finalChatCompletion()
        const {content, tool_calls: calls = []} = read.choices[0]!.message
        expect(content || null).toBe(whole.choices[0]!.message.content)
        expect(calls.map(call => 'function' in call && [call.id, call.function.name, call.function.arguments])).toEqual(
          (whole.choices[0]!.message.tool_calls ?? []).map(
            call => 'function' in call && [call.id, call.function.name, call.function.arguments],
          ),
        )
        expect(read.choices[0]!.finish_reason).toBe(whole.choices[0]!.finish_reason)
        expect(read.usage).toEqual(whole.usage)
      }),
      {numRuns: 50},
    )
  })

  test('read by Anthropic from a stream is the whole one, whatever the pieces', async () => {
    await fc.assert(
      fc.asyncProperty(answerArbitrary, fc.integer({min: 1, max: 50}), async (answer, length) => {
        const events = dataOf(written(messagesStream(facts), eventsOf(answer, length)))
        for (const event of events) expectPublished(messagesModule, 'RawMessageStreamEvent', event)
        const whole = anthropicMessage(answer, facts)
        expectPublished(messagesModule, 'Message', whole)
        const read = await MessageStream.fromReadableStream(lines(events)).finalMessage()
        expect(read.content.map(block => ({...block}))).toEqual(whole.content)
        expect([read.stop_reason, read.usage.input_tokens, read.usage.output_tokens]).toEqual([
          whole.stop_reason,
          whole.usage.input_tokens,
          whole.usage.output_tokens,
        ])
        expect(read.usage.cache_read_input_tokens).toBe(answer.usage.input.cacheRead)
      }),
      {numRuns: 50},
    )
  })

  test('of the responses API ends with the whole one, and its pieces add up to it', () => {
    const {echo} = readResponsesRequest(
      {model: 'm', input: 'x', tools: [{type: 'function', name: 'f', parameters: {type: 'object'}}]},
      none,
    )
    fc.assert(
      fc.property(answerArbitrary, fc.integer({min: 1, max: 50}), (answer, length) => {
        const events = dataOf(written(responsesStream(facts, echo), eventsOf(answer, length)))
        for (const event of events) expectPublished(responsesModule, 'ResponseStreamEvent', withText(event))
        const whole = response(answer, facts, echo)
        expectPublished(responsesModule, 'Response', {...whole, output_text: ''})
        expect(events.at(-1)!.response).toEqual(JSON.parse(JSON.stringify(whole)))
        expect(events.map(event => event.sequence_number)).toEqual(events.map((_, index) => index))
        const deltas = events.filter(event => event.type === 'response.output_text.delta').map(event => event.delta)
        expect(deltas.join('')).toBe(answer.blocks.flatMap(block => (block.type === 'text' ? block.text : [])).join(''))
      }),
      {numRuns: 50},
    )
  })

  test('is collected from its events as it was', async () => {
    await fc.assert(
      fc.asyncProperty(answerArbitrary, fc.integer({min: 1, max: 50}), async (answer, length) => {
        expect(await collected(ReadableStream.from([[...eventsOf(answer, length)]]))).toEqual(answer)
      }),
    )
  })

  test('is billed as each API counts: cached tokens inside the prompt at OpenAI, beside it at Anthropic', () => {
    const answer: CollectedAnswer = {
      model: null,
      warnings: [],
      blocks: [],
      reason: {unified: 'stop', raw: null},
      usage: {
        input: {total: 100, noCache: 60, cacheRead: 30, cacheWrite: 10},
        output: {total: 50, text: 20, reasoning: 30},
        raw: null,
      },
    }
    expect(chatCompletion(answer, facts).usage).toEqual({
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: {cached_tokens: 30, cache_write_tokens: 10},
      completion_tokens_details: {reasoning_tokens: 30},
    })
    expect(anthropicMessage(answer, facts).usage).toMatchObject({
      input_tokens: 60,
      cache_read_input_tokens: 30,
      cache_creation_input_tokens: 10,
      output_tokens: 50,
    })
  })

  test('that nobody counted has no usage, rather than one of 0', () => {
    const usage = {
      input: {total: null, noCache: null, cacheRead: null, cacheWrite: null},
      output: {total: null, text: null, reasoning: null},
      raw: null,
    }
    const answer: CollectedAnswer = {model: null, warnings: [], blocks: [], reason: {unified: 'stop', raw: null}, usage}
    expect(chatCompletion(answer, facts)).not.toHaveProperty('usage')
  })
})

/** `output_text` is a member of the SDK's type that the API does not send. */
function withText(event: Record<string, unknown>): Record<string, unknown> {
  return 'response' in event ? {...event, response: {...(event.response as object), output_text: ''}} : event
}

describe('a request', () => {
  const chat = (more: object) => readChatRequest({model: 'm', messages: [{role: 'user', content: 'x'}], ...more}, none)
  const anthropic = (more: object) =>
    readMessagesRequest({model: 'm', max_tokens: 9000, messages: [{role: 'user', content: 'x'}], ...more}, none)

  test.each([
    ['a misspelled parameter', {temprature: 1}, 'unknown_parameter', 'temprature'],
    ['several choices', {n: 2}, 'unsupported_parameter', 'n'],
    ['a tool to be called, and none', {tool_choice: 'required'}, 'invalid_request', 'tool_choice'],
    [
      'another tool to be called than there is',
      {
        tools: [{type: 'function', function: {name: 'clock'}}],
        tool_choice: {type: 'function', function: {name: 'calendar'}},
      },
      'invalid_request',
      'tool_choice',
    ],
    ['two limits that differ', {max_tokens: 5, max_completion_tokens: 6}, 'invalid_request', 'max_tokens'],
    [
      'a file',
      {messages: [{role: 'user', content: [{type: 'file', file: {file_data: 'x'}}]}]},
      'invalid_request',
      'messages[0].content[0].type',
    ],
    ['log probabilities', {logprobs: true}, 'unsupported_parameter', 'logprobs'],
    ['a parameter out of range', {temperature: 3}, 'invalid_request', 'temperature'],
    [
      'a picture that is none',
      {messages: [{role: 'user', content: [{type: 'image_url', image_url: {url: 'data:image/png;base64,AAAA'}}]}]},
      'invalid_request',
      'messages[0].content[0].image_url.url',
    ],
    [
      'a result without its call',
      {messages: [{role: 'tool', tool_call_id: 'c', content: 'x'}]},
      'invalid_request',
      'messages[0].tool_call_id',
    ],
    [
      'a part of another API',
      {messages: [{role: 'user', content: [{type: 'input_audio', input_audio: {}}]}]},
      'invalid_request',
      'messages[0].content[0].type',
    ],
    [
      'an unknown member of a message',
      {messages: [{role: 'user', content: 'x', colour: 'red'}]},
      'invalid_request',
      'messages[0]',
    ],
  ])('with %s is refused by name', (_, more, code, parameter) => {
    expect(() => chat(more)).toThrow(expect.objectContaining({code, parameter}))
  })

  test('that asks for the same twice, or for what comes to nothing, is told', () => {
    const warned = (given: {warnings: readonly {parameter: string}[]}) => given.warnings.map(({parameter}) => parameter)
    expect(warned(chat({user: 'a', safety_identifier: 'b', max_tokens: 5, max_completion_tokens: 5}))).toEqual(['user'])
    expect(warned(chat({stream_options: {include_obfuscation: true}}))).toEqual(['stream_options.include_obfuscation'])
    const tool = {name: 'clock', input_schema: {type: 'object'}, eager_input_streaming: true}
    expect(warned(anthropic({tools: [tool]}))).toEqual(['tools.eager_input_streaming'])
    const keep = {edits: [{type: 'clear_thinking_20251015', keep: 'all'}]}
    expect(warned(anthropic({context_management: keep}))).toEqual([])
    expect(() => anthropic({context_management: {edits: [{type: 'clear_tool_uses_20250919'}]}})).toThrow(
      expect.objectContaining({parameter: 'context_management'}),
    )
    expect(anthropic({thinking: {type: 'adaptive', display: 'omitted'}}).request.reasoningSummary).toBe('none')
    const {request, warnings} = readResponsesRequest(
      {
        model: 'm',
        input: [{role: 'assistant', phase: 'commentary', content: 'hm'}],
        reasoning: {effort: 'low', summary: 'detailed'},
      },
      none,
    )
    expect([request.reasoningSummary, warned({warnings})]).toEqual(['detailed', ['input.phase']])
  })

  test('may say a parameter by its default where that is what happens anyway', () => {
    expect(chat({n: 1, logprobs: false, store: null, modalities: ['text'], logit_bias: {}}).warnings).toEqual([])
  })

  test('is warned of what is not passed on, in a header', () => {
    const {warnings} = chat({metadata: {a: 'b'}, service_tier: 'flex'})
    expect(warnings.map(({parameter}) => parameter)).toEqual(['metadata', 'service_tier'])
    expect(warningHeader(warnings)).toBe('metadata="is not kept", service_tier="the deployment decides"')
  })

  test('of Anthropic gets an effort for a budget to think with, and is told', () => {
    const {request, warnings} = anthropic({thinking: {type: 'enabled', budget_tokens: 2000}})
    expect(request.reasoningEffort).toBe('low')
    expect(warnings).toEqual([{parameter: 'thinking.budget_tokens', message: 'was taken as the effort low'}])
    expect(anthropic({thinking: {type: 'disabled'}}).request.reasoningEffort).toBe('none')
  })

  test('of Anthropic keeps results of tools apart from what the user says, in their order', () => {
    const {messages} = anthropic({
      messages: [
        {role: 'user', content: 'weather?'},
        {role: 'assistant', content: [{type: 'tool_use', id: 't1', name: 'weather', input: {city: 'Bern'}}]},
        {
          role: 'user',
          content: [
            {type: 'tool_result', tool_use_id: 't1', content: [{type: 'text', text: 'rain'}], is_error: false},
            {type: 'text', text: 'and tomorrow?'},
          ],
        },
      ],
    }).request
    expect(messages.map(message => message.role)).toEqual(['user', 'assistant', 'tool', 'user'])
    expect(messages[2]).toEqual({
      role: 'tool',
      content: [
        {type: 'tool-result', id: 't1', name: 'weather', content: [{type: 'text', text: 'rain'}], isError: false},
      ],
    })
  })

  test('with a signed thought gives it back to the provider that signed it, through every API', () => {
    const signed = {provider: 'anthropic', data: {signature: 'abc'}}
    const token = signatureText(signed)
    expect(signedOf(token)).toEqual(signed)
    const thought = {type: 'reasoning', text: 'hm', signed}
    const before = {role: 'user', content: 'x'}
    const parts = [
      chat({messages: [before, {role: 'assistant', content: 'y', reasoning_content: 'hm', reasoning_signature: token}]})
        .request,
      anthropic({
        messages: [before, {role: 'assistant', content: [{type: 'thinking', thinking: 'hm', signature: token}]}],
      }).request,
      readResponsesRequest(
        {
          model: 'm',
          input: [before, {type: 'reasoning', summary: [{type: 'summary_text', text: 'hm'}], encrypted_content: token}],
        },
        none,
      ).request,
    ].map(({messages}) => messages[1]!.content[0])
    expect(parts).toEqual([thought, thought, thought])
  })

  test('with a signed call gives it back as well, though two of the APIs have no place for it', () => {
    const signed = {provider: 'gemini', data: 'dGhvdWdodA=='}
    const call = (id: string, name: string) => ({type: 'tool-call' as const, id, name, input: '{"city":"Koper"}'})
    const blocks = [{...call('call_1', 'weather'), signed}, call('call_2', 'time')]
    const answer: CollectedAnswer = {
      model: null,
      warnings: [],
      blocks,
      reason: {unified: 'tool-calls', raw: 'STOP'},
      usage: {
        input: {total: 1, noCache: 1, cacheRead: null, cacheWrite: null},
        output: {total: 1, text: 1, reasoning: null},
        raw: null,
      },
    }
    const {echo} = readResponsesRequest({model: 'm', input: 'x'}, none)
    const {message} = chatCompletion(answer, facts).choices[0]!
    const before = {role: 'user', content: 'x'}
    const {content} = anthropicMessage(answer, facts)
    const {output} = response(answer, facts, echo)
    const parts = [
      chat({messages: [before, JSON.parse(JSON.stringify(message))]}).request,
      anthropic({messages: [before, {role: 'assistant', content: JSON.parse(JSON.stringify(content))}]}).request,
      readResponsesRequest({model: 'm', input: [before, ...(JSON.parse(JSON.stringify(output)) as object[])]}, none)
        .request,
    ].map(({messages}) => messages[1]!.content)
    expect(parts).toEqual([blocks, blocks, blocks])
  })

  test('of another server has signatures that are not ours, which are left out', () => {
    expect(signedOf('EqQBCkgIARABGAIiQL')).toBeUndefined()
    expect(signedOf('omni1.%%%')).toBeUndefined()
  })

  test('names by its headers what no API has a parameter for', () => {
    const headers = new Map([
      ['x-omni-cache', 'refresh'],
      ['x-omni-max-cost', '0.05'],
      ['x-omni-region', 'eu'],
    ])
    expect(wishesIn(name => headers.get(name))).toEqual({
      cache: 'refresh',
      requirements: {residency: 'eu', maxCostNanoUsd: 50_000_000n},
    })
    expect(() => wishesIn(() => 'never')).toThrow(expect.objectContaining({parameter: 'x-omni-cache'}))
  })

  test('is told costs to the nano-dollar, and never 0 for an unknown price', () => {
    expect([costText(54_400_000n), costText(1n), costText(12_000_000_000n), costText(null)]).toEqual([
      '0.054400000',
      '0.000000001',
      '12.000000000',
      'unpriced',
    ])
  })

  test('shows pictures that are what their bytes say', () => {
    expect(mediaTypeOf(Buffer.from(png, 'base64'))).toBe('image/png')
    expect(mediaTypeOf(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'))).toBeUndefined()
  })
})
