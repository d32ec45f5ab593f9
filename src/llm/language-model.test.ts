import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {LLMock} from '@copilotkit/aimock'
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {CancelledError, OmniError} from '../operation/errors.ts'
import {
  type Backend,
  type LanguageModel,
  LanguageModelDeniedError,
  type LanguageModelEvent,
  languageModelFrom,
  LanguageModelInterruptedError,
  LanguageModelNotConfiguredError,
  LanguageModelOverloadedError,
  LanguageModelRateLimitedError,
  LanguageModelRejectedError,
  LanguageModelUnreachableError,
  openLanguageModel,
} from './index.ts'

const KEY = 'sk-test-4f1b9d2e7c'
const mock = new LLMock({port: 0})
const backends: readonly Backend[] = ['openai', 'anthropic', 'ollama']

beforeAll(async () => {
  await mock.start()
})
afterAll(() => mock.stop())
beforeEach(() => {
  mock.reset()
})

function baseUrl(backend: Backend, server = mock.url): string {
  return backend === 'openai' ? `${server}/v1` : server
}

function open(backend: Backend, options: {server?: string; maxRetries?: number; silenceLimit?: number} = {}) {
  return openLanguageModel({
    backend,
    model: 'test-model',
    apiKey: KEY,
    baseUrl: baseUrl(backend, options.server),
    maxRetries: options.maxRetries ?? 0,
    ...(options.silenceLimit === undefined ? {} : {silenceLimit: options.silenceLimit}),
  })
}

function ask(model: LanguageModel, signal?: AbortSignal): AsyncIterable<LanguageModelEvent> {
  return model.stream({
    system: 'Answer in one sentence.',
    messages: [{role: 'user', content: 'How long is the notice period?'}],
    maxTokens: 200,
    temperature: 0,
    ...(signal ? {signal} : {}),
  })
}

async function collect(events: AsyncIterable<LanguageModelEvent>): Promise<LanguageModelEvent[]> {
  const collected: LanguageModelEvent[] = []
  for await (const event of events) collected.push(event)
  return collected
}

function textOf(events: readonly LanguageModelEvent[]): string {
  return events.map(event => (event.type === 'text' ? event.text : '')).join('')
}

async function failure(events: AsyncIterable<LanguageModelEvent>): Promise<OmniError> {
  try {
    await collect(events)
  } catch (error) {
    expect(error).toBeInstanceOf(OmniError)
    return error as OmniError
  }
  throw new Error('The stream ended well')
}

/** Everything of an error that could be shown or logged. */
function everythingOf(error: OmniError): string {
  return JSON.stringify([error.message, error.stack, error.hint, error.details, error.report(), String(error.cause)])
}

