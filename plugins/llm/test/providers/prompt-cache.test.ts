import {describe, expect, it} from 'vitest'
import type {CompletionRequest} from '../../src/model/completion-request.ts'
import {providerNames, type ProviderName} from '../../src/model/provider-adapter.ts'
import {
  answering,
  type Body,
  bodyOf,
  callOf,
  collect,
  finishOf,
  open,
  userSays,
  warningsOf,
  withServer,
} from './provider-servers.ts'

const schema = {type: 'object', properties: {}}
const hour = {cacheBreakpoint: {ttl: '1h'}} as const
const minutes = {cacheBreakpoint: {ttl: '5m'}} as const
const marked = {cacheBreakpoint: {}}

/** A breakpoint on every kind of part; four of them, in the order of their times. */
const everywhere: Partial<CompletionRequest> = {
  tools: [
    {name: 'clock', inputSchema: schema},
    {name: 'weather', inputSchema: schema, ...hour},
  ],
  system: [
    {type: 'text', text: 'Be brief.'},
    {type: 'text', text: 'The contract: …', ...hour},
  ],
  messages: [
    {
      role: 'user',
      content: [
        {type: 'text', text: 'a page', ...minutes},
        {type: 'text', text: 'What is it?'},
      ],
    },
    {role: 'assistant', content: [{type: 'tool-call', id: 'call_1', name: 'clock', input: '{}'}]},
    {
      role: 'tool',
      content: [{type: 'tool-result', id: 'call_1', name: 'clock', content: [{type: 'text', text: '12'}], ...marked}],
    },
  ],
}

