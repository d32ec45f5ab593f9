import {describe, expect, it} from 'vitest'
import type {CompletionRequest} from '../../src/model/completion-request.ts'
import type {ProviderName} from '../../src/model/provider-adapter.ts'
import {bodyOf, type Body, userSays, warningsOf} from './provider-servers.ts'

const TOOL = {name: 'weather', inputSchema: {type: 'object', properties: {}, additionalProperties: false}}
const OTHER = {name: 'clock', inputSchema: {type: 'object', properties: {}, additionalProperties: false}}
const SCHEMA = {
  type: 'schema',
  name: 'answer',
  schema: {type: 'object', properties: {months: {type: 'integer', minimum: 0}}, required: ['months']},
} as const

const EVERYTHING: Partial<CompletionRequest> = {
  maxOutputTokens: 100,
  temperature: 0.5,
  topP: 0.9,
  topK: 40,
  stop: ['END'],
  seed: 7,
  frequencyPenalty: 0.25,
  presencePenalty: 0.75,
  user: 'pseudonym-1',
}

describe('no parameter is dropped in silence', () => {
  const ignored: Readonly<Record<ProviderName, readonly string[]>> = {
    openai: ['topK'],
    azure: ['topK'],
    'openai-compatible': [],
    anthropic: ['seed', 'frequencyPenalty', 'presencePenalty'],
    gemini: ['user'],
    vertex: ['user'],
    cohere: ['user'],
    bedrock: ['topK', 'seed', 'frequencyPenalty', 'presencePenalty', 'user'],
    ollama: ['user'],
  }
  const values: Readonly<Record<string, string>> = {
    temperature: '0.5',
    topP: '0.9',
    topK: '40',
    stop: '"END"',
    seed: '7',
    frequencyPenalty: '0.25',
    presencePenalty: '0.75',
    user: '"pseudonym-1"',
  }

  it.each(Object.keys(ignored) as ProviderName[])('%s: each is sent or warned of', async provider => {
    const sent = JSON.stringify(await bodyOf(provider, EVERYTHING))
    const warned = (await warningsOf(provider, EVERYTHING)).map(({parameter}) => parameter)
    expect(warned.toSorted()).toEqual([...ignored[provider]].toSorted())
    for (const [name, value] of Object.entries(values)) {
      const isSent = new RegExp(`:\\[?${value.replaceAll('.', '\\.')}[,}\\]]`).test(sent)
      expect([name, isSent || warned.includes(name)]).toEqual([name, true])
    }
  })

  it.each([
    ['openai', 'o3', ['temperature', 'topP', 'topK', 'stop', 'frequencyPenalty', 'presencePenalty']],
    ['openai', 'gpt-5.4-mini', ['topK']],
    ['anthropic', 'claude-opus-5', ['temperature', 'topP', 'topK', 'seed', 'frequencyPenalty', 'presencePenalty']],
  ] as const)('%s %s: says what the model does not take, and does not send it', async (provider, model, expected) => {
    const warned = (await warningsOf(provider, EVERYTHING, model)).map(({parameter}) => parameter)
    expect(warned.toSorted()).toEqual([...expected].toSorted())
    const body = await bodyOf(provider, EVERYTHING, model)
    expect('temperature' in body).toBe(!(expected as readonly string[]).includes('temperature'))
  })

  it.each(['anthropic', 'cohere', 'bedrock'] as const)(
    '%s: says that its scale of temperature ends at 1',
    async provider => {
      expect(await warningsOf(provider, {temperature: 1.5})).toMatchObject([{parameter: 'temperature'}])
      expect(JSON.stringify(await bodyOf(provider, {temperature: 1.5}))).toMatch(/"temperature":1[,}]/)
      expect(await warningsOf(provider, {temperature: 1})).toEqual([])
    },
  )
})

const png = {type: 'image', mediaType: 'image/png', bytes: Uint8Array.of(137, 80, 78, 71)} as const

