import type {TLSSocket} from 'node:tls'
import {type OutgoingProxy, proxyAgent, proxyFailure, proxyOf, refusedByProxy} from '@omni-ops/core/net'
import type {Agent, buildConnector, Dispatcher} from 'undici'

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
const idleMs = 4_000

/**
 * Sends a request over connections that are kept. It does what `fetch` does for a provider's API, for a fraction of its
 * processor time and a third of that of Node's own HTTP client (docs/llm-gateway.md): no redirects, no cookies, no
 * compression. Where the settings say so it goes through a proxy, which is decided once for each URL.
 *
 * @throws the errors of Node's network and of undici, with their code, and ProxyError
 */
export async function httpFetch(request: HttpRequest): Promise<Response> {
  const address = addressOf(request.url)
  if (address.proxy !== undefined) return proxiedFetch(request, address, address.proxy)
  return fetchBy(ready ?? (ready = await (opened ??= openClient())), request, address)
}

async function fetchBy(client: Agent, request: HttpRequest, address: Address): Promise<Response> {
  // A server may close a kept connection just as a request goes out on it. One that breaks with nothing answered, having
  // been used before, was closed so, and not read from (https://nodejs.org/api/http.html#requestreusedsocket).
  for (;;) {
    try {
      return await new HttpExchange(request).answer(client, address)
    } catch (error) {
      if (!(error instanceof StaleConnectionError)) throw error
    }
  }
}

/** A kept connection was closed before anything came back on it. */
class StaleConnectionError extends Error {}

let opened: Promise<Agent> | undefined
/** What `opened` has become: whoever has it sends a request without a turn in between. */
let ready: Agent | undefined

/** Clients whose connections are tunnels through a proxy, by its address. */
const tunnelling = new Map<string, Promise<Agent>>()

async function proxiedFetch(request: HttpRequest, address: Address, proxy: OutgoingProxy): Promise<Response> {
  const {href} = proxy.url
  if (address.isTunnelled && !tunnelling.has(href)) tunnelling.set(href, openClient(tunnelConnector(proxy)))
  const client = await (address.isTunnelled ? tunnelling.get(href)! : (opened ??= openClient()))
  let response: Response
  try {
    response = await fetchBy(client, request, address)
  } catch (error) {
    throw proxyFailure(proxy, address.host, error) ?? error
  }
  if (address.isTunnelled || response.status !== 407) return response
  await response.body?.cancel()
  throw refusedByProxy(proxy, response.status, address.host)
}

/** Connections by way of CONNECT (RFC 9110, section 9.3.6), as Node's own agent makes them. */
function tunnelConnector(proxy: OutgoingProxy): buildConnector.connector {
  const agent = proxyAgent(proxy, 'https:')
  return ({hostname, port, servername}, callback) => {
    const target = {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port || 443,
      ALPNProtocols: ['http/1.1'],
      ...(servername ? {servername} : {}),
    }
    agent.createConnection(target, (error, socket) => {
      if (error !== null && error !== undefined) return callback(error, null)
      callback(null, (socket as TLSSocket).setNoDelay(true))
    })
  }
}

/** The time limits are the guard's, and none is undici's. */
async function openClient(connect?: buildConnector.connector): Promise<Agent> {
  const {Agent: Client, buildConnector: connectorOf} = await import('undici')
  return new Client({
    connect: marking(connect ?? connectorOf({timeout: 0, allowH2: false})),
    allowH2: false,
    keepAliveTimeout: idleMs,
    headersTimeout: 0,
    bodyTimeout: 0,
  })
}

const wasUsed = Symbol('wasUsed')

/** Has the errors of a connection tell whether anything had come on it before. */
function marking(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    connect(options, (...result) => {
      const [error, socket] = result
      if (error === null) {
        socket.on('error', failure => Object.assign(failure, {[wasUsed]: socket.bytesRead > 0}))
      }
      callback(...result)
    })
  }
}

/** An error of undici's own says what its connection has read. */
function cameOnUsed(error: Error): boolean {
  const {[wasUsed]: marked, socket} = error as {[wasUsed]?: boolean; socket?: {bytesRead?: number}}
  return marked ?? (socket?.bytesRead ?? 0) > 0
}

const closedCodes: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

/** Bytes that wait for their reader before the connection is read no further. */
const mostWaiting = 64 * 1024

/** One request and what comes back. */
class HttpExchange implements Dispatcher.DispatchHandler {
  readonly #request: HttpRequest
  readonly #head = Promise.withResolvers<Response>()
  #controller: Dispatcher.DispatchController | undefined
  #hasBegun = false
  #hasEnded = false
  #failure: Error | undefined
  #waiting: Buffer[] = []
  #size = 0
  #read: (() => void) | undefined
  readonly #onAbort = (): void => this.abort(this.#request.signal.reason as Error)

  constructor(request: HttpRequest) {
    this.#request = request
  }