describe.each(backends)('%s', backend => {
  it('streams the text in pieces and finishes with the usage', async () => {
    const usage =
      backend === 'openai' ? {prompt_tokens: 31, completion_tokens: 9} : {input_tokens: 31, output_tokens: 9}
    mock.onMessage(/notice period/, {content: 'It is three months, čez poletje štiri.', usage}, {chunkSize: 5})
    const events = await collect(ask(open(backend)))
    expect(textOf(events)).toBe('It is three months, čez poletje štiri.')
    expect(events.filter(event => event.type === 'text').length).toBeGreaterThan(3)
    const last = events.at(-1)
    expect(last).toMatchObject({type: 'finish', reason: 'stop'})
    // The mock's Ollama counts nothing.
    const counted = backend === 'ollama' ? {inputTokens: 0, outputTokens: 0} : {inputTokens: 31, outputTokens: 9}
    expect(last?.type === 'finish' && last.usage).toEqual(counted)
  })

  it('sends the instructions, the question and the limits', async () => {
    mock.onMessage(/notice period/, {content: 'ok'})
    await collect(ask(open(backend)))
    const body = JSON.stringify(mock.getLastRequest()?.body)
    expect(body).toContain('Answer in one sentence.')
    expect(body).toContain('How long is the notice period?')
    expect(body).toContain('test-model')
    expect(body).toMatch(/200/)
  })

  it.each([
    [401, LanguageModelDeniedError],
    [403, LanguageModelDeniedError],
    [404, LanguageModelRejectedError],
    [400, LanguageModelRejectedError],
    [429, LanguageModelRateLimitedError],
    [500, LanguageModelOverloadedError],
    [503, LanguageModelOverloadedError],
  ])('turns HTTP %i into an error of its own, without the key', async (status, kind) => {
    mock.nextRequestError(status, {message: `Wrong: ${KEY} is bad`, type: 'some_error'})
    const error = await failure(ask(open(backend)))
    expect(error).toBeInstanceOf(kind)
    expect(everythingOf(error)).not.toContain(KEY)
    expect(error.hint ?? error.message).toBeTruthy()
  })

  it('reports a connection that closes in the middle, after what came before', async () => {
    mock.onMessage(
      /notice period/,
      {content: 'abcdefghij'.repeat(20)},
      {chunkSize: 5, latency: 10, truncateAfterChunks: 8},
    )
    const seen: LanguageModelEvent[] = []
    const reading = (async () => {
      for await (const event of ask(open(backend))) seen.push(event)
    })()
    await expect(reading).rejects.toBeInstanceOf(LanguageModelInterruptedError)
    expect(textOf(seen)).toMatch(/^abcde/)
    expect(seen.some(event => event.type === 'finish')).toBe(false)
  })

  it('reports an answer that is not the protocol', async () => {
    mock.onMessage(/notice period/, {content: 'ok'}, {chaos: {malformedRate: 1}})
    const error = await failure(ask(open(backend)))
    expect(error).toBeInstanceOf(LanguageModelInterruptedError)
  })

  it('stops at once when the caller cancels, and the server sees it', async () => {
    const {server, url, closed} = await hangingServer()
    try {
      const cancel = new AbortController()
      const reading = collect(ask(open(backend, {server: url}), cancel.signal))
      await server.asked
      cancel.abort()
      await expect(reading).rejects.toBeInstanceOf(CancelledError)
      await closed
    } finally {
      server.close()
    }
  })

  it('sends nothing where the caller cancelled before', async () => {
    await expect(collect(ask(open(backend), AbortSignal.abort()))).rejects.toBeInstanceOf(CancelledError)
    expect(mock.getRequests()).toHaveLength(0)
  })

  it('gives up a server that accepts and says nothing', async () => {
    const {server, url} = await hangingServer()
    try {
      const error = await failure(ask(open(backend, {server: url, silenceLimit: 50})))
      expect(error).toBeInstanceOf(LanguageModelUnreachableError)
    } finally {
      server.close()
    }
  })

  it('reports a server that is not there', async () => {
    const error = await failure(ask(open(backend, {server: 'http://127.0.0.1:1'})))
    expect(error).toBeInstanceOf(LanguageModelUnreachableError)
    expect(error.exitCode).toBe(9)
  })

  it('closes the connection when the reader stops early', async () => {
    mock.onMessage(/notice period/, {content: 'abcdefghij'.repeat(50)}, {chunkSize: 5, latency: 5})
    for await (const event of ask(open(backend))) {
      expect(event.type).toBe('text')
      break
    }
  })
})

describe.each(['openai', 'anthropic'] as const)('%s', backend => {
  it('sends a request again after a passing fault', async () => {
    mock.onMessage(/notice period/, {content: 'Three months.'})
    mock.nextRequestError(503, {message: 'busy'})
    const events = await collect(ask(open(backend, {maxRetries: 1})))
    expect(textOf(events)).toBe('Three months.')
    expect(mock.getRequests()).toHaveLength(2)
  })

  it('does not send a request again which the key is wrong for', async () => {
    mock.nextRequestError(401, {message: 'no'})
    await failure(ask(open(backend, {maxRetries: 2})))
    expect(mock.getRequests()).toHaveLength(1)
  })

  it('says that the limit cut the answer', async () => {
    const finishReason = backend === 'openai' ? 'length' : 'max_tokens'
    mock.onMessage(/notice period/, {content: 'Three', finishReason})
    expect((await collect(ask(open(backend)))).at(-1)).toMatchObject({type: 'finish', reason: 'length'})
  })
})

