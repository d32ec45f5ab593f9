import {setTimeout as delay} from 'node:timers/promises'
import {DeniedError, FailureError, NotConfiguredError} from '@omni-ops/core/operation'

/** The service does not take the key. */
export class VectorServiceDeniedError extends DeniedError {
  override readonly code = 'rag_vector_service_denied'
}

/** The service asks to be left alone, and went on asking for as long as was reasonable to wait. */
export class VectorServiceBusyError extends FailureError {
  override readonly code = 'rag_vector_service_busy'
}

/** Nothing answers, or not in time. */
export class VectorServiceUnreachableError extends NotConfiguredError {
  override readonly code = 'rag_vector_service_unreachable'
}

/** Any other answer that is not a success; a store that knows what it means there says so instead. */
export class RemoteStatusError extends FailureError {
  override readonly code = 'rag_vector_service_failure'
  readonly status: number

  constructor(service: string, status: number, reason: string) {
    super(`${service} answered ${status}: ${reason}`)
    this.status = status
  }
}

export interface RemoteServiceOptions {
  /** As a person knows it. */
  readonly name: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Texts that no error may show. */
  readonly secrets: readonly string[]
  /** What to do where the key is refused. */
  readonly keyHint: string
  /** What to do where nothing answers. */
  readonly urlHint: string
  readonly signal?: AbortSignal | undefined
  /** Waits so many milliseconds; a real clock unless said otherwise. */
  readonly wait?: (milliseconds: number, signal?: AbortSignal) => Promise<void>
}

export interface RemoteRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly query?: readonly (readonly [string, string])[]
  readonly body?: unknown
  /** On another host than the service's own. */
  readonly url?: string
}

export interface RemoteAnswer {
  readonly body: unknown
  readonly headers: Headers
}

/** One try may take so long. Milliseconds. */
const TIMEOUT = 60_000
const TRIES = 7
/** The first wait between two tries; each next one is twice as long. Milliseconds. */
const FIRST_WAIT = 250
const LONGEST_WAIT = 30_000
/** Longer messages of a service are cut. */
const LONGEST_MESSAGE = 500
const passing = new Set([408, 429, 500, 502, 503, 504])

/**
 * JSON over HTTP with a service that may be busy or away for a moment. Every request is one that may be sent twice:
 * both services' writes name what they write by id.
 */
export class RemoteService {
  readonly #options: RemoteServiceOptions

  constructor(options: RemoteServiceOptions) {
    this.#options = options
  }

  get name(): string {
    return this.#options.name
  }

  /**
   * @throws VectorServiceDeniedError, VectorServiceBusyError, VectorServiceUnreachableError, RemoteStatusError; the
   *   signal's reason.
   */
  async request(request: RemoteRequest): Promise<RemoteAnswer> {
    for (let tried = 1; ; tried++) {
      this.#options.signal?.throwIfAborted()
      const response = await this.#send(request, tried)
      if (response?.ok) return {body: await this.#read(response), headers: response.headers}
      if (response !== undefined && (!passing.has(response.status) || tried === TRIES))
        throw await this.#error(response)
      await response?.body?.cancel()
      await this.wait(patience(response, tried))
    }
  }

  async wait(milliseconds: number): Promise<void> {
    const {signal, wait} = this.#options
    if (wait !== undefined) return wait(milliseconds, signal)
    await delay(milliseconds, undefined, signal === undefined ? {} : {signal})
  }

  /** @returns undefined where the connection failed and another try is due. */
  async #send({method, path, query = [], body, url = this.#options.url}: RemoteRequest, tried: number) {
    const {headers, name, signal, urlHint} = this.#options
    const target = new URL(url.replace(/\/$/u, '') + path)
    for (const [key, value] of query) target.searchParams.append(key, value)
    const timeout = AbortSignal.timeout(TIMEOUT)
    try {
      return await fetch(target, {
        method,
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : {'content-type': 'application/json'}),
          ...headers,
        },
        ...(body === undefined ? {} : {body: JSON.stringify(body)}),
        // A key must not follow to another host.
        redirect: 'error',
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      })
    } catch (error) {
      signal?.throwIfAborted()
      if (tried < TRIES && isPassing(error)) return undefined
      throw new VectorServiceUnreachableError(
        `${name} does not answer at ${target.origin}: ${this.#safe(reasonOf(error))}`,
        {
          hint: urlHint,
        },
      )
    }
  }

  async #read(response: Response): Promise<unknown> {
    const text = await response.text()
    if (text === '') return undefined
    try {
      return JSON.parse(text)
    } catch {
      throw new RemoteStatusError(this.name, response.status, 'not JSON')
    }
  }

  async #error(response: Response): Promise<Error> {
    const {name, keyHint} = this.#options
    const message = this.#safe(messageOf(await response.text()).slice(0, LONGEST_MESSAGE))
    const {status} = response
    if (status === 401 || status === 403) {
      return new VectorServiceDeniedError(`${name} refuses the key: ${message}`, {hint: keyHint})
    }
    if (status === 429) {
      return new VectorServiceBusyError(`${name} has had enough requests: ${message}`, {
        hint: `A quota of your plan may be used up; look at the usage in the console of ${name}, then run the same command again.`,
      })
    }
    return new RemoteStatusError(name, status, message)
  }

  #safe(text: string): string {
    return this.#options.secrets.filter(Boolean).reduce((safe, secret) => safe.replaceAll(secret, '***'), text)
  }
}

/** `Retry-After` in seconds (RFC 9110, section 10.2.3), else twice as long as the time before. Milliseconds. */
function patience(response: Response | undefined, tried: number): number {
  const asked = response?.headers.get('retry-after') ?? ''
  const milliseconds = /^\d{1,6}$/u.test(asked) ? Number(asked) * 1_000 : FIRST_WAIT * 2 ** (tried - 1)
  return Math.min(milliseconds, LONGEST_WAIT)
}

/** A refused connection or a wrong name stays as it is; one that breaks or a request that took too long may not. */
function isPassing(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return code === 'ECONNRESET' || code === 'UND_ERR_SOCKET' || (error instanceof Error && error.name === 'TimeoutError')
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message
}

/** Both services say in JSON what is wrong, each in its own way. */
function messageOf(text: string): string {
  try {
    const body = JSON.parse(text) as {message?: unknown; error?: {message?: unknown} | {message?: unknown}[]}
    const errors = [body.error ?? []].flat()
    const messages = [body.message, ...errors.map(error => error.message)].filter(
      message => typeof message === 'string',
    )
    return messages.length === 0 ? text : messages.join('; ')
  } catch {
    return text
  }
}
