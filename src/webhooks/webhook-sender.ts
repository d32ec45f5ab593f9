import type {Agent, ClientRequest, IncomingMessage} from 'node:http'
import {connectionBy, type GuardedRoute, guardedRoute, proxyAgent} from '../net/index.ts'
import type {Clock} from '../operation/context.ts'
import {InvalidTargetError, parseTarget, type TargetRules} from './target.ts'

/** Why an attempt failed. `gone` and `status` have an answer; `redirect` too, which is not followed. */
export type AttemptFailure =
  | 'gone'
  | 'invalid_target'
  | 'private_target'
  | 'proxy'
  | 'redirect'
  | 'secret_unreadable'
  | 'status'
  | 'timeout'
  | 'tls'
  | 'unknown_host'
  | 'unreachable'
  | 'connection_broken'

/** What came of an attempt. */
export interface Attempt {
  readonly at: Date
  readonly milliseconds: number
  /** Of HTTP; null where there was no answer. */
  readonly status: number | null
  /** Null where it was delivered. */
  readonly error: AttemptFailure | null
  /** The beginning of what was answered to a failure. */
  readonly response: string | null
  /** What the receiver asked to be waited for, in milliseconds. */
  readonly retryAfter?: number
}

export interface WebhookSenderOptions {
  readonly rules: TargetRules
  readonly clock: Clock
  /** For the whole exchange, in milliseconds. */
  readonly timeout: number
}

export interface WebhookMessage {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** How much of an answer to a failure is kept, in characters; more than that is not looked at. */
const keptCharacters = 200
/** A connection whose answer is longer is closed rather than read to its end, in bytes. */
const longestAnswer = 64 * 1024
/** How long a name is believed to lead where it was found to lead, in milliseconds. */
const resolvedMs = 30_000
const mostRemembered = 1_000
const mostAgents = 200

/**
 * Sends webhooks: to the addresses that were checked and to no other, or through a proxy, with a limit on time, without following
 * redirects. Connections are kept for the next one to the same target and addresses.
 */
export class WebhookSender {
  readonly #options: WebhookSenderOptions
  readonly #resolved = new Map<string, {readonly at: number; readonly route: Promise<GuardedRoute>}>()
  readonly #agents = new Map<string, Agent>()

  constructor(options: WebhookSenderOptions) {
    this.#options = options
  }

  /** Never rejects: a failure is what came of it. */
  async send(message: WebhookMessage): Promise<Attempt> {
    const {clock, timeout} = this.#options
    const at = clock.now()
    const began = clock.elapsed()
    const signal = AbortSignal.timeout(timeout)
    const outcome = await this.#exchange(message, signal).catch(error => failed(failureOf(error, signal)))
    return {at, milliseconds: Math.round(clock.elapsed() - began), ...outcome}
  }

