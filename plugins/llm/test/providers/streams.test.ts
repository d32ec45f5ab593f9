import {describe, expect, it} from 'vitest'
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

type Piece = Record<string, unknown>

const sse = (pieces: readonly Piece[], done = false): string =>
  pieces.map(piece => `data: ${JSON.stringify(piece)}\n\n`).join('') + (done ? 'data: [DONE]\n\n' : '')
const named = (pieces: readonly Piece[]): string =>
  pieces.map(piece => `event: ${String(piece.type)}\ndata: ${JSON.stringify(piece)}\n\n`).join('')
const lines = (pieces: readonly Piece[]): string => pieces.map(piece => `${JSON.stringify(piece)}\n`).join('')

const chunk = (delta: Piece, finish_reason: string | null = null, more: Piece = {}): Piece => ({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'gpt-test-1',
  choices: [{index: 0, delta, finish_reason}],
  ...more,
})

const started = (usage: Piece = {input_tokens: 7, output_tokens: 1}): Piece => ({
  type: 'message_start',
  message: {id: 'm', type: 'message', role: 'assistant', model: 'claude-test-1', content: [], stop_reason: null, usage},
})
const textBlock = (index: number, text: string): Piece[] => [
  {type: 'content_block_start', index, content_block: {type: 'text', text: ''}},
  {type: 'content_block_delta', index, delta: {type: 'text_delta', text}},
  {type: 'content_block_stop', index},
]
const ended = (stop_reason: string, usage: Piece): Piece[] => [
  {type: 'message_delta', delta: {stop_reason, stop_sequence: null}, usage},
  {type: 'message_stop'},
]

