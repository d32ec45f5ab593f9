import {createServer, type IncomingMessage} from 'node:http'
import type {AddressInfo} from 'node:net'
import {generateDeterministicEmbedding, LLMock} from '@copilotkit/aimock'
import {afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished} from 'vitest'
import {CancelledError, OmniError} from '../operation/errors.ts'
import {testContext} from '../testing/index.ts'
import type {RetryOptions} from './batched-embeddings.ts'
import {embeddingModelFrom} from './embedding-model-from.ts'
import {
  EmbeddingInvalidError,
  type EmbeddingModel,
  EmbeddingNotConfiguredError,
  type EmbeddingProvider,
  LanguageModelDeniedError,
  LanguageModelInterruptedError,
  LanguageModelOverloadedError,
  LanguageModelRateLimitedError,
  LanguageModelRejectedError,
  LanguageModelUnreachableError,
  openEmbeddingModel,
} from './index.ts'

const KEY = 'sk-test-4f1b9d2e7c'
const mock = new LLMock({port: 0})
const mocked: readonly EmbeddingProvider[] = ['openai', 'cohere', 'ollama']

beforeAll(async () => {
  await mock.start()
})
afterAll(() => mock.stop())
beforeEach(() => {
  mock.reset()
})

/** A model that notes how long it would have waited and goes on at once. */
function open(provider: EmbeddingProvider, server = mock.url, retry: Partial<RetryOptions> = {}) {
  const waits: number[] = []
  const model = openEmbeddingModel({
    provider,
    model: 'test-model',
    apiKey: KEY,
    baseUrl: provider === 'openai' ? `${server}/v1` : server,
    retry: {wait: async milliseconds => void waits.push(milliseconds), jitter: () => 1, ...retry},
  })
  return {model, waits}
}

async function failure(work: Promise<unknown>): Promise<OmniError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(OmniError)
  return error as OmniError
}

function unit(values: readonly number[]): number[] {
  const length = Math.hypot(...values)
  return values.map(value => value / length)
}

function expectClose(vector: Float32Array | undefined, expected: readonly number[]): void {
  expect(vector).toHaveLength(expected.length)
  for (const [at, value] of expected.entries()) expect(vector![at]).toBeCloseTo(value, 6)
}

