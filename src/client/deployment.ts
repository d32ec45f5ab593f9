import {setTimeout as delay} from 'node:timers/promises'
import {isLoopback} from '../net/loopback.ts'
import type {Context, OperationEvent, Remote} from '../operation/context.ts'
import {CancelledError, type OmniError} from '../operation/errors.ts'
import type {Operation} from '../operation/operation.ts'
import {
  DeploymentError,
  DeploymentInterruptedError,
  DeploymentKeyError,
  DeploymentUnreachableError,
  errorOfProblem,
  NotADeploymentError,
} from './errors.ts'
import {type Answer, exchange, SilenceError, textOf} from './exchange.ts'
import {requestOf} from './request.ts'

export interface DeploymentOptions {
  /** Where `omni serve` answers, such as `https://omni.example.com`; a path in front of `/api` is kept. */
  readonly url: string
  readonly key?: string | undefined
  /** The tenant to ask for; the key's own where it is undefined. */
  readonly tenant?: string | undefined
  /** PEM text of further certificate authorities. */
  readonly ca?: string | undefined
  /** How long the deployment may be silent, in milliseconds; it gives a sign of life every 15 s while it works. */
  readonly silence: number
  /** This program's version. */
  readonly version: string
  /** Lets the key travel without TLS to another machine. */
  readonly allowHttp?: boolean
}

/** Longest answer that is read, in UTF-16 code units. */
const longestAnswer = 256_000_000
/** How often one call is sent at most. */
const mostAttempts = 4
/** The pause before the second attempt, in milliseconds; each further one is twice as long. */
const firstPause = 150
/** A deployment that asks for more patience than this, in milliseconds, is told of instead of waited for. */
const longestPause = 30_000
/** Answers of what stands in front of a deployment: it did not get through, or not yet. RFC 9110, section 15.6. */
const gatewayStatuses: ReadonlySet<number> = new Set([502, 503, 504])

/**
 * A deployment of omni, called operation by operation. A call that may be sent twice without harm is: reads because
 * they change nothing, all others because they carry an idempotency key of their own, under which the deployment acts
 * once and repeats its answer.
 */
export class Deployment implements Remote {
  readonly url: string
  readonly #base: URL
  readonly #options: DeploymentOptions
  #version: string | undefined

  /** Throws DeploymentKeyError where the key would travel in the clear. */
  constructor(options: DeploymentOptions) {
    this.#options = options
    this.#base = new URL(options.url.endsWith('/') ? options.url : `${options.url}/`)
    this.url = options.url
    const open = this.#base.protocol === 'http:' && !isLoopback(this.#base.hostname)
    if (open && options.key !== undefined && options.allowHttp !== true) {
      throw new DeploymentKeyError(`${options.url} would get the key over a connection that anybody can read`, {
        hint: 'use https://, or set remote.allow_http where the network itself is safe',
      })
    }
  }

  get version(): string | undefined {
    return this.#version
  }

  async call(operation: Operation, input: Readonly<Record<string, unknown>>, context: Context): Promise<unknown> {
    const {path, method, body} = requestOf(operation, input)
    const sent = {
      url: new URL(path.slice(1), this.#base),
      method,
      headers: this.#headers(operation, body, context),
      body,
      ca: this.#options.ca,
      silence: this.#options.silence,
      signal: context.signal,
    }
    const told = {text: false}
    const emit = (event: OperationEvent) => {
      if (event.type === 'delta') told.text = true
      context.emit(event)
    }
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#attempt(sent, operation, emit, context)
      if ('output' in outcome) return outcome.output
      if (context.signal.aborted) throw new CancelledError()
      // Text that a person has begun to read can't be taken back.
      if (outcome.pause === undefined || told.text || attempt === mostAttempts) throw outcome.error
      const pause = Math.max(outcome.pause, firstPause * 2 ** (attempt - 1))
      await delay(pause, undefined, {signal: context.signal}).catch(() => {
        throw new CancelledError()
      })
    }
  }