describe('openai', () => {
  const GOOD = [
    chunk({role: 'assistant', content: ''}),
    chunk({content: 'čebela '}),
    chunk({content: '🐝'}),
    chunk({}, 'stop'),
  ]

  it.each([
    ['CRLF', sse(GOOD, true).replaceAll('\n', '\r\n')],
    ['comments', `: OPENROUTER PROCESSING\n\n${sse(GOOD, true).replaceAll('data: {', ': still here\ndata: {')}`],
    ['data in several lines', sse(GOOD, true).replaceAll('"choices"', '\ndata: "choices"')],
    ['no [DONE]', sse(GOOD)],
    ['no blank line at the end', sse(GOOD, true).trimEnd()],
    ['lines that are no field', `nonsense\n${sse(GOOD, true)}`],
  ])('reads a stream with %s', async (_name, body) => {
    await withServer(answering(body), async url => {
      const events = await collect(open('openai', url).complete(userSays('hi'), callOf()))
      checkOrder(events)
      expect(textOf(events)).toBe('čebela 🐝')
      expect(events[0]).toMatchObject({type: 'start', model: 'gpt-test-1'})
      expect(finishOf(events).reason).toEqual({unified: 'stop', raw: 'stop'})
    })
  })

  it('reads characters that are split between packets', async () => {
    const whole = Buffer.from(sse(GOOD, true))
    const pieces = Array.from({length: whole.length}, (_, position) => whole.subarray(position, position + 1))
    await withServer(answering(pieces), async url => {
      expect(textOf(await collect(open('openai', url).complete(userSays('hi'), callOf())))).toBe('čebela 🐝')
    })
  })

  it('fails at JSON that is none, after what came before', async () => {
    const body = `${sse(GOOD.slice(0, 2))}data: {"choices": oops\n\n`
    await withServer(answering(body), async url => {
      const {seen, failure} = await failing(open('openai', url).complete(userSays('hi'), callOf()))
      expect(textOf(seen)).toBe('čebela ')
      expect(failure.facts).toMatchObject({class: 'transient', mayHaveRun: true})
    })
  })

  it.each([
    ['without a finish reason', sse(GOOD.slice(0, 3), true)],
    ['without anything', ''],
    ['with a comment alone', ': hello\n\n'],
  ])('does not call it an end where the stream ends %s', async (_name, body) => {
    await withServer(answering(body), async url => {
      const {failure} = await failing(open('openai', url).complete(userSays('hi'), callOf()))
      expect(failure.message).toContain('without saying why')
    })
  })

  it('finds an error inside HTTP 200, streamed and whole', async () => {
    const fault = {error: {message: 'Rate limit reached', code: 'rate_limit_exceeded'}}
    await withServer(answering(sse([GOOD[1]!, fault])), async url => {
      const {seen, failure} = await failing(open('openai', url).complete(userSays('hi'), callOf()))
      expect(textOf(seen)).toBe('čebela ')
      expect(failure.facts).toMatchObject({class: 'rate', mayHaveRun: true})
    })
    const headers = {'content-type': 'application/json'}
    await withServer(answering(JSON.stringify(fault), {headers}), async url => {
      const {failure} = await failing(open('openai', url).complete(userSays('hi'), callOf({stream: false})))
      expect(failure.facts.class).toBe('rate')
    })
  })

  it('asks for the usage of a stream, and counts cached and reasoning tokens once', async () => {
    const usage = {
      prompt_tokens: 1200,
      completion_tokens: 300,
      total_tokens: 1500,
      prompt_tokens_details: {cached_tokens: 1000},
      completion_tokens_details: {reasoning_tokens: 256},
    }
    await withServer(answering(sse([...GOOD, {...chunk({}), choices: [], usage}], true)), async (url, asked) => {
      const events = await collect(open('openai', url).complete(userSays('hi'), callOf()))
      expect(finishOf(events).usage).toEqual({
        input: {total: 1200, noCache: 200, cacheRead: 1000, cacheWrite: null},
        output: {total: 300, text: 44, reasoning: 256},
        raw: usage,
      })
      expect(JSON.parse(asked[0]!.body)).toMatchObject({stream: true, stream_options: {include_usage: true}})
    })
  })

  it('keeps the usage of a stream that breaks, where the server counts along', async () => {
    const usage = {prompt_tokens: 12, completion_tokens: 2, total_tokens: 14}
    await withServer(answering(sse([chunk({content: 'a'}, null, {usage})])), async url => {
      const {seen} = await failing(open('openai', url).complete(userSays('hi'), callOf()))
      expect(seen.findLast(event => event.type === 'usage')?.usage).toMatchObject({
        input: {total: 12},
        output: {total: 2},
      })
    })
  })

  it('tells interleaved calls apart by their index', async () => {
    const call = (index: number, piece: Piece): Piece => chunk({tool_calls: [{index, ...piece}]})
    const body = sse(
      [
        call(0, {id: 'one', type: 'function', function: {name: 'a', arguments: ''}}),
        call(1, {id: 'two', type: 'function', function: {name: 'b', arguments: '{"y"'}}),
        call(0, {function: {arguments: '{"x":'}}),
        call(1, {function: {arguments: ':2}'}}),
        call(0, {function: {arguments: '1}'}}),
        chunk({}, 'tool_calls'),
      ],
      true,
    )
    await withServer(answering(body), async url => {
      const events = await collect(open('openai', url).complete(userSays('hi'), callOf()))
      checkOrder(events)
      expect(toolsOf(events)).toEqual([
        {id: 'call_id1', name: 'a', input: '{"x":1}'},
        {id: 'call_id2', name: 'b', input: '{"y":2}'},
      ])
    })
  })

  it('tells calls apart that a server gives the same index', async () => {
    const call = (id: string, name: string): Piece =>
      chunk({tool_calls: [{index: 0, id, type: 'function', function: {name, arguments: '{}'}}]})
    await withServer(answering(sse([call('one', 'a'), call('two', 'b'), chunk({}, 'stop')], true)), async url => {
      const events = await collect(open('openai-compatible', url).complete(userSays('hi'), callOf()))
      checkOrder(events)
      expect(toolsOf(events).map(({name}) => name)).toEqual(['a', 'b'])
      expect(finishOf(events).reason.unified).toBe('tool-calls')
    })
  })

  it.each(['reasoning_content', 'reasoning'])('reads thoughts that a server calls %s', async name => {
    const body = sse(
      [chunk({[name]: 'Hm. '}), chunk({[name]: 'Yes.'}), chunk({content: 'Three'}), chunk({}, 'stop')],
      true,
    )
    await withServer(answering(body), async url => {
      const events = await collect(open('openai-compatible', url).complete(userSays('hi'), callOf()))
      checkOrder(events)
      expect([textOf(events, 'reasoning'), textOf(events)]).toEqual(['Hm. Yes.', 'Three'])
    })
  })

  it('calls a refusal a refusal', async () => {
    await withServer(answering(sse([chunk({refusal: 'I cannot help'}), chunk({}, 'stop')], true)), async url => {
      const events = await collect(open('openai', url).complete(userSays('hi'), callOf()))
      expect(textOf(events)).toBe('I cannot help')
      expect(finishOf(events).reason).toEqual({unified: 'content-filter', raw: 'stop'})
    })
  })
})