describe('breakpoints', () => {
  it('are cache_control at Anthropic, on the blocks that have them and with their time', async () => {
    const body = await bodyOf('anthropic', everywhere, 'claude-haiku-4-5')
    expect(body.tools.map((tool: Body) => tool.cache_control)).toEqual([undefined, {type: 'ephemeral', ttl: '1h'}])
    expect(body.system).toEqual([
      {type: 'text', text: 'Be brief.'},
      {type: 'text', text: 'The contract: …', cache_control: {type: 'ephemeral', ttl: '1h'}},
    ])
    expect(body.messages[0].content).toEqual([
      {type: 'text', text: 'a page', cache_control: {type: 'ephemeral', ttl: '5m'}},
      {type: 'text', text: 'What is it?'},
    ])
    expect(body.messages[2].content[0]).toMatchObject({type: 'tool_result', cache_control: {type: 'ephemeral'}})
    expect(body.cache_control).toBeUndefined()
    expect(await warningsOf('anthropic', everywhere, 'claude-haiku-4-5')).toEqual([])
    expect((await bodyOf('anthropic', {cacheBreakpoint: {}})).cache_control).toEqual({type: 'ephemeral'})
  })

  it('are points behind what they end at Bedrock', async () => {
    const model = 'eu.anthropic.claude-haiku-4-5-20251001-v1:0'
    const body = await bodyOf('bedrock', everywhere, model)
    const long = {cachePoint: {type: 'default', ttl: '1h'}}
    expect(body.toolConfig.tools.map((tool: Body) => tool.toolSpec?.name ?? tool)).toEqual(['clock', 'weather', long])
    expect(body.system).toEqual([{text: 'Be brief.'}, {text: 'The contract: …'}, long])
    expect(body.messages[0].content).toEqual([
      {text: 'a page'},
      {cachePoint: {type: 'default', ttl: '5m'}},
      {text: 'What is it?'},
    ])
    expect(body.messages[2].content).toEqual([
      {toolResult: {toolUseId: 'call_1', content: [{text: '12'}], status: 'success'}},
      {cachePoint: {type: 'default'}},
    ])
    expect(await warningsOf('bedrock', everywhere, model)).toEqual([])
    const whole = await bodyOf('bedrock', {cacheBreakpoint: {ttl: '5m'}}, model)
    expect(whole.messages[0].content).toEqual([{text: 'hi'}, {cachePoint: {type: 'default', ttl: '5m'}}])
  })

  it('within a tool’s result end it at Bedrock, which has no point there', async () => {
    const result = {
      type: 'tool-result',
      id: 'call_1',
      name: 'clock',
      content: [{type: 'text', text: '12', ...minutes}],
    } as const
    const messages = [...everywhere.messages!.slice(0, 2), {role: 'tool', content: [result]}] as const
    const body = await bodyOf('bedrock', {...everywhere, messages}, 'anthropic.claude-sonnet-4-5-20250929-v1:0')
    expect(body.messages[2].content).toEqual([
      {toolResult: {toolUseId: 'call_1', content: [{text: '12'}], status: 'success'}},
      {cachePoint: {type: 'default', ttl: '5m'}},
    ])
  })

  it.each([
    ['amazon.nova-lite-v1:0', ['on tools', 'for an hour'], [undefined, {type: 'default'}]],
    ['us.anthropic.claude-3-7-sonnet-20250219-v1:0', ['for an hour'], [{type: 'default'}, {type: 'default'}]],
    ['meta.llama3-1-70b-instruct-v1:0', ['no cache breakpoints'], [undefined, undefined]],
  ])('that %s of Bedrock does not take are warned of', async (model, said, [onTools, onSystem]) => {
    const warnings = await warningsOf('bedrock', everywhere, model)
    expect(warnings).toHaveLength(said.length)
    for (const words of said) expect(warnings.some(({message}) => message.includes(words))).toBe(true)
    const body = await bodyOf('bedrock', everywhere, model)
    expect([body.toolConfig.tools.at(-1).cachePoint, body.system.at(-1).cachePoint]).toEqual([onTools, onSystem])
  })

  it('are explicit breakpoints at OpenAI from GPT-5.6 on', async () => {
    const {tools: _, ...plain} = everywhere
    const body = await bodyOf('openai', plain, 'gpt-5.6')
    const explicit = {prompt_cache_breakpoint: {mode: 'explicit'}}
    expect(body.messages.map((message: Body) => message.content)).toEqual([
      [
        {type: 'text', text: 'Be brief.'},
        {type: 'text', text: 'The contract: …', ...explicit},
      ],
      [
        {type: 'text', text: 'a page', ...explicit},
        {type: 'text', text: 'What is it?'},
      ],
      null,
      [{type: 'text', text: '12', ...explicit}],
    ])
    expect(await warningsOf('openai', plain, 'gpt-5.6')).toMatchObject([{message: expect.stringContaining('hour')}])
    // Tools of these models go by the other API.
    const withTools = await bodyOf('openai', everywhere, 'gpt-5.6')
    expect(withTools).not.toHaveProperty('instructions')
    expect(withTools.input).toMatchObject([
      {role: 'developer', content: [{text: 'Be brief.'}, {text: 'The contract: …', ...explicit}]},
      {role: 'user', content: [{text: 'a page', ...explicit}, {text: 'What is it?'}]},
      {type: 'function_call'},
      {type: 'function_call_output', output: [{text: '12', ...explicit}]},
    ])
    expect(JSON.stringify(withTools).split('prompt_cache_breakpoint')).toHaveLength(4)
  })

  const without: readonly (readonly [ProviderName, string])[] = [
    ['openai', 'gpt-4o'],
    ['azure', 'ours'],
    ['openai-compatible', 'qwen3'],
    ['gemini', 'gemini-2.5-flash'],
    ['cohere', 'command-a-03-2025'],
    ['ollama', 'llama3.2'],
  ]
  it.each(without)('are left out with a warning at %s, and change nothing else', async (provider, model) => {
    expect((await warningsOf(provider, everywhere, model)).map(({parameter}) => parameter)).toEqual(['cacheBreakpoint'])
    const plain: Partial<CompletionRequest> = JSON.parse(
      JSON.stringify({...everywhere, system: 'Be brief.\n\nThe contract: …'}),
      (name, value) => (name === 'cacheBreakpoint' ? undefined : value),
    )
    expect(await bodyOf(provider, everywhere, model)).toEqual(await bodyOf(provider, plain, model))
  })

  it('beyond four are the latest four where no more may be sent', async () => {
    const content = Array.from({length: 6}, (_, at) => ({type: 'text' as const, text: `page ${at}`, ...marked}))
    const many = {messages: [{role: 'user' as const, content}]}
    const {messages} = await bodyOf('anthropic', many, 'claude-haiku-4-5')
    const kept = messages[0].content.map((block: Body) => 'cache_control' in block)
    expect(kept).toEqual([false, false, true, true, true, true])
    expect(await warningsOf('anthropic', many)).toMatchObject([{message: expect.stringContaining('latest 4')}])
    expect(await warningsOf('openai', many, 'gpt-5.6')).toEqual([])
  })
})