describe.each(mocked)('%s', provider => {
  it('gives the vectors that the server computed, at unit length, each for its text', async () => {
    const texts = Array.from({length: 300}, (_, at) => `text ${at} čez`)
    let requests = 0
    const check = async (server: string) => {
      const {vectors} = await open(provider, server).model.embed(texts, {kind: 'document'})
      const dimension = vectors[0]!.length
      for (const at of [0, 1, 95, 96, 255, 256, 299]) {
        expectClose(vectors[at], unit(generateDeterministicEmbedding(texts[at]!, dimension)))
      }
    }
    // The mock's Ollama has the older endpoint alone.
    if (provider === 'ollama') {
      await withServer((body, attempt) => {
        requests = attempt
        const vectors = textsOf(body).map(text => generateDeterministicEmbedding(text, 64))
        return {status: 200, body: answerOf(provider, vectors)}
      }, check)
    } else {
      await check(mock.url)
      requests = mock.getRequests().length
    }
    expect(requests).toBe({openai: 2, cohere: 4, ollama: 10}[provider as 'openai'])
  })

  it.each([
    [401, LanguageModelDeniedError],
    [404, LanguageModelRejectedError],
    [400, LanguageModelRejectedError],
  ])('turns HTTP %i into an error of its own, without the key and without a second try', async (status, kind) => {
    mock.nextRequestError(status, {message: `Wrong: ${KEY} is bad`, type: 'some_error'})
    const {model, waits} = open(provider)
    const error = await failure(model.embed(['a'], {kind: 'query'}))
    expect(error).toBeInstanceOf(kind)
    expect(JSON.stringify([error.message, error.stack, error.hint, error.details])).not.toContain(KEY)
    expect(waits).toEqual([])
    expect(mock.getRequests()).toHaveLength(1)
  })

  it('tries again after an outage, waiting longer each time', async () => {
    await withServer(
      (_, attempt) =>
        attempt <= 2 ? {status: 503, body: {message: 'overloaded'}} : {status: 200, body: answerOf(provider, [[3, 4]])},
      async url => {
        const {model, waits} = open(provider, url)
        expectClose((await model.embed(['a'], {kind: 'query'})).vectors[0], [0.6, 0.8])
        expect(waits).toEqual([500, 1000])
        const impatient = open(provider, await alwaysDown(), {attempts: 3})
        const error = await failure(impatient.model.embed(['a'], {kind: 'query'}))
        expect(error).toBeInstanceOf(LanguageModelOverloadedError)
        expect(impatient.waits).toEqual([500, 1000])
      },
    )
  })

  it('waits as long as the server asks for after too many requests', async () => {
    await withServer(
      (_, attempt) =>
        attempt === 1
          ? {status: 429, headers: {'retry-after': '7'}, body: {message: 'slow down'}}
          : {status: 200, body: answerOf(provider, [[3, 4]])},
      async url => {
        const {model, waits} = open(provider, url)
        const {vectors} = await model.embed(['a'], {kind: 'query'})
        expectClose(vectors[0], [0.6, 0.8])
        expect(waits).toEqual([7000])
      },
    )
  })

  it('gives up at once where the server asks for more than a minute', async () => {
    await withServer(
      () => ({status: 429, headers: {'retry-after': '3600'}, body: {message: 'quota'}}),
      async url => {
        const {model, waits} = open(provider, url)
        expect(await failure(model.embed(['a'], {kind: 'query'}))).toBeInstanceOf(LanguageModelRateLimitedError)
        expect(waits).toEqual([])
      },
    )
  })

  it.each([
    ['too few vectors', [[1, 0]]],
    [
      'vectors of two lengths',
      [
        [1, 0],
        [1, 0, 0],
      ],
    ],
    [
      'a vector of zeros',
      [
        [0, 0],
        [1, 0],
      ],
    ],
    ['an empty vector', [[], []]],
    ['matrices', [[[1, 0]], [[1, 0]]]],
    ['words', [['a'], ['b']]],
  ])('refuses %s', async (_, vectors) => {
    await withServer(
      () => ({status: 200, body: answerOf(provider, vectors)}),
      async url => {
        const error = await failure(open(provider, url).model.embed(['a', 'b'], {kind: 'document'}))
        expect(error).toBeInstanceOf(EmbeddingInvalidError)
      },
    )
  })

  it('refuses numbers that are not finite', async () => {
    await withServer(
      () => ({status: 200, body: JSON.stringify(answerOf(provider, [['X', 1]])).replaceAll('"X"', '1e999')}),
      async url => {
        const error = await failure(open(provider, url).model.embed(['a'], {kind: 'document'}))
        expect(error).toBeInstanceOf(EmbeddingInvalidError)
        expect(error.message).toContain('not finite')
      },
    )
  })

  it('reports an answer that is cut off or is no JSON', async () => {
    const whole = JSON.stringify(answerOf(provider, [[1, 2, 3]]))
    for (const body of [whole.slice(0, -9), whole.replace('3', 'NaN'), '<h1>hello</h1>']) {
      await withServer(
        () => ({status: 200, body}),
        async url => {
          const error = await failure(open(provider, url, {attempts: 2}).model.embed(['a'], {kind: 'document'}))
          expect([LanguageModelInterruptedError, LanguageModelUnreachableError, EmbeddingInvalidError]).toContain(
            error.constructor,
          )
        },
      )
    }
  })

  it('says that nobody is there', async () => {
    const error = await failure(open(provider, 'http://127.0.0.1:9', {attempts: 2}).model.embed(['a'], {kind: 'query'}))
    expect(error).toBeInstanceOf(LanguageModelUnreachableError)
    expect(error.hint).toContain('--lexical')
  })

  it('ends when the caller aborts, and the request with it', async () => {
    const server = await hangingServer()
    const abort = new AbortController()
    const embedding = open(provider, server.url).model.embed(['a'], {kind: 'query', signal: abort.signal})
    await server.asked
    abort.abort()
    expect(await failure(embedding)).toBeInstanceOf(CancelledError)
    await server.closed
  })

  it('gives up a request that takes too long', async () => {
    const server = await hangingServer()
    const {model} = open(provider, server.url, {timeout: 50, attempts: 1})
    expect(await failure(model.embed(['a'], {kind: 'query'}))).toBeInstanceOf(LanguageModelUnreachableError)
  })

  it('hands over what was answered before a failure', async () => {
    const kept: number[] = []
    await withServer(
      (body, attempt) =>
        attempt === 1
          ? {
              status: 200,
              body: answerOf(
                provider,
                textsOf(body).map(() => [1, 2]),
              ),
            }
          : {status: 400, body: {message: 'no more'}},
      async url => {
        const texts = Array.from({length: 400}, (_, at) => String(at))
        const embedding = open(provider, url).model.embed(texts, {
          kind: 'document',
          onBatch: async ({positions}) => void kept.push(...positions),
        })
        expect(await failure(embedding)).toBeInstanceOf(LanguageModelRejectedError)
      },
    )
    expect(kept.length).toBeGreaterThan(0)
    expect(kept.length).toBeLessThan(400)
  })
})