describe('what a part of a request asks for', () => {
  const providers = [
    'openai',
    'azure',
    'openai-compatible',
    'anthropic',
    'gemini',
    'vertex',
    'cohere',
    'bedrock',
    'ollama',
  ]

  it.each(providers as ProviderName[])('%s: strict tools are sent or warned of', async provider => {
    const tools = [{...TOOL, strict: true}, OTHER]
    const sent = JSON.stringify(await bodyOf(provider, {tools}))
    const warned = (await warningsOf(provider, {tools})).map(({parameter}) => parameter)
    expect([sent.includes('"strict":true'), warned.includes('tools.strict')]).toEqual(
      ['gemini', 'vertex', 'cohere', 'ollama'].includes(provider) ? [false, true] : [true, false],
    )
    expect((await warningsOf(provider, {tools: [TOOL]})).map(({parameter}) => parameter)).not.toContain('tools.strict')
  })

  it.each(providers as ProviderName[])('%s: the detail of a picture is sent or warned of', async provider => {
    const asked = (detail: 'high' | 'auto') => userSays('hi', {messages: [{role: 'user', content: [{...png, detail}]}]})
    const sent = JSON.stringify(await bodyOf(provider, asked('high')))
    const warned = (await warningsOf(provider, asked('high'))).map(({parameter}) => parameter)
    expect([sent.includes('"detail":"high"'), warned.includes('image.detail')]).toEqual(
      ['anthropic', 'gemini', 'vertex', 'bedrock', 'ollama'].includes(provider) ? [false, true] : [true, false],
    )
    expect((await warningsOf(provider, asked('auto'))).map(({parameter}) => parameter)).not.toContain('image.detail')
  })

  it('says whether a schema is strict as the caller does', async () => {
    const strict = async (given: boolean | undefined, model = 'gpt-4o') => {
      const body = await bodyOf(
        'openai',
        {responseFormat: {...SCHEMA, ...(given === undefined ? {} : {strict: given})}},
        model,
      )
      return ('text' in body ? body.text.format : body.response_format.json_schema).strict
    }
    expect([await strict(true), await strict(false), await strict(undefined)]).toEqual([true, false, false])
    expect(await strict(true, 'gpt-5-codex')).toBe(true)
  })

  it('asks for summaries of thoughts where there are any, and hides thoughts where that can be asked', async () => {
    const summary = {reasoningEffort: 'low', reasoningSummary: 'detailed'} as const
    expect((await bodyOf('openai', summary, 'gpt-5.4-mini')).reasoning).toEqual({effort: 'low', summary: 'detailed'})
    expect(await bodyOf('openai', {...summary, reasoningEffort: 'none'}, 'gpt-5.4-mini')).not.toHaveProperty(
      'reasoning',
    )
    const hidden = {reasoningEffort: 'low', reasoningSummary: 'none', maxOutputTokens: 9000} as const
    expect((await bodyOf('anthropic', hidden, 'claude-opus-5')).thinking.display).toBe('omitted')
    expect((await bodyOf('anthropic', hidden, 'claude-haiku-4-5')).thinking.display).toBe('omitted')
    expect((await bodyOf('gemini', hidden, 'gemini-2.5-flash')).generationConfig.thinkingConfig.includeThoughts).toBe(
      false,
    )
    for (const provider of ['openai-compatible', 'cohere', 'bedrock', 'ollama'] as const) {
      expect(await warningsOf(provider, hidden)).toContainEqual(
        expect.objectContaining({parameter: 'reasoningSummary'}),
      )
    }
  })

  it.each(['anthropic', 'bedrock', 'gemini'] as const)('%s: what is left of nothing is not sent', async provider => {
    const thought = {type: 'reasoning', text: 'hm'} as const
    const user = userSays('hi').messages[0]!
    const {messages, contents} = await bodyOf(provider, {
      messages: [user, {role: 'assistant', content: [thought]}, user],
    })
    const turns = (messages ?? contents) as {role: string}[]
    expect(turns.every(({role}) => role === 'user')).toBe(true)
  })
})