  async #attempt(
    sent: Parameters<typeof exchange>[0],
    operation: Operation,
    emit: (event: OperationEvent) => void,
    context: Context,
  ): Promise<{output: unknown} | Refusal> {
    let answer: Answer
    try {
      answer = await exchange(sent)
    } catch (error) {
      return {error: this.#unreachable(error), pause: 0}
    }
    this.#compareVersions(answer, context)
    try {
      if (answer.status === 200 && isMedia(answer, 'text/event-stream')) return await this.#fromEvents(answer, emit)
      const text = await textOf(answer.body, longestAnswer)
      return this.#fromText(answer, text, operation)
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof RangeError) {
        return {error: new NotADeploymentError(`${this.url} answered with ${error.message}`, {cause: error})}
      }
      return {error: this.#interrupted(error), pause: 0}
    }
  }

  /** The result that stands at the end of the events. */
  async #fromEvents(answer: Answer, emit: (event: OperationEvent) => void): Promise<{output: unknown} | Refusal> {
    const {createParser} = await import('eventsource-parser')
    let outcome: {output: unknown} | Refusal | undefined
    const parser = createParser({
      onEvent: ({event, data}) => {
        if (event === 'result') outcome = {output: JSON.parse(data) as unknown}
        else if (event === 'error') outcome = this.#refused(JSON.parse(data) as unknown, undefined)
        else if (event !== undefined && emitted.has(event)) emit(JSON.parse(data) as OperationEvent)
      },
    })
    for await (const piece of answer.body) parser.feed(piece)
    if (outcome === undefined) throw new Error('it ended without a result')
    return outcome
  }

  #fromText(answer: Answer, text: string, operation: Operation): {output: unknown} | Refusal {
    const {status} = answer
    if (status >= 200 && status < 300 && isMedia(answer, 'application/json'))
      return {output: JSON.parse(text) as unknown}
    if (isMedia(answer, 'application/problem+json')) return this.#refused(JSON.parse(text) as unknown, answer)
    const what = answer.header('content-type') ?? 'nothing'
    const pause = gatewayStatuses.has(status) ? (patienceOf(answer) ?? 0) : undefined
    const error = new NotADeploymentError(`${this.url} answered ${operation.id} with HTTP ${status} and ${what}`, {
      hint: 'check the address: `omni profile test`',
      details: {status, location: answer.header('location')},
    })
    return {error, ...(pause === undefined ? {} : {pause})}
  }

  #refused(problem: unknown, answer: Answer | undefined): Refusal {
    const status = answer?.status ?? Number((problem as {status?: unknown} | null)?.status ?? 500)
    const error = errorOfProblem(problem, status)
    if (error === undefined) return {error: new NotADeploymentError(`${this.url} answered with HTTP ${status}`)}
    const patience = answer && patienceOf(answer)
    if (patience !== undefined && patience <= longestPause) return {error, pause: patience}
    return {error: this.#explained(error)}
  }

  /** An error about the connection itself, which the other side can't give a fitting hint for. */
  #explained(error: DeploymentError): DeploymentError {
    if (error.httpStatus !== 401 || error.hint !== undefined) return error
    const {code, message, details} = error
    const hint =
      this.#options.key === undefined ? 'set OMNI_API_KEY, or omni profile add … --key-stdin' : 'ask for a new key'
    return new DeploymentError({code, message, hint, ...(details === undefined ? {} : {details})}, error.exitCode, 401)
  }

  #headers(operation: Operation, body: string | undefined, context: Context): Record<string, string> {
    const {key, tenant, version} = this.#options
    return {
      accept: 'text/event-stream, application/json, application/problem+json',
      'omni-client-version': version,
      'user-agent': `omni/${version}`,
      'x-request-id': context.random.id(),
      ...(key === undefined ? {} : {authorization: `Bearer ${key}`}),
      ...(tenant === undefined ? {} : {'x-tenant-id': tenant}),
      ...(operation.effects === 'read' ? {} : {'idempotency-key': context.random.id()}),
      ...(body === undefined
        ? {}
        : {'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body))}),
    }
  }

  #compareVersions(answer: Answer, context: Context): void {
    const theirs = answer.header('omni-version')
    if (theirs === undefined || theirs === this.#version) return
    this.#version = theirs
    const {version} = this.#options
    if (compatible(theirs, version)) return
    context.emit({
      type: 'note',
      level: 'warn',
      message: `${this.url} runs omni ${theirs}, this is ${version}; what only one of them knows will fail`,
    })
  }

  #unreachable(error: unknown): OmniError {
    return new DeploymentUnreachableError(`${this.url} cannot be reached: ${reasonOf(error)}`, {
      hint: 'check the address and the network: `omni profile test`',
      cause: error,
    })
  }

  #interrupted(error: unknown): OmniError {
    return new DeploymentInterruptedError(`The connection to ${this.url} broke: ${reasonOf(error)}`, {
      hint: 'run the command again',
      cause: error,
    })
  }
}

/** An attempt that failed; `pause` in milliseconds where another one may do better. */
interface Refusal {
  readonly error: OmniError
  readonly pause?: number
}

const emitted: ReadonlySet<string> = new Set(['progress', 'note', 'delta'])

function isMedia(answer: Answer, type: string): boolean {
  return answer.header('content-type')?.split(';')[0]?.trim().toLowerCase() === type
}

/** What `Retry-After` asks for in milliseconds (RFC 9110, section 10.2.3: seconds; a date is not waited for). */
function patienceOf(answer: Answer): number | undefined {
  const value = answer.header('retry-after')
  return value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) * 1000 : undefined
}

/** Before 1.0 the minor version may break what the next major one may later. */
function compatible(one: string, other: string): boolean {
  const [major, minor] = one.split('.')
  const [otherMajor, otherMinor] = other.split('.')
  return major === otherMajor && (major !== '0' || minor === otherMinor)
}

function reasonOf(error: unknown): string {
  if (error instanceof SilenceError) return error.message
  const {code, message} = error as NodeJS.ErrnoException
  // A host with several addresses fails with one error for each.
  const first = error instanceof AggregateError ? (error.errors[0] as Error | undefined)?.message : undefined
  return message || first || code || 'unknown reason'
}