describe('huggingface', () => {
  it('sends the texts of a model of its own with their prefixes and the token, and reads the list', async () => {
    let seen: {headers: IncomingMessage['headers']; body: unknown} | undefined
    await withServer(
      (body, _, headers) => {
        seen = {headers, body}
        return {status: 200, body: [[0, 2]]}
      },
      async url => {
        const model = openEmbeddingModel({
          provider: 'huggingface',
          model: 'intfloat/multilingual-e5-large',
          apiKey: KEY,
          baseUrl: url,
        })
        const {vectors} = await model.embed(['ein Text'], {kind: 'query'})
        expect([...vectors[0]!]).toEqual([0, 1])
      },
    )
    expect(seen?.headers.authorization).toBe(`Bearer ${KEY}`)
    expect(seen?.body).toEqual({inputs: ['query: ein Text'], normalize: true, truncate: true})
  })

  it('tells a model that answers with one vector per token from one for sentences', async () => {
    await withServer(
      () => ({status: 200, body: [[[0.1, 0.2]]]}),
      async url => {
        const error = await failure(open('huggingface', url).model.embed(['a'], {kind: 'query'}))
        expect(error).toBeInstanceOf(EmbeddingInvalidError)
      },
    )
  })
})

describe('what is sent', () => {
  it('tells Cohere documents from queries', async () => {
    const types: unknown[] = []
    await withServer(
      body => {
        types.push((body as {input_type: string}).input_type)
        return {status: 200, body: answerOf('cohere', [[1, 0]])}
      },
      async url => {
        const {model} = open('cohere', url)
        await model.embed(['a'], {kind: 'document'})
        await model.embed(['a'], {kind: 'query'})
      },
    )
    expect(types).toEqual(['search_document', 'search_query'])
  })

  it('never sends OpenAI a text that it would refuse', async () => {
    const sent: string[] = []
    const bytes: number[] = []
    await withServer(
      body => {
        const texts = textsOf(body)
        sent.push(...texts)
        bytes.push(Buffer.byteLength(texts.join('')))
        return {
          status: 200,
          body: answerOf(
            'openai',
            texts.map(() => [1]),
          ),
        }
      },
      async url => {
        const texts = ['', '  \n', '\ud800', 'ž'.repeat(9000), ...Array.from({length: 200}, () => 'x'.repeat(9000))]
        await open('openai', url).model.embed(texts, {kind: 'document'})
      },
    )
    expect(sent).toHaveLength(204)
    for (const text of sent) {
      expect(text.trim()).not.toBe('')
      expect(text.isWellFormed()).toBe(true)
      expect(text).not.toContain('\ufffd\ufffd')
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(8192)
    }
    expect(Math.max(...bytes)).toBeLessThanOrEqual(300_000)
  })
})