describe('structured output', () => {
  it('is each provider’s own where it has one', async () => {
    const format = {responseFormat: SCHEMA}
    const own = SCHEMA.schema
    const chat = {type: 'json_schema', json_schema: {name: 'answer', schema: own, strict: false}}
    expect((await bodyOf('openai', format)).response_format).toEqual(chat)
    expect((await bodyOf('azure', format)).response_format).toEqual(chat)
    expect((await bodyOf('openai-compatible', format)).response_format).toEqual(chat)
    expect((await bodyOf('gemini', format)).generationConfig).toMatchObject({
      responseMimeType: 'application/json',
      responseJsonSchema: own,
    })
    expect((await bodyOf('cohere', format)).response_format).toEqual({type: 'json_object', json_schema: own})
    expect((await bodyOf('ollama', format)).format).toEqual(own)
    const {textFormat} = (await bodyOf('bedrock', format)).outputConfig
    expect(JSON.parse(textFormat.structure.jsonSchema.schema)).toEqual(own)
    // Anthropic takes closed objects only, and enforces no minimum.
    const {format: closed} = (await bodyOf('anthropic', format)).output_config
    expect(closed).toMatchObject({type: 'json_schema', schema: {type: 'object', additionalProperties: false}})
    expect(closed.schema.properties.months).not.toHaveProperty('minimum')
  })

  it('is strict at OpenAI where the schema allows it', async () => {
    const schema = {...SCHEMA.schema, additionalProperties: false}
    const body = await bodyOf('openai', {responseFormat: {...SCHEMA, schema}})
    expect(body.response_format.json_schema.strict).toBe(true)
  })

  it.each(['anthropic', 'bedrock'] as const)(
    '%s: says that JSON of any shape is asked for in words',
    async provider => {
      const request = {system: 'Be brief.', responseFormat: {type: 'json'}} as const
      expect(await warningsOf(provider, request)).toMatchObject([{parameter: 'responseFormat'}])
      expect(JSON.stringify((await bodyOf(provider, request)).system)).toMatch(/Be brief\..*JSON/)
    },
  )
})

describe('tools', () => {
  it.each([
    ['openai', {type: 'function', function: {name: 'clock'}}, 'required', 'none'],
    ['anthropic', {type: 'tool', name: 'clock'}, {type: 'any'}, {type: 'none'}],
  ] as const)('%s: which tool is to be called', async (provider, named, required, none) => {
    const tools = [TOOL, OTHER]
    expect((await bodyOf(provider, {tools, toolChoice: {tool: 'clock'}})).tool_choice).toEqual(named)
    expect((await bodyOf(provider, {tools, toolChoice: 'required'})).tool_choice).toEqual(required)
    expect((await bodyOf(provider, {tools, toolChoice: 'none'})).tool_choice).toEqual(none)
  })

  it('offers Cohere the one tool that is to be called', async () => {
    const body = await bodyOf('cohere', {tools: [TOOL, OTHER], toolChoice: {tool: 'clock'}})
    expect(body.tool_choice).toBe('REQUIRED')
    expect(body.tools.map((tool: Body) => tool.function.name)).toEqual(['clock'])
  })

  it('names Gemini the tools that may be called', async () => {
    const body = await bodyOf('gemini', {tools: [TOOL, OTHER], toolChoice: {tool: 'clock'}})
    expect(body.toolConfig.functionCallingConfig).toEqual({mode: 'ANY', allowedFunctionNames: ['clock']})
  })

  it('says where a choice cannot be made', async () => {
    expect(await warningsOf('ollama', {tools: [TOOL], toolChoice: 'required'})).toMatchObject([
      {parameter: 'toolChoice'},
    ])
    expect(await warningsOf('bedrock', {tools: [TOOL], toolChoice: 'none'})).toMatchObject([{parameter: 'toolChoice'}])
    expect(await bodyOf('ollama', {tools: [TOOL], toolChoice: 'none'})).not.toHaveProperty('tools')
  })

  it('asks Anthropic for one call at a time in its own words', async () => {
    const body = await bodyOf('anthropic', {tools: [TOOL], parallelToolCalls: false})
    expect(body.tool_choice).toEqual({type: 'auto', disable_parallel_tool_use: true})
  })

  it('passes on a broken call rather than lose it', async () => {
    const call = {type: 'tool-call', id: 'call_1', name: 'weather', input: '{"place": '} as const
    const messages = [...userSays('hi').messages, {role: 'assistant', content: [call]} as const]
    const body = await bodyOf('anthropic', {messages, tools: [TOOL]})
    expect(body.messages[1].content[0].input).toEqual({invalid_input: '{"place": '})
  })
})