  answer(client: Agent, {origin, path, headers: more}: Address): Promise<Response> {
    const {method, headers: given, body = null, signal} = this.#request
    signal.throwIfAborted()
    signal.addEventListener('abort', this.#onAbort, {once: true})
    const headers = more === undefined ? given : {...given, ...more}
    client.dispatch({origin, path, method: method as Dispatcher.HttpMethod, headers, body}, this)
    return this.#head.promise
  }

  /** Closes the connection; nobody is told anything more than why. */
  abort(reason: Error): void {
    if (this.#hasEnded) return
    this.#end(reason)
    this.#controller?.abort(reason)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#failure) controller.abort(this.#failure)
    else this.#request.onConnection()
  }

  onResponseStarted(): void {
    this.#hasBegun = true
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
    statusText = '',
  ): void {
    // What came is not the answer yet, such as 103 Early Hints.
    if (status < 200) return
    this.#hasBegun = true
    this.#head.resolve(new HttpAnswer(this.#request.url, {status, statusText, headers}, this) as unknown as Response)
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    this.#waiting.push(piece)
    this.#size += piece.length
    if (this.#size > mostWaiting) controller.pause()
    this.#read?.()
  }

  onResponseEnd(): void {
    this.#end(undefined)
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    const isStale = !this.#hasBegun && closedCodes.has((error as NodeJS.ErrnoException).code) && cameOnUsed(error)
    this.#end(isStale && !this.#request.signal.aborted ? new StaleConnectionError() : error)
  }

  #end(failure: Error | undefined): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#failure = failure
    this.#request.signal.removeEventListener('abort', this.#onAbort)
    if (failure) this.#head.reject(failure)
    this.#read?.()
  }

  /** What has come since it was asked before, waiting where nothing has; undefined at the end. @throws why it broke off */
  async next(): Promise<Buffer | undefined> {
    while (this.#waiting.length === 0) {
      if (this.#failure) throw this.#failure
      if (this.#hasEnded) return undefined
      const {promise, resolve} = Promise.withResolvers<void>()
      this.#read = resolve
      await promise
      this.#read = undefined
    }
    const pieces = this.#waiting
    this.#waiting = []
    this.#size = 0
    if (this.#controller?.paused) this.#controller.resume()
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
  }

  /** All of it. @throws why it broke off */
  async rest(): Promise<Buffer> {
    const pieces: Buffer[] = []
    for (let piece = await this.next(); piece; piece = await this.next()) pieces.push(piece)
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
  }
}

interface Address {
  /** That a connection is made to; through a tunnel, if there is one. */
  readonly origin: string
  readonly path: string
  /** That is asked in the end. */
  readonly host: string
  readonly proxy: OutgoingProxy | undefined
  readonly isTunnelled: boolean
  /** Besides those of the request. */
  readonly headers: Readonly<Record<string, string>> | undefined
}

const addresses = new Map<string, Address>()

/** A server asks the same few addresses again and again. */
function addressOf(text: string): Address {
  const known = addresses.get(text)
  if (known) return known
  const url = new URL(text)
  const proxy = proxyOf(url)
  const {origin, host, pathname, search} = url
  const path = pathname + search
  const isTunnelled = proxy !== undefined && url.protocol === 'https:'
  const address =
    proxy === undefined || isTunnelled
      ? {origin, path, host, proxy, isTunnelled, headers: undefined}
      : wholeAddress(proxy, {origin, path, host})
  if (addresses.size < 1_000) addresses.set(text, address)
  return address
}

/** Without TLS the proxy itself is asked, for the whole URL (RFC 9112, section 3.2.2). */
function wholeAddress(proxy: OutgoingProxy, {origin, path, host}: Pick<Address, 'origin' | 'path' | 'host'>): Address {
  const {username, password, origin: proxyOrigin} = proxy.url
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return {
    origin: proxyOrigin,
    path: origin + path,
    host,
    proxy,
    isTunnelled: false,
    headers: {
      host,
      ...(user === ':' ? {} : {'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}`}),
    },
  }
}

interface AnswerHead {
  readonly status: number
  readonly statusText: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

const left = new Error('Nobody reads the answer any more')

/** What SDKs use of a `Response`. */
class HttpAnswer {
  readonly url: string
  readonly status: number
  readonly statusText: string
  readonly ok: boolean
  readonly redirected = false
  readonly type = 'basic'
  readonly headers: Headers
  readonly #exchange: HttpExchange
  #body: ReadableStream<Uint8Array> | undefined
  #bodyUsed = false

  constructor(url: string, {status, statusText, headers}: AnswerHead, exchange: HttpExchange) {
    this.url = url
    this.status = status
    this.statusText = statusText
    this.ok = status >= 200 && status < 300
    this.headers = new AnswerHeaders(headers) as unknown as Headers
    this.#exchange = exchange
  }

  get body(): ReadableStream<Uint8Array> {
    return (this.#body ??= this.#stream())
  }

  get bodyUsed(): boolean {
    return this.#bodyUsed
  }

  /** The body as it arrives, for who needs no `ReadableStream`. */
  async *pieces(): AsyncGenerator<Uint8Array> {
    this.#bodyUsed = true
    try {
      for (let piece = await this.#exchange.next(); piece; piece = await this.#exchange.next()) yield piece
    } finally {
      this.#exchange.abort(left)
    }
  }

  bytes(): Promise<Buffer> {
    this.#bodyUsed = true
    return this.#exchange.rest()
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

  /** Takes from the connection what its reader asks for. */
  #stream(): ReadableStream<Uint8Array> {
    const exchange = this.#exchange
    return new ReadableStream<Uint8Array>(
      {
        pull: async controller => {
          this.#bodyUsed = true
          const piece = await exchange.next()
          if (piece) controller.enqueue(piece)
          else controller.close()
        },
        cancel: () => exchange.abort(left),
      },
      {highWaterMark: 0},
    )
  }
}

const decoder = new TextDecoder()

/** The body of an answer as it arrives. */
export function piecesOf(response: Response): AsyncIterable<Uint8Array> {
  const answer: unknown = response
  if (answer instanceof HttpAnswer) return answer.pieces()
  return response.body ?? ReadableStream.from([])
}

/** `Headers` to read from. Repeated ones are joined. */
class AnswerHeaders {
  readonly #values: AnswerHead['headers']

  constructor(values: AnswerHead['headers']) {
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
