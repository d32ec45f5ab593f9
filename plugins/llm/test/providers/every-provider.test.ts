import {LLMock} from '@copilotkit/aimock'
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import type {CompletionRequest} from '../../src/model/completion-request.ts'
import {providerNames} from '../../src/model/provider-adapter.ts'
import {
  callOf,
  checkOrder,
  collect,
  failing,
  finishOf,
  KEY,
  nowhere,
  open,
  textOf,
  toolsOf,
  userSays,
  withLine,
  withServer,
} from './provider-servers.ts'

const mock = new LLMock({port: 0})
const PIXEL = new Uint8Array(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
)
const WEATHER = {
  name: 'weather',
  description: 'The weather of a place',
  inputSchema: {
    type: 'object',
    properties: {place: {type: 'string'}},
    required: ['place'],
    additionalProperties: false,
  },
}

beforeAll(async () => {
  await mock.start()
})
afterAll(() => mock.stop())
beforeEach(() => {
  mock.reset()
})

describe.each(providerNames)('%s', provider => {
  describe.each([true, false])('streamed: %s', stream => {
    it('gives text and says why it stopped', async () => {
      mock.onMessage(/notice period/, {content: 'It is three months, čez poletje štiri. [DONE] 🌍'}, {chunkSize: 5})
      const events = await collect(open(provider, mock.url).complete(userSays('the notice period?'), callOf({stream})))
      checkOrder(events)
      expect(textOf(events)).toBe('It is three months, čez poletje štiri. [DONE] 🌍')
      expect(events.filter(event => event.type === 'text-delta').length > 3).toBe(stream)
      expect(finishOf(events).reason.unified).toBe('stop')
    })

    it('tells parallel tool calls apart, under ids of ours', async () => {
      mock.onMessage(/weather/, {
        toolCalls: [
          {name: 'weather', arguments: '{"place":"Kranj"}', id: 'toolu_1'},
          {name: 'weather', arguments: '{"place":"Celje"}', id: 'toolu_2'},
        ],
      })
      const request = userSays('the weather?', {tools: [WEATHER]})
      const events = await collect(open(provider, mock.url).complete(request, callOf({stream})))
      checkOrder(events)
      const tools = toolsOf(events)
      expect(tools.map(({name, input}) => [name, JSON.parse(input)])).toEqual([
        ['weather', {place: 'Kranj'}],
        ['weather', {place: 'Celje'}],
      ])
      expect(tools.map(({id}) => id)).toEqual(['call_id1', 'call_id2'])
      expect(finishOf(events).reason.unified).toBe('tool-calls')
    })

    // The mock's Ollama knows no other reason than `stop`.
    it.skipIf(provider === 'ollama')('says that the limit cut the answer', async () => {
      mock.onMessage(/notice/, {content: 'Three', finishReason: 'length'})
      const events = await collect(open(provider, mock.url).complete(userSays('notice'), callOf({stream})))
      expect(finishOf(events).reason.unified).toBe('length')
    })
  })

  it('counts what was used', async () => {
    const usage = {prompt_tokens: 31, completion_tokens: 9, input_tokens: 31, output_tokens: 9}
    mock.onMessage(/notice/, {content: 'Three', usage})
    const {usage: counted} = finishOf(await collect(open(provider, mock.url).complete(userSays('notice'), callOf())))
    // The mock's Ollama counts nothing.
    const expected = provider === 'ollama' ? [0, 0] : [31, 9]
    expect([counted.input.total, counted.output.total]).toEqual(expected)
  })

  it('sends instructions, pictures, calls with their results and limits', async () => {
    mock.onMessage(/.*/, {content: 'ok'})
    const request: CompletionRequest = {
      system: 'Answer in one sentence.',
      messages: [
        {
          role: 'user',
          content: [
            {type: 'text', text: 'What is it?'},
            {type: 'image', mediaType: 'image/png', bytes: PIXEL},
          ],
        },
        {
          role: 'assistant',
          content: [
            {type: 'text', text: 'I look.'},
            {type: 'tool-call', id: 'call_abc', name: 'weather', input: '{"place":"Kranj"}'},
          ],
        },
        {
          role: 'tool',
          content: [
            {type: 'tool-result', id: 'call_abc', name: 'weather', content: [{type: 'text', text: 'It snows'}]},
          ],
        },
        {role: 'user', content: [{type: 'text', text: 'And now?'}]},
      ],
      tools: [WEATHER],
      maxOutputTokens: 217,
    }
    await withServer(
      response => void response.writeHead(400, {'content-type': 'application/json'}).end('{}'),
      async (url, asked) => {
        await failing(open(provider, url).complete(request, callOf({stream: false})))
        const {body, path} = asked[0]!
        const whole = path + body
        for (const sent of [
          'Answer in one sentence.',
          'What is it?',
          'I look.',
          'It snows',
          'And now?',
          '217',
          'Kranj',
        ]) {
          expect(whole).toContain(sent)
        }
        expect(whole).toContain('test-model')
        expect(whole).toContain(Buffer.from(PIXEL).toString('base64'))
        // Ollama tells results by the tool's name, the others by the id that the call went out with.
        expect(body.split(provider === 'ollama' ? '"weather"' : 'call_abc').length).toBeGreaterThan(2)
      },
    )
  })

  it('sends an id that a client made up as one its provider accepts, the same for call and result', async () => {
    if (provider === 'ollama') return
    const id = `a:b/${'ž'.repeat(60)}`
    const request: CompletionRequest = {
      messages: [
        {role: 'user', content: [{type: 'text', text: 'weather?'}]},
        {role: 'assistant', content: [{type: 'tool-call', id, name: 'weather', input: '{}'}]},
        {role: 'tool', content: [{type: 'tool-result', id, name: 'weather', content: [{type: 'text', text: 'snow'}]}]},
      ],
      tools: [WEATHER],
    }
    await withServer(
      response => void response.writeHead(400, {'content-type': 'application/json'}).end('{}'),
      async (url, asked) => {
        await failing(open(provider, url).complete(request, callOf({stream: false})))
        const ids = asked[0]!.body.match(/call_[\da-f]+/g) ?? []
        expect(ids).toHaveLength(2)
        expect(new Set(ids).size).toBe(1)
        expect(ids[0]).toMatch(/^[\w-]{1,40}$/)
        expect(asked[0]!.body).not.toContain('ž')
      },
    )
  })

  it('reads nothing from the environment, and says nothing of the machine', async () => {
    const planted = 'planted-in-the-environment'
    const variables = [
      'OPENAI_API_KEY',
      'OPENAI_ORG_ID',
      'OPENAI_PROJECT_ID',
      'OPENAI_BASE_URL',
      'AZURE_OPENAI_API_KEY',
      'OPENAI_API_VERSION',
      'ANTHROPIC_API_KEY',
      'ANTHROPIC_AUTH_TOKEN',
      'ANTHROPIC_BASE_URL',
      'GOOGLE_API_KEY',
      'GEMINI_API_KEY',
      'GOOGLE_CLOUD_PROJECT',
      'GOOGLE_CLOUD_LOCATION',
      'GOOGLE_APPLICATION_CREDENTIALS',
      'GOOGLE_VERTEX_BASE_URL',
      'GOOGLE_GEMINI_BASE_URL',
      'CO_API_KEY',
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
      'AWS_REGION',
      'AWS_BEARER_TOKEN_BEDROCK',
      'AWS_ENDPOINT_URL',
      'OLLAMA_API_KEY',
      'OLLAMA_HOST',
    ]
    const headers = `X-Planted: ${planted}\nAuthorization: Bearer ${planted}\nx-api-key: ${planted}`
    const before = {...process.env}
    for (const name of variables) process.env[name] = planted
    Object.assign(process.env, {
      OPENAI_CUSTOM_HEADERS: headers,
      ANTHROPIC_CUSTOM_HEADERS: headers,
      GOOGLE_GENAI_USE_VERTEXAI: 'true',
      AWS_PROFILE: planted,
    })
    try {
      mock.onMessage(/notice/, {content: 'Three'})
      await withServer(
        response => void response.writeHead(400, {'content-type': 'application/json'}).end('{}'),
        async (url, asked) => {
          await failing(open(provider, url).complete(userSays('notice'), callOf({stream: false})))
          expect(asked).toHaveLength(1)
          expect(JSON.stringify(asked)).not.toContain(planted)
          expect(JSON.stringify(asked[0]!.headers)).not.toMatch(/stainless/i)
        },
      )
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
      Object.assign(process.env, before)
    }
  })

  it('sends a request once, whatever happens to it', async () => {
    for (const status of [408, 409, 429, 500, 503]) {
      await withServer(
        response => void response.writeHead(status, {'content-type': 'application/json', 'retry-after': '0'}).end('{}'),
        async (url, asked) => {
          await failing(open(provider, url).complete(userSays('notice'), callOf()))
          expect(asked).toHaveLength(1)
        },
      )
    }
  })

  it.each([
    [401, 'auth'],
    [403, 'auth'],
    [402, 'billing'],
    [429, 'rate'],
    [400, 'client'],
    [404, 'client'],
    [422, 'client'],
    [408, 'transient'],
    [500, 'transient'],
    [502, 'transient'],
    [503, 'overload'],
    [529, 'overload'],
  ] as const)('calls HTTP %i %s, and repeats no key', async (status, expected) => {
    const body = JSON.stringify({
      error: {message: `Wrong: ${KEY} and sk-proj-abcdef1234`, type: 'some_error'},
      message: `Wrong: ${KEY}`,
    })
    await withServer(
      response => void response.writeHead(status, {'content-type': 'application/json'}).end(body),
      async url => {
        for (const stream of [true, false]) {
          const {failure, seen} = await failing(open(provider, url).complete(userSays('notice'), callOf({stream})))
          expect([failure.facts.class, failure.facts.status]).toEqual([expected, status])
          expect(failure.facts.mayHaveRun).toBe(status === 408)
          expect(seen).toEqual([])
          const shown = JSON.stringify([failure.message, failure.stack, failure.facts, String(failure.cause)])
          expect(shown).not.toContain(KEY)
          expect(shown).not.toContain('abcdef1234')
        }
      },
    )
  })

  it('reads how long it is to be left alone, and whether to come back', async () => {
    const headers = {'content-type': 'application/json', 'retry-after': '7', 'x-should-retry': 'false'}
    await withServer(
      response => void response.writeHead(429, headers).end('{}'),
      async url => {
        const {failure} = await failing(open(provider, url).complete(userSays('notice'), callOf()))
        expect([failure.facts.retryAfter, failure.facts.shouldRetry]).toEqual([7000, false])
      },
    )
  })

  it('reports a proxy that answers in HTML', async () => {
    await withServer(
      response => void response.writeHead(502, {'content-type': 'text/html'}).end('<h1>Bad gateway</h1>'),
      async url => {
        const {failure} = await failing(open(provider, url).complete(userSays('notice'), callOf({stream: false})))
        expect(failure.facts).toMatchObject({class: 'transient', status: 502})
      },
    )
  })

  it('reports an answer that is not the protocol', async () => {
    for (const stream of [true, false]) {
      await withServer(
        response => void response.writeHead(200, {'content-type': 'application/json'}).end('{"oops": '),
        async url => {
          const {failure} = await failing(open(provider, url).complete(userSays('notice'), callOf({stream})))
          expect(failure.facts).toMatchObject({class: 'transient', mayHaveRun: true})
        },
      )
    }
  })

  it('reports a connection that closes in the middle, after what came before', async () => {
    mock.onMessage(/notice/, {content: 'abcdefghij'.repeat(40)}, {chunkSize: 5, latency: 5, truncateAfterChunks: 12})
    const {failure, seen} = await failing(open(provider, mock.url).complete(userSays('notice'), callOf()))
    expect(failure.facts).toMatchObject({class: 'transient', mayHaveRun: true})
    expect(textOf(seen)).toMatch(/^abcde/)
    expect(seen.some(({type}) => type === 'finish')).toBe(false)
  })

  it('reports a server that is not there, and that nothing was sent', async () => {
    const {failure} = await failing(open(provider, await nowhere()).complete(userSays('notice'), callOf()))
    expect(failure.facts).toMatchObject({class: 'transient', status: null, mayHaveRun: false})
  })

  it('sends nothing where the caller cancelled before', async () => {
    await withServer(
      response => void response.end(),
      async (url, asked) => {
        const call = callOf({signal: AbortSignal.abort()})
        const {failure} = await failing(open(provider, url).complete(userSays('notice'), call))
        expect(failure.facts).toMatchObject({class: 'cancelled', mayHaveRun: false})
        expect(asked).toHaveLength(0)
      },
    )
  })

  it('stops at once when the caller cancels, and the provider sees it', async () => {
    const arrived = Promise.withResolvers<void>()
    const closed = Promise.withResolvers<void>()
    await withServer(
      response => {
        response.once('close', () => closed.resolve())
        arrived.resolve()
      },
      async url => {
        const cancel = new AbortController()
        const reading = failing(open(provider, url).complete(userSays('notice'), callOf({signal: cancel.signal})))
        await arrived.promise
        cancel.abort()
        expect((await reading).failure.facts.class).toBe('cancelled')
        await closed.promise
      },
    )
  })

  it('closes the connection when the reader stops early', async () => {
    // Far longer than the test may take, so that only an abort ends it.
    mock.onMessage(/notice/, {content: 'abcdefghij'.repeat(10_000)}, {chunkSize: 5, latency: 10})
    await withLine(mock.port, async (url, hungUp) => {
      for await (const batch of open(provider, url).complete(userSays('notice'), callOf())) {
        if (batch.some(event => event.type === 'text-delta')) break
      }
      await hungUp
    })
  })
})

it('is told at once what a provider lacks', () => {
  for (const provider of providerNames) {
    const options = {provider, model: 'm', newId: () => 'x', now: () => new Date()}
    if (provider === 'ollama') continue
    expect(() =>
      open(provider, 'x', {
        ...options,
        apiKey: undefined,
        credentials: undefined,
        baseUrl: undefined,
        region: undefined,
      }),
    ).toThrow(/needs/)
  }
})