describe('the parameters that OpenAI has beside breakpoints', () => {
  const parameters: Partial<CompletionRequest> = {
    promptCacheKey: 'desk-7',
    promptCacheRetention: '24h',
    promptCacheOptions: {mode: 'explicit'},
  }
  const all = ['promptCacheKey', 'promptCacheRetention', 'promptCacheOptions']

  it('go to the models that know them', async () => {
    const tools = [{name: 'clock', inputSchema: schema}]
    for (const more of [{}, {tools}]) {
      expect(await bodyOf('openai', {...parameters, ...more}, 'gpt-5.6')).toMatchObject({
        prompt_cache_key: 'desk-7',
        prompt_cache_retention: '24h',
        prompt_cache_options: {mode: 'explicit'},
      })
    }
    const older = await bodyOf('openai', parameters, 'gpt-5.4-mini')
    expect(older).toMatchObject({prompt_cache_key: 'desk-7', prompt_cache_retention: '24h'})
    expect(older).not.toHaveProperty('prompt_cache_options')
    expect(await warningsOf('openai', parameters, 'gpt-5.4-mini')).toMatchObject([{parameter: 'promptCacheOptions'}])
    const short = {promptCacheRetention: 'in_memory'} as const
    expect(await bodyOf('openai', short, 'gpt-5.6')).not.toHaveProperty('prompt_cache_retention')
    expect(await bodyOf('openai', short, 'gpt-4.1')).toMatchObject({prompt_cache_retention: 'in_memory'})
  })

  it.each(providerNames.filter(name => name !== 'openai' && name !== 'azure'))(
    'are warned of at %s',
    async provider => {
      expect((await warningsOf(provider, parameters)).map(({parameter}) => parameter)).toEqual(all)
      expect(JSON.stringify(await bodyOf(provider, parameters))).not.toMatch(/prompt_?cache/i)
    },
  )

  it.each([
    [undefined, true],
    ['2025-04-01-preview', true],
    ['2024-10-21', false],
  ])('go to a version of Azure that is newer than they are: %s', async (apiVersion, isNewer) => {
    const answer = answering('{}', {status: 400, headers: {'content-type': 'application/json'}})
    await withServer(answer, async (url, asked) => {
      const adapter = open('azure', url, {apiVersion, model: 'ours'})
      await collect(adapter.complete(userSays('hi', parameters), callOf({stream: false}))).catch(() => [])
      const sent = JSON.parse(asked[0]!.body) as object
      expect('prompt_cache_key' in sent).toBe(isNewer)
      expect(sent).not.toHaveProperty('prompt_cache_options')
    })
  })
})

describe('what is written to a cache is counted by its time', () => {
  const json = {headers: {'content-type': 'application/json'}}

  it('at Anthropic, whole and streamed', async () => {
    const usage = {
      input_tokens: 3,
      cache_creation_input_tokens: 300,
      cache_read_input_tokens: 50,
      cache_creation: {ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200},
      output_tokens: 7,
    }
    const counted = {total: 353, noCache: 3, cacheRead: 50, cacheWrite: 300, cacheWriteHour: 200}
    const whole = {type: 'message', model: 'm', content: [], stop_reason: 'end_turn', usage}
    await withServer(answering(JSON.stringify(whole), json), async url => {
      const events = await collect(open('anthropic', url).complete(userSays('hi'), callOf({stream: false})))
      expect(finishOf(events).usage.input).toEqual(counted)
    })
    const stream = [
      {type: 'message_start', message: {...whole, stop_reason: null, usage: {...usage, output_tokens: 1}}},
      {type: 'message_delta', delta: {stop_reason: 'end_turn'}, usage: {output_tokens: 7}},
      {type: 'message_stop'},
    ].map(event => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    await withServer(answering(stream), async url => {
      const events = await collect(open('anthropic', url).complete(userSays('hi'), callOf()))
      expect(finishOf(events).usage.input).toEqual(counted)
    })
  })

  it('at Bedrock', async () => {
    const usage = {
      inputTokens: 3,
      outputTokens: 7,
      totalTokens: 360,
      cacheReadInputTokens: 50,
      cacheWriteInputTokens: 300,
      cacheDetails: [
        {ttl: '1h', inputTokens: 200},
        {ttl: '5m', inputTokens: 100},
      ],
    }
    const whole = {output: {message: {role: 'assistant', content: [{text: 'ok'}]}}, stopReason: 'end_turn', usage}
    await withServer(answering(JSON.stringify(whole), json), async url => {
      const events = await collect(open('bedrock', url).complete(userSays('hi'), callOf({stream: false})))
      const counted = {total: 353, noCache: 3, cacheRead: 50, cacheWrite: 300, cacheWriteHour: 200}
      expect(finishOf(events).usage.input).toEqual(counted)
    })
  })
})