describe('embeddingModelFrom', () => {
  const surroundings = {directories: ['/nowhere'], cache: '/nowhere', jitter: () => 1}
  const choose = (values: Record<string, unknown>): EmbeddingModel | undefined =>
    embeddingModelFrom(testContext({settings: values}).settings, surroundings)

  it('sends no text out of a country that data may not leave', () => {
    const country = {'residency.country': 'SI'}
    const cohere = {'rag.embedding_model': 'cohere', 'llm.cohere_api_key': 'k', ...country}
    expect(() => choose(cohere)).toThrow('may not leave SI')
    expect(choose({...cohere, 'residency.locations': {embeddings: 'SI'}})).toBeDefined()
    const ollama = {'rag.embedding_model': 'ollama', ...country}
    expect(choose(ollama)).toBeDefined()
    expect(choose({...ollama, 'llm.ollama_host': 'localhost:11434'})).toBeDefined()
    expect(() => choose({...ollama, 'llm.ollama_host': 'http://gpu.example:11434'})).toThrow('may not leave SI')
  })

  it('chooses nothing by default', () => {
    expect(choose({})).toBeUndefined()
    expect(choose({'llm.openai_api_key': KEY})).toBeUndefined()
  })

  it.each([
    [{'rag.embedding_model': 'openai', 'llm.openai_api_key': KEY}, 'text-embedding-3-small'],
    [{'rag.embedding_model': 'cohere', 'llm.cohere_api_key': KEY, 'rag.cohere_embedding_model': 'm'}, 'm'],
    [{'rag.embedding_model': 'ollama', 'rag.ollama_embedding_model': 'bge-m3'}, 'bge-m3'],
    [{'rag.embedding_model': 'huggingface', 'llm.hf_token': KEY, 'rag.hf_embedding_model': 'a/b'}, 'a/b'],
    [{'rag.embedding_model': 'sentence-transformers', 'rag.sentence_transformer_model': './m'}, './m'],
  ])('of %j takes %s', (values, model) => {
    expect(choose(values)).toMatchObject({provider: values['rag.embedding_model'], model})
  })

  it.each(['openai', 'cohere', 'huggingface'])('says that %s has no key', provider => {
    expect(() => choose({'rag.embedding_model': provider})).toThrow(EmbeddingNotConfiguredError)
  })

  it('says how to install what Sentence Transformers need', async () => {
    const {directories} = testContext()
    const model = openEmbeddingModel({
      provider: 'sentence-transformers',
      directories: [directories.data],
      cache: directories.cache,
    })
    const error = await failure(model.embed(['a'], {kind: 'query'}))
    expect(error).toBeInstanceOf(EmbeddingNotConfiguredError)
    expect(error.hint).toContain('ONNXRUNTIME_NODE_INSTALL=skip npm install @huggingface/transformers')
  })
})

interface Answer {
  readonly status: number
  readonly headers?: Record<string, string>
  /** A string goes out as it is. */
  readonly body: unknown
}

function answerOf(provider: EmbeddingProvider, vectors: readonly unknown[]): unknown {
  if (provider === 'openai') {
    // In any order, as the protocol allows.
    const data = vectors.map((embedding, index) => ({object: 'embedding', index, embedding})).toReversed()
    return {object: 'list', model: 'm', data, usage: {prompt_tokens: 5, total_tokens: 5}}
  }
  if (provider === 'cohere') {
    return {id: 'x', response_type: 'embeddings_by_type', embeddings: {float: vectors}, texts: [], meta: {}}
  }
  return {model: 'm', embeddings: vectors, prompt_eval_count: 5}
}

function textsOf(body: unknown): string[] {
  const {input, texts} = body as {input?: string[]; texts?: string[]}
  return input ?? texts ?? []
}

/** Runs `use` with a server that answers each request as told, with the request's number from 1. */
async function withServer(
  answer: (body: unknown, attempt: number, headers: IncomingMessage['headers']) => Answer,
  use: (url: string) => Promise<void>,
) {
  let attempt = 0
  const http = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (part: string) => (text += part))
    request.once('end', () => {
      const {status, headers = {}, body} = answer(JSON.parse(text), ++attempt, request.headers)
      response.writeHead(status, {'content-type': 'application/json', ...headers})
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    })
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

/** A server that answers everything with HTTP 500. */
async function alwaysDown(): Promise<string> {
  const http = createServer((request, response) => {
    request.resume()
    request.once('end', () => response.writeHead(500, {'content-type': 'application/json'}).end('{"error":"down"}'))
  })
  await new Promise<void>(resolve => {
    http.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => {
    http.closeAllConnections()
    http.close()
  })
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`
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
  onTestFinished(() => {
    http.closeAllConnections()
    http.close()
  })
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    asked: asked.promise,
    closed: closed.promise,
  }
}