describe('what a stream can hold besides text', () => {
  it('reads the counts of Ollama', async () => {
    const answer = [
      {message: {role: 'assistant', content: 'Three '}, done: false},
      {message: {role: 'assistant', content: 'months.'}, done: false},
      {
        message: {role: 'assistant', content: ''},
        done: true,
        done_reason: 'length',
        prompt_eval_count: 31,
        eval_count: 2,
      },
    ]
    const body = answer.map(line => JSON.stringify(line)).join('\n')
    await withServer('application/x-ndjson', body, async server => {
      const events = await collect(ask(open('ollama', {server})))
      expect(textOf(events)).toBe('Three months.')
      expect(events.at(-1)).toEqual({type: 'finish', reason: 'length', usage: {inputTokens: 31, outputTokens: 2}})
    })
  })

  it('does not skip a line of Ollama that is not JSON', async () => {
    const line = JSON.stringify({message: {role: 'assistant', content: 'Three '}, done: false})
    await withServer('application/x-ndjson', `${line}\n{"message": oops\n${line}\n`, async server => {
      expect(await failure(ask(open('ollama', {server})))).toBeInstanceOf(LanguageModelInterruptedError)
    })
  })

  it('reports an error that Ollama sends inside the stream', async () => {
    const line = JSON.stringify({message: {role: 'assistant', content: 'Three '}, done: false})
    await withServer('application/x-ndjson', `${line}\n{"error":"out of memory"}\n`, async server => {
      const error = await failure(ask(open('ollama', {server})))
      expect(error).toBeInstanceOf(LanguageModelInterruptedError)
      expect(error.message).toContain('out of memory')
    })
  })

  it('reports that Anthropic is overloaded in the middle of a stream', async () => {
    const start = {type: 'message_start', message: {id: 'm', role: 'assistant', content: [], usage: {input_tokens: 3}}}
    const fault = {type: 'error', error: {type: 'overloaded_error', message: 'Overloaded'}}
    const body = [start, fault].map(event => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
    await withServer('text/event-stream', body, async server => {
      expect(await failure(ask(open('anthropic', {server})))).toBeInstanceOf(LanguageModelOverloadedError)
    })
  })

  it('reports an error that an OpenAI server sends inside the stream', async () => {
    const body = `data: ${JSON.stringify({error: {message: 'The engine stopped', code: 500}})}\n\n`
    await withServer('text/event-stream', body, async server => {
      const error = await failure(ask(open('openai', {server})))
      expect(error).toBeInstanceOf(OmniError)
      expect(error.message).toContain('The engine stopped')
    })
  })

  it('prints nothing when a proxy answers Ollama in HTML', async () => {
    await withServer(
      'text/html',
      '<h1>Bad gateway</h1>',
      async server => {
        const printed: unknown[] = []
        const log = console.log
        console.log = (...values: unknown[]) => printed.push(values)
        try {
          expect(await failure(ask(open('ollama', {server})))).toBeInstanceOf(LanguageModelOverloadedError)
        } finally {
          console.log = log
        }
        expect(printed).toEqual([])
      },
      502,
    )
  })
})

describe('languageModelFrom', () => {
  const choose = (values: Record<string, string>) => languageModelFrom({get: name => values[name]})

  it('chooses nothing where nothing is configured', async () => {
    expect(await choose({})).toBeUndefined()
    expect(await choose({'llm.backend': 'none', 'llm.openai_api_key': KEY})).toBeUndefined()
  })

  it('takes the backend that is named, before any key', async () => {
    const model = await choose({'llm.backend': 'anthropic', 'llm.openai_api_key': KEY, 'llm.anthropic_api_key': KEY})
    expect(model?.provider).toBe('anthropic')
  })

  it.each([
    [{'llm.ollama_host': 'gpu:11434', 'llm.openai_api_key': KEY, 'llm.anthropic_api_key': KEY}, 'ollama'],
    [{'llm.openai_api_key': KEY, 'llm.anthropic_api_key': KEY}, 'openai'],
    [{'llm.openai_base_url': 'http://127.0.0.1:8000/v1'}, 'openai'],
    [{'llm.anthropic_api_key': KEY}, 'anthropic'],
  ])('of %j takes %s', async (values, provider) => {
    expect((await choose(values as Record<string, string>))?.provider).toBe(provider)
  })

  it('names the model asked for, else the one of the settings, else the default', async () => {
    const settings = {get: (name: string) => ({'llm.backend': 'ollama', 'llm.model': 'qwen3'})[name]}
    expect((await languageModelFrom(settings))?.model).toBe('qwen3')
    expect((await languageModelFrom(settings, 'mistral'))?.model).toBe('mistral')
    expect((await choose({'llm.backend': 'ollama'}))?.model).toBe('llama3.2')
  })

  it('says what is missing where a backend has no key', async () => {
    await expect(choose({'llm.backend': 'openai'})).rejects.toBeInstanceOf(LanguageModelNotConfiguredError)
    await expect(choose({'llm.backend': 'anthropic'})).rejects.toThrow(/no key/)
  })
})

/** Runs `use` with a server that answers every request with the same body. */
async function withServer(type: string, body: string, use: (url: string) => Promise<void>, status = 200) {
  const http = createServer((request, response) => {
    request.resume()
    request.once('end', () => response.writeHead(status, {'content-type': type}).end(body))
  })
  await new Promise<void>(resolve => {
    http.listen(0, '127.0.0.1', resolve)
  })
  try {
    await use(`http://127.0.0.1:${(http.address() as AddressInfo).port}`)
  } finally {
    http.closeAllConnections()
    http.close()
  }
}

/** A server that reads a request and never answers. */
async function hangingServer() {
  const asked = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<void>()
  const http = createServer(request => {
    request.resume()
    request.socket.once('close', () => closed.resolve())
    asked.resolve()
  })
  await new Promise<void>(resolve => {
    http.listen(0, '127.0.0.1', resolve)
  })
  return {
    server: {
      asked: asked.promise,
      close: () => {
        http.closeAllConnections()
        http.close()
      },
    },
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    closed: closed.promise,
  }
}