describe('how much a model is to think', () => {
  it('is told each family of Claude in its own way', async () => {
    const effort = (model: string, reasoningEffort: CompletionRequest['reasoningEffort'], more = {}) =>
      bodyOf('anthropic', {reasoningEffort, maxOutputTokens: 4096, ...more} as Partial<CompletionRequest>, model)
    expect((await effort('claude-haiku-4-5', 'high')).thinking).toEqual({type: 'enabled', budget_tokens: 4095})
    const adaptive = await effort('claude-opus-5', 'minimal')
    expect([adaptive.thinking.type, adaptive.output_config]).toEqual(['adaptive', {effort: 'low'}])
    expect((await effort('claude-opus-5', 'none')).thinking).toEqual({type: 'disabled'})
    expect(await effort('claude-3-5-haiku-latest', 'none')).not.toHaveProperty('thinking')
    expect(await warningsOf('anthropic', {reasoningEffort: 'none'}, 'claude-fable-5')).toMatchObject([
      {parameter: 'reasoningEffort'},
    ])
    expect(
      await warningsOf('anthropic', {reasoningEffort: 'low', maxOutputTokens: 500}, 'claude-haiku-4-5'),
    ).toMatchObject([{parameter: 'reasoningEffort'}])
  })

  it('is a level for Gemini 3, a budget before it, and nothing before that', async () => {
    const config = async (model: string, reasoningEffort: 'none' | 'low') =>
      (await bodyOf('gemini', {reasoningEffort}, model)).generationConfig?.thinkingConfig
    expect(await config('gemini-3.5-flash', 'low')).toEqual({thinkingLevel: 'LOW', includeThoughts: true})
    expect(await config('gemini-2.5-flash', 'none')).toEqual({thinkingBudget: 0, includeThoughts: false})
    expect(await config('gemini-2.0-flash', 'low')).toBeUndefined()
    expect(await warningsOf('gemini', {reasoningEffort: 'none'}, 'gemini-2.5-pro')).toMatchObject([
      {parameter: 'reasoningEffort'},
    ])
  })

  it('is said to OpenAI’s models that reason, and to no other', async () => {
    expect((await bodyOf('openai', {reasoningEffort: 'low'}, 'o3')).reasoning_effort).toBe('low')
    expect(await bodyOf('openai', {reasoningEffort: 'low'}, 'gpt-4o')).not.toHaveProperty('reasoning_effort')
    expect(await warningsOf('openai', {reasoningEffort: 'low'}, 'gpt-4o')).toMatchObject([
      {parameter: 'reasoningEffort'},
    ])
  })
})

describe('limits of what is generated', () => {
  it('go under the name that the server knows', async () => {
    expect(await bodyOf('openai', {maxOutputTokens: 9})).toMatchObject({max_completion_tokens: 9})
    expect(await bodyOf('openai-compatible', {maxOutputTokens: 9})).toMatchObject({max_tokens: 9})
  })

  it('are demanded by Anthropic, and no more than the model can', async () => {
    expect((await bodyOf('anthropic', {}, 'claude-3-haiku-20240307')).max_tokens).toBe(4096)
    expect((await bodyOf('anthropic', {}, 'claude-haiku-4-5')).max_tokens).toBe(8192)
  })
})
