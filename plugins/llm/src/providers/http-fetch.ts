import type * as Http from 'node:http'
import type {Agent, IncomingMessage, RequestOptions} from 'node:http'
import type * as Https from 'node:https'

/** What an SDK hands to its `fetch`, as far as it matters here. */
export interface HttpRequest {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | undefined
  readonly signal: AbortSignal
  /** Called when there is a connection to send it on. */
  readonly onConnection: () => void
}

/** An idle connection is kept no longer than that, in milliseconds: servers that announce no time close some after 5 s. */
const IDLE = 4_000

/**
 * Sends a request by Node's own HTTP client over connections that are kept. It does what `fetch` does for a provider's
 * API, for less than half of its processor time (docs/llm-gateway.md): no redirects, no cookies, no compression.
 *
 * @throws the errors of Node's network, with their code
 */
export async function httpFetch(request: HttpRequest): Promise<Response> {
  // A server may close a kept connection just as a request goes out on it. One that breaks with nothing answered, having
  // been used before, was closed so, and not read from (https://nodejs.org/api/http.html#requestreusedsocket).
  for (;;) {
    try {
      return await exchanged(request)
    } catch (error) {
      if (!(error instanceof StaleConnectionError)) throw error
    }
  }
}

/** A kept connection was closed before anything came back on it. */
class StaleConnectionError extends Error {}

function exchanged({url, method, headers, body, signal, onConnection}: HttpRequest): Promise<Response> {
  const {protocol, hostname, port, pathname, search} = addressOf(url)
  const {http, https, plain, secure} = (transport ??= openTransport())
  const options: RequestOptions = {
    method,
    hostname,
    port,
    path: pathname + search,
    headers: body === undefined ? headers : {...headers, 'content-length': Buffer.byteLength(body)},
    signal,
  }
  return new Promise((resolve, reject) => {
    const request =
      protocol === 'https:' ? https.request({...options, agent: secure}) : http.request({...options, agent: plain})
    request.once('socket', socket => {
      if (!socket.listeners('error').includes(ignore)) socket.on('error', ignore)
      if (!socket.connecting) return onConnection()
      socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', onConnection)
    })
    request.once('response', incoming => resolve(new HttpAnswer(url, incoming) as unknown as Response))
    request.on('error', (error: NodeJS.ErrnoException) => {
      const isStale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE') && !signal.aborted
      reject(isStale ? new StaleConnectionError() : error)
    })
    request.end(body)
  })
}

/**
 * The request and its answer are told of a socket's errors. A request that is aborted just as its answer ends has handed
 * the socket back already: nobody hears of it then, and Node would end the process.
 */
function ignore(): void {}

interface Transport {
  readonly http: typeof Http
  readonly https: typeof Https
  readonly plain: Agent
  readonly secure: Agent
}

let transport: Transport | undefined

/** Importing `node:http` as a module takes ten times as long. */
function openTransport(): Transport {
  const http = process.getBuiltinModule('node:http')
  const https = process.getBuiltinModule('node:https')
  const options = {keepAlive: true, timeout: IDLE, scheduling: 'lifo' as const}
  return {http, https, plain: new http.Agent(options), secure: new https.Agent(options)}
}

const addresses = new Map<string, URL>()

/** A server asks the same few addresses again and again. */
function addressOf(url: string): URL {
  const known = addresses.get(url)
  if (known) return known
  const address = new URL(url)
  if (addresses.size < 1_000) addresses.set(url, address)
  return address
}

/** What SDKs use of a `Response`, over Node's own answer. */
class HttpAnswer {
  readonly url: string
  readonly status: number
  readonly statusText: string
  readonly ok: boolean
  readonly redirected = false
  readonly type = 'basic'
  readonly headers: Headers
  readonly #incoming: IncomingMessage
  #body: ReadableStream<Uint8Array> | undefined

  constructor(url: string, incoming: IncomingMessage) {
    this.url = url
    this.status = incoming.statusCode ?? 0
    this.statusText = incoming.statusMessage ?? ''
    this.ok = this.status >= 200 && this.status < 300
    this.headers = new AnswerHeaders(incoming.headers) as unknown as Headers
    this.#incoming = incoming
    // Whoever reads is told by the reading; where nobody does, as after an abort, Node would end the process.
    incoming.on('error', () => undefined)
  }

  get body(): ReadableStream<Uint8Array> {
    return (this.#body ??= bodyOf(this.#incoming))
  }

  get bodyUsed(): boolean {
    return this.#incoming.readableDidRead
  }

  /** The body as it arrives, for who needs no `ReadableStream`. */
  get pieces(): AsyncIterable<Uint8Array> {
    return this.#incoming
  }

  bytes(): Promise<Buffer> {
    const {promise, resolve, reject} = Promise.withResolvers<Buffer>()
    const pieces: Buffer[] = []
    this.#incoming
      .on('data', (piece: Buffer) => pieces.push(piece))
      .once('end', () => resolve(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)))
      .once('error', reject)
    return promise
  }

  async text(): Promise<string> {
    return decoder.decode(await this.bytes())
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text()) as unknown
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return Uint8Array.from(await this.bytes()).buffer
  }
}

const decoder = new TextDecoder()

/** The body of an answer as it arrives. */
export function piecesOf(response: Response): AsyncIterable<Uint8Array> {
  const answer: unknown = response
  if (answer instanceof HttpAnswer) return answer.pieces
  return response.body ?? ReadableStream.from([])
}

/** The body as a stream that takes from the connection what its reader asks for. */
function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  const pieces = incoming[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const {done, value} = await pieces.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel() {
        incoming.destroy()
      },
    },
    {highWaterMark: 0},
  )
}

/** `Headers` to read from. Node has joined repeated ones already. */
class AnswerHeaders {
  readonly #values: IncomingMessage['headers']

  constructor(values: IncomingMessage['headers']) {
    this.#values = values
  }

  get(name: string): string | null {
    const value = this.#values[name.toLowerCase()]
    return value === undefined ? null : [value].flat().join(', ')
  }

  has(name: string): boolean {
    return this.#values[name.toLowerCase()] !== undefined
  }

  *entries(): Generator<[string, string]> {
    for (const name of Object.keys(this.#values)) yield [name, this.get(name)!]
  }

  *keys(): Generator<string> {
    yield* Object.keys(this.#values)
  }

  *values(): Generator<string> {
    for (const [, value] of this.entries()) yield value
  }

  forEach(visit: (value: string, name: string) => void): void {
    for (const [name, value] of this.entries()) visit(value, name)
  }

  [Symbol.iterator](): Generator<[string, string]> {
    return this.entries()
  }
}