describe('anthropic', () => {
  it('counts the cache beside what was read anew, and thoughts within what was generated', async () => {
    const first = {input_tokens: 3, cache_creation_input_tokens: 12_304, cache_read_input_tokens: 50, output_tokens: 1}
    const last = {output_tokens: 550, output_tokens_details: {thinking_tokens: 100}, input_tokens: null}
    const body = named([started(first), ...textBlock(0, 'Three'), ...ended('end_turn', last)])
    await withServer(answering(body), async url => {
      const {usage} = finishOf(await collect(open('anthropic', url).complete(userSays('hi'), callOf())))
      expect(usage.input).toEqual({total: 12_357, noCache: 3, cacheRead: 50, cacheWrite: 12_304})
      expect(usage.output).toEqual({total: 550, text: 450, reasoning: 100})
    })
  })

  it('keeps what was counted before it is overloaded in the middle of a stream', async () => {
    const fault = {type: 'error', error: {type: 'overloaded_error', message: 'Overloaded'}}
    const body = named([started(), ...textBlock(0, 'Three').slice(0, 2), fault])
    await withServer(answering(body), async url => {
      const {seen, failure} = await failing(open('anthropic', url).complete(userSays('hi'), callOf()))
      expect(textOf(seen)).toBe('Three')
      expect(failure.facts).toMatchObject({class: 'overload', mayHaveRun: true})
      expect(seen.findLast(event => event.type === 'usage')?.usage.input.total).toBe(7)
    })
  })

  it('does not call it an end where the stop reason or the last event is missing', async () => {
    for (const body of [
      named([started(), ...textBlock(0, 'Three')]),
      named([started(), ...textBlock(0, 'Three'), {type: 'message_stop'}]),
      named([started(), ...textBlock(0, 'Three'), ended('end_turn', {output_tokens: 5})[0]!]),
    ]) {
      await withServer(answering(body), async url => {
        const {failure} = await failing(open('anthropic', url).complete(userSays('hi'), callOf()))
        expect(failure.message).toContain('without saying why')
      })
    }
  })

  it('gives back signed and redacted thoughts as they were, to itself alone', async () => {
    const body = named([
      started(),
      {type: 'content_block_start', index: 0, content_block: {type: 'thinking', thinking: '', signature: ''}},
      {type: 'content_block_delta', index: 0, delta: {type: 'thinking_delta', thinking: 'Hm.'}},
      {type: 'content_block_delta', index: 0, delta: {type: 'signature_delta', signature: 'c2ln'}},
      {type: 'content_block_stop', index: 0},
      {type: 'content_block_start', index: 1, content_block: {type: 'redacted_thinking', data: 'cmVk'}},
      {type: 'content_block_stop', index: 1},
      ...textBlock(2, 'Three'),
      {type: 'ping'},
      ...ended('end_turn', {output_tokens: 9}),
    ])
    const signed = await withServer(answering(body), async url => {
      const events = await collect(open('anthropic', url).complete(userSays('hi'), callOf()))
      checkOrder(events)
      expect(textOf(events, 'reasoning')).toBe('Hm.')
      return events.flatMap(event => (event.type === 'reasoning-end' ? [event.signed!] : []))
    })
    const request = {
      messages: [
        ...userSays('hi').messages,
        {
          role: 'assistant' as const,
          content: [
            {type: 'reasoning' as const, text: 'Hm.', signed: signed[0]!},
            {type: 'reasoning' as const, text: '', signed: signed[1]!},
            {type: 'text' as const, text: 'Three'},
          ],
        },
        ...userSays('more').messages,
      ],
    }
    await withServer(answering('{}', {status: 400}), async (url, asked) => {
      for (const provider of ['anthropic', 'bedrock', 'openai', 'gemini', 'cohere', 'ollama'] as const) {
        await failing(open(provider, url).complete(request, callOf()))
      }
      const [own, ...others] = asked
      expect(JSON.parse(own!.body).messages[1].content).toEqual([
        {type: 'thinking', thinking: 'Hm.', signature: 'c2ln'},
        {type: 'redacted_thinking', data: 'cmVk'},
        {type: 'text', text: 'Three'},
      ])
      expect(others).toHaveLength(5)
      for (const {body: sent} of others) expect(sent).not.toMatch(/Hm\.|c2ln|cmVk/)
    })
  })
})