  /** Closes connections that wait for another webhook. */
  close(): void {
    for (const agent of this.#agents.values()) agent.destroy()
    this.#agents.clear()
  }

  async #exchange(message: WebhookMessage, signal: AbortSignal): Promise<Outcome> {
    const url = parseTarget(message.url, this.#options.rules)
    const route = await Promise.race([this.#route(url), rejectedBy(signal)])
    if ('refused' in route) return failed('private_target')
    if ('allowed' in route && route.allowed.length === 0) return failed('unknown_host')
    const agent = this.#agent(url, route)
    const request = (kept: boolean) => post({url, message, signal, route, agent: kept ? agent : undefined})
    try {
      return await outcomeOf(await request(true), this.#options.clock.now())
    } catch (error) {
      // A kept connection may have been closed from the other side at this very moment.
      if (!(error instanceof StaleConnection)) throw error
      return outcomeOf(await request(false), this.#options.clock.now())
    }
  }

  /** Asked once for all attempts to a host, so that one whose name server is slow holds up nothing but itself. */
  #route(url: URL): Promise<GuardedRoute> {
    const {clock, rules} = this.#options
    const known = this.#resolved.get(url.origin)
    if (known && clock.elapsed() - known.at < resolvedMs) return known.route
    const route = guardedRoute(url, rules)
    if (this.#resolved.size >= mostRemembered) this.#resolved.clear()
    this.#resolved.set(url.origin, {at: clock.elapsed(), route})
    route.catch(() => this.#resolved.delete(url.origin))
    return route
  }

  #agent(url: URL, route: AllowedRoute): Agent {
    const key = [url.origin, ...('proxy' in route ? [route.proxy.url.href] : route.allowed)].join(' ')
    const known = this.#agents.get(key)
    if (known) return known
    if (this.#agents.size >= mostAgents) this.#forgetIdleAgents()
    const settings = {keepAlive: true, maxFreeSockets: 16}
    const agent =
      'proxy' in route ? proxyAgent(route.proxy, url.protocol, settings) : new (transport(url).Agent)(settings)
    this.#agents.set(key, agent)
    return agent
  }

  #forgetIdleAgents(): void {
    for (const [key, agent] of this.#agents) {
      if (Object.keys(agent.sockets).length > 0) continue
      agent.destroy()
      this.#agents.delete(key)
    }
  }
}

type AllowedRoute = Exclude<GuardedRoute, {readonly refused: string}>
type Outcome = Pick<Attempt, 'status' | 'error' | 'response' | 'retryAfter'>

function failed(error: AttemptFailure): Outcome {
  return {status: null, error, response: null}
}

/** A kept connection broke before anything was answered on it. */
class StaleConnection extends Error {}

interface PostOptions {
  readonly url: URL
  readonly message: WebhookMessage
  readonly route: AllowedRoute
  readonly signal: AbortSignal
  /** Without one, a connection of its own. */
  readonly agent: Agent | undefined
}

// These modules are loaded only here: as ES modules they cost every start of the program tens of milliseconds.
function transport({protocol}: URL) {
  return protocol === 'https:' ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http')
}

/** Sends the message; resolves with the head of the answer. */
function post({url, message, route, signal, agent}: PostOptions): Promise<IncomingMessage> {
  const body = Buffer.from(message.body)
  const {promise, resolve, reject} = Promise.withResolvers<IncomingMessage>()
  const request: ClientRequest = transport(url).request(
    url,
    {
      method: 'POST',
      ...connectionBy(route, url.protocol),
      ...(agent && {agent}),
      signal,
      headers: {
        ...message.headers,
        'content-type': 'application/json',
        'content-length': body.length,
        'user-agent': 'omni',
      },
    },
    resolve,
  )
  request.on('error', (error: NodeJS.ErrnoException) => {
    const stale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
    reject(stale ? new StaleConnection() : error)
  })
  request.end(body)
  return promise
}

async function outcomeOf(answer: IncomingMessage, now: Date): Promise<Outcome> {
  const status = answer.statusCode ?? 0
  if (status >= 200 && status <= 299) {
    discard(answer)
    return {status, error: null, response: null}
  }
  const response = await beginningOf(answer)
  const retryAfter = retryAfterOf(answer, now)
  return {status, error: failureByStatus(status), response, ...(retryAfter === undefined ? {} : {retryAfter})}
}

function failureByStatus(status: number): AttemptFailure {
  if (status === 410) return 'gone'
  return status >= 300 && status <= 399 ? 'redirect' : 'status'
}

/** Reads an answer that nobody needs, so that its connection can be used again. */
function discard(answer: IncomingMessage): void {
  let bytes = 0
  answer.on('error', () => {})
  answer.on('data', (piece: Uint8Array) => {
    bytes += piece.length
    if (bytes > longestAnswer) answer.destroy()
  })
}

/** The first characters of an answer, as one line; null where it is empty. What cannot be read is left out. */
async function beginningOf(answer: IncomingMessage): Promise<string | null> {
  let text = ''
  try {
    for await (const piece of answer.setEncoding('utf8')) {
      text += String(piece)
      if (text.length > keptCharacters) break
    }
  } catch {
    // The status tells more than a body that was cut off.
  }
  const line = text
    .slice(0, keptCharacters)
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim()
  return line === '' ? null : line.toWellFormed()
}

/** RFC 9110, 10.2.3: seconds, or a date. */
function retryAfterOf({headers}: IncomingMessage, now: Date): number | undefined {
  const text = headers['retry-after']
  if (text === undefined) return undefined
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now.getTime()
  return wait > 0 ? wait : undefined
}

const unreachable = /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EADDRNOTAVAIL)$/
const tls = /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO|EPROTO/

function failureOf(error: unknown, signal: AbortSignal): AttemptFailure {
  if (error instanceof InvalidTargetError) return 'invalid_target'
  if (signal.aborted) return 'timeout'
  const code = String((error as NodeJS.ErrnoException | null)?.code)
  if (code === 'ERR_PROXY_TUNNEL') return 'proxy'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'unknown_host'
  if (unreachable.test(code)) return 'unreachable'
  return tls.test(code) ? 'tls' : 'connection_broken'
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), {once: true})
  })
}