describe('gemini', () => {
  const piece = (parts: Piece[], more: Piece = {}, finishReason?: string): Piece => ({
    candidates: [{content: {role: 'model', parts}, ...(finishReason ? {finishReason} : {}), index: 0}],
    modelVersion: 'gemini-test-1',
    ...more,
  })

  it('counts thoughts beside the candidates, and the cache within the prompt', async () => {
    const usageMetadata = {
      promptTokenCount: 1000,
      cachedContentTokenCount: 800,
      candidatesTokenCount: 40,
      thoughtsTokenCount: 160,
      toolUsePromptTokenCount: 5,
      totalTokenCount: 1205,
    }
    const body = sse([piece([{text: 'Hm.', thought: true}]), piece([{text: 'Three'}], {usageMetadata}, 'STOP')])
    await withServer(answering(body), async url => {
      const events = await collect(open('gemini', url).complete(userSays('hi'), callOf()))
      checkOrder(events)
      expect([textOf(events, 'reasoning'), textOf(events)]).toEqual(['Hm.', 'Three'])
      const {usage} = finishOf(events)
      expect(usage.input).toEqual({total: 1005, noCache: 205, cacheRead: 800, cacheWrite: null})
      expect(usage.output).toEqual({total: 200, text: 40, reasoning: 160})
    })
  })

  it('finds an error inside HTTP 200, with the wait it asks for', async () => {
    const retry = {'@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '3s'}
    const fault = {error: {code: 429, status: 'RESOURCE_EXHAUSTED', message: 'quota', details: [retry]}}
    await withServer(answering(sse([piece([{text: 'Three'}]), fault])), async url => {
      const {seen, failure} = await failing(open('gemini', url).complete(userSays('hi'), callOf()))
      expect(textOf(seen)).toBe('Three')
      expect(failure.facts).toMatchObject({class: 'rate', retryAfter: 3000, mayHaveRun: true})
    })
  })

  it('calls a blocked prompt what it is, and a blocked answer too', async () => {
    await withServer(answering(sse([{promptFeedback: {blockReason: 'PROHIBITED_CONTENT'}}])), async url => {
      const {failure} = await failing(open('gemini', url).complete(userSays('hi'), callOf()))
      expect(failure.facts.class).toBe('content')
    })
    await withServer(answering(sse([piece([{text: 'Thr'}]), piece([], {}, 'SAFETY')])), async url => {
      const events = await collect(open('gemini', url).complete(userSays('hi'), callOf()))
      expect(finishOf(events).reason).toEqual({unified: 'content-filter', raw: 'SAFETY'})
    })
  })

  it('reads CRLF, comments and data in several lines, which Google’s own client does not', async () => {
    const body = `: hi\r\n\r\n${sse([piece([{text: 'Three'}]), piece([{text: ' months'}], {}, 'STOP')])
      .replaceAll('"modelVersion"', '\ndata: "modelVersion"')
      .replaceAll('\n', '\r\n')}`
    await withServer(answering(body), async url => {
      expect(textOf(await collect(open('gemini', url).complete(userSays('hi'), callOf())))).toBe('Three months')
    })
  })

  it('does not call it an end where the finish reason is missing', async () => {
    for (const body of [sse([piece([{text: 'Three'}])]), '']) {
      await withServer(answering(body), async url => {
        const {failure} = await failing(open('gemini', url).complete(userSays('hi'), callOf()))
        expect(failure.facts).toMatchObject({class: 'transient', mayHaveRun: true})
      })
    }
  })

  it('gives back the signature of a call to itself alone', async () => {
    const body = sse([piece([{functionCall: {name: 'a', args: {x: 1}}, thoughtSignature: 'c2ln'}], {}, 'STOP')])
    const end = await withServer(answering(body), async url => {
      const events = await collect(open('gemini', url).complete(userSays('hi'), callOf()))
      expect(finishOf(events).reason.unified).toBe('tool-calls')
      return events.find(event => event.type === 'tool-input-end')!
    })
    const call = {type: 'tool-call' as const, id: end.id, name: 'a', input: '{"x":1}', signed: end.signed!}
    const result = {type: 'tool-result' as const, id: end.id, name: 'a', content: []}
    const request = {
      messages: [
        ...userSays('hi').messages,
        {role: 'assistant' as const, content: [call]},
        {role: 'tool' as const, content: [result]},
      ],
    }
    await withServer(answering('{}', {status: 400}), async (url, asked) => {
      await failing(open('gemini', url).complete(request, callOf()))
      await failing(open('openai', url).complete(request, callOf()))
      const [own, other] = asked
      expect(JSON.parse(own!.body).contents[1].parts[0]).toMatchObject({thoughtSignature: 'c2ln'})
      expect(JSON.parse(own!.body).contents[2].parts[0].functionResponse.id).toBe(end.id)
      expect(other!.body).not.toContain('c2ln')
    })
  })
})

describe('cohere', () => {
  const begin = {type: 'message-start', id: 'm', delta: {message: {role: 'assistant'}}}
  const text = (value: string): Piece => ({type: 'content-delta', index: 0, delta: {message: {content: {text: value}}}})
  const end = (delta: Piece): Piece => ({type: 'message-end', id: 'm', delta})

  it('counts what was read, keeps what is billed, and shows plans and thoughts apart from the text', async () => {
    const usage = {
      billed_units: {input_tokens: 20, output_tokens: 5},
      tokens: {input_tokens: 220, output_tokens: 7},
      cached_tokens: 100,
    }
    const thought = {type: 'content-delta', index: 0, delta: {message: {content: {thinking: 'Hm.'}}}}
    const body = named([begin, thought, text('Three'), end({finish_reason: 'COMPLETE', usage})])
    await withServer(answering(body), async url => {
      const events = await collect(open('cohere', url).complete(userSays('hi'), callOf()))
      checkOrder(events)
      expect([textOf(events, 'reasoning'), textOf(events)]).toEqual(['Hm.', 'Three'])
      const counted = finishOf(events).usage
      expect(counted.input).toEqual({total: 220, noCache: 120, cacheRead: 100, cacheWrite: null})
      expect(counted.output.total).toBe(7)
      expect(counted.raw).toMatchObject({billedUnits: {inputTokens: 20, outputTokens: 5}})
    })
  })

  it('takes an end in error for one, not for a stop', async () => {
    for (const delta of [{finish_reason: 'ERROR', error: 'it broke'}, {finish_reason: 'TIMEOUT'}, {}]) {
      await withServer(answering(named([begin, text('Three'), end(delta)])), async url => {
        const {failure, seen} = await failing(open('cohere', url).complete(userSays('hi'), callOf()))
        expect(failure.facts).toMatchObject({class: 'transient', mayHaveRun: true})
        expect(textOf(seen)).toBe('Three')
      })
    }
  })
})

describe('ollama', () => {
  const said = (content: string, more: Piece = {}): Piece => ({
    model: 'qwen3',
    created_at: '2026-11-23T12:00:00Z',
    message: {role: 'assistant', content},
    done: false,
    ...more,
  })

  it('reads thoughts, tools and counts', async () => {
    const tools = [{function: {name: 'a', arguments: {x: 1}}}, {function: {name: 'b', arguments: {}}}]
    const body = lines([
      said('', {message: {role: 'assistant', content: '', thinking: 'Hm.'}}),
      said('Three'),
      said('', {message: {role: 'assistant', content: '', tool_calls: tools}}),
      said('', {done: true, done_reason: 'stop', prompt_eval_count: 31, eval_count: 12}),
    ])
    await withServer(answering(body), async url => {
      const events = await collect(open('ollama', url).complete(userSays('hi'), callOf()))
      checkOrder(events)
      expect([textOf(events, 'reasoning'), textOf(events)]).toEqual(['Hm.', 'Three'])
      expect(toolsOf(events).map(({id, name, input}) => [id, name, input])).toEqual([
        ['call_id1', 'a', '{"x":1}'],
        ['call_id2', 'b', '{}'],
      ])
      expect(finishOf(events)).toMatchObject({
        reason: {unified: 'tool-calls'},
        usage: {input: {total: 31, noCache: 31}, output: {total: 12}},
      })
    })
  })

  it('says that the limit cut the answer', async () => {
    await withServer(answering(lines([said('Three', {done: true, done_reason: 'length'})])), async url => {
      expect(finishOf(await collect(open('ollama', url).complete(userSays('hi'), callOf()))).reason.unified).toBe(
        'length',
      )
    })
  })

  it.each([
    ['a line that is no JSON', `${lines([said('Three')])}{"message": oops\n${lines([said('x')])}`],
    ['an error in the stream', lines([said('Three'), {error: 'an error was encountered while running the model'}])],
    ['no end', lines([said('Three')])],
  ])('fails at %s, after what came before', async (_name, body) => {
    await withServer(answering(body), async url => {
      const {seen, failure} = await failing(open('ollama', url).complete(userSays('hi'), callOf()))
      expect(textOf(seen)).toBe('Three')
      expect(failure.facts).toMatchObject({class: 'transient', mayHaveRun: true})
    })
  })

  it('reads lines that are split between packets, within characters', async () => {
    const whole = Buffer.from(lines([said('čebela 🐝'), said('', {done: true, done_reason: 'stop'})]))
    const pieces = Array.from({length: whole.length}, (_, position) => whole.subarray(position, position + 1))
    await withServer(answering(pieces), async url => {
      expect(textOf(await collect(open('ollama', url).complete(userSays('hi'), callOf())))).toBe('čebela 🐝')
    })
  })
})

describe('time limits against a real server', () => {
  it.each(['openai', 'bedrock', 'cohere', 'ollama'] as const)(
    '%s: gives up one that accepts nothing',
    async provider => {
      await withServer(
        () => undefined,
        async url => {
          const timeouts = {connect: 50, firstToken: 30_000, idle: 30_000}
          const {failure} = await failing(open(provider, url).complete(userSays('hi'), callOf({timeouts})))
          expect(failure.message).toContain('did not accept')
        },
      )
    },
  )

  it.each(['openai', 'anthropic', 'gemini', 'cohere', 'ollama'] as const)(
    '%s: gives up one that accepts and says nothing',
    async provider => {
      await withServer(
        response => void response.writeHead(200, {'content-type': 'text/event-stream'}).flushHeaders(),
        async url => {
          const timeouts = {connect: 30_000, firstToken: 50, idle: 30_000}
          const {failure} = await failing(open(provider, url).complete(userSays('hi'), callOf({timeouts})))
          expect(failure.message).toContain('nothing was generated')
        },
      )
    },
  )

  it('gives up one that falls silent', async () => {
    await withServer(
      response =>
        void response.writeHead(200, {'content-type': 'text/event-stream'}).write(sse([chunk({content: 'Three'})])),
      async url => {
        const timeouts = {connect: 30_000, firstToken: 30_000, idle: 50}
        const {seen, failure} = await failing(open('openai', url).complete(userSays('hi'), callOf({timeouts})))
        expect(textOf(seen)).toBe('Three')
        expect(failure.message).toContain('silent')
      },
    )
  })
})

describe('a call without arguments', () => {
  const call = (index: number, id: string): Piece => ({
    index,
    id,
    type: 'function',
    function: {name: 'clock', arguments: ''},
  })
  const named2 = (index: number): Piece[] => [
    {
      type: 'content_block_start',
      index,
      content_block: {type: 'tool_use', id: `toolu_${index}`, name: 'clock', input: {}},
    },
    {type: 'content_block_delta', index, delta: {type: 'input_json_delta', partial_json: ''}},
    {type: 'content_block_stop', index},
  ]
  const item = (more: Piece): Piece => ({
    type: 'function_call',
    id: 'fc',
    call_id: 'call',
    name: 'clock',
    arguments: '',
    ...more,
  })

  it.each([
    [
      'openai-compatible',
      'qwen3',
      sse([chunk({tool_calls: [call(0, 'a')]}), chunk({tool_calls: [call(0, 'b')]}), chunk({}, 'tool_calls')], true),
    ],
    [
      'anthropic',
      'claude-haiku-4-5',
      named([started(), ...named2(0), ...named2(1), ...ended('tool_use', {output_tokens: 9})]),
    ],
    [
      'openai',
      'gpt-5-codex',
      named([
        {type: 'response.created', response: {model: 'm'}},
        ...[0, 1].flatMap(output_index => [
          {type: 'response.output_item.added', output_index, item: item({})},
          {type: 'response.output_item.done', output_index, item: item({})},
        ]),
        {type: 'response.completed', response: {status: 'completed', output: []}},
      ]),
    ],
  ] as const)('of %s is an empty object, which a client can parse', async (provider, model, body) => {
    await withServer(answering(body), async url => {
      const events = await collect(open(provider, url, {model}).complete(userSays('hi'), callOf()))
      checkOrder(events)
      expect(toolsOf(events).map(({input}) => input)).toEqual(['{}', '{}'])
    })
  })
})
