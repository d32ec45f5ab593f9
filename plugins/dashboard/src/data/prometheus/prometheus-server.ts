import type {IncomingMessage} from 'node:http'
import {connectionBy, guardedRoute, isLoopbackAddress} from '@omni-ops/core/net'
import {CancelledError, type Context, InvalidInputError, NotConfiguredError} from '@omni-ops/core/operation'
import * as z from 'zod'
import {DataDeniedError, DataQueryError, DataUnavailableError, UnreadableDataError} from '../errors.ts'
import type {PrometheusQueries} from './prometheus-queries.ts'

/** One series of a matrix: `values` are pairs of seconds since 1970 and a number as text. */
const Series = z.object({
  metric: z.record(z.string(), z.string()),
  values: z.array(z.unknown()).default([]),
  histograms: z.array(z.unknown()).optional(),
})
const Answer = z.union([
  z.object({
    status: z.literal('success'),
    data: z.object({resultType: z.string(), result: z.array(z.unknown())}),
    warnings: z.array(z.string()).optional(),
  }),
  z.object({status: z.literal('error'), errorType: z.string(), error: z.string()}),
])
export type Series = z.infer<typeof Series>

export interface RangeQuery {
  readonly expression: string
  /** Seconds since 1970; both are asked for. */
  readonly first: number
  readonly last: number
  readonly step: number
}

const longestExchange = 60_000
const largestAnswer = 64_000_000

/**
 * A Prometheus server, asked over its HTTP API (https://prometheus.io/docs/prometheus/latest/querying/api/). It is the
 * one that was named: no redirect is followed, and it is not at an address where machines of a cloud get credentials.
 */
export class PrometheusServer {
  readonly #url: URL
  readonly #authorization: string | undefined
  readonly #signal: AbortSignal

  private constructor(url: URL, authorization: string | undefined, signal: AbortSignal) {
    this.#url = url
    this.#authorization = authorization
    this.#signal = signal
  }

  /** @throws InvalidInputError for an address that is none, or to which a password would go unencrypted */
  static named(
    address: string,
    {authorization}: Pick<PrometheusQueries, 'authorization'>,
    {settings, signal}: Pick<Context, 'settings' | 'signal'>,
  ): PrometheusServer {
    const url = URL.parse(address)
    if (url === null || url.search !== '' || url.hash !== '') {
      throw new InvalidInputError('This is no address of a Prometheus server', {hint: 'write prometheus+https://host'})
    }
    const [user, password] = [url.username, url.password].map(decodeURIComponent)
    url.username = ''
    url.password = ''
    if (!url.pathname.endsWith('/')) url.pathname += '/'
    const header =
      authorization === undefined
        ? user
          ? basic(user, password!)
          : undefined
        : 'bearer' in authorization
          ? `Bearer ${secret(authorization.bearer, settings)}`
          : basic(authorization.user, secret(authorization.password, settings))
    if (header !== undefined && url.protocol === 'http:' && !isLoopbackAddress(url.href)) {
      throw new InvalidInputError('The password would go over the network in the clear', {
        hint: 'use prometheus+https://',
      })
    }
    return new PrometheusServer(url, header, signal)
  }

  /** @throws DataUnavailableError, DataDeniedError, DataQueryError, UnreadableDataError, CancelledError */
  async range({
    expression,
    first,
    last,
    step,
  }: RangeQuery): Promise<{series: readonly Series[]; warnings: readonly string[]}> {
    const body = new URLSearchParams({
      query: expression,
      start: String(first),
      end: String(last),
      step: String(step),
    })
    const answer = Answer.safeParse(await this.#post('api/v1/query_range', body.toString()))
    if (!answer.success) throw this.#unreadable('answers something else than the API of Prometheus')
    if (answer.data.status === 'error') {
      const {errorType, error} = answer.data
      throw new DataQueryError(`${this.#place} did not answer ${expression}: ${errorType}: ${error}`)
    }
    const {data, warnings = []} = answer.data
    if (data.resultType !== 'matrix') throw this.#unreadable(`answers a ${data.resultType}`)
    const series = z.array(Series).safeParse(data.result)
    if (!series.success) throw this.#unreadable('answers something else than series')
    if (series.data.some(({histograms}) => histograms !== undefined && histograms.length > 0)) {
      throw new UnreadableDataError(`${expression} gives native histograms, which are no numbers`, {
        hint: 'take histogram_quantile or histogram_count of it',
      })
    }
    return {series: series.data, warnings}
  }

  get #place(): string {
    return `Prometheus at ${this.#url.host}`
  }

  #unreadable(why: string): UnreadableDataError {
    return new UnreadableDataError(`${this.#place} ${why}`)
  }

  async #post(path: string, body: string): Promise<unknown> {
    const timeout = AbortSignal.timeout(longestExchange)
    const signal = AbortSignal.any([this.#signal, timeout])
    let text: string
    try {
      const response = await this.#send(path, body, signal)
      const {statusCode: status = 0} = response
      if (status >= 300 && status < 400) {
        response.destroy()
        throw new DataUnavailableError(`${this.#place} leads elsewhere, where nobody is asked`, {
          hint: 'give the address that it leads to',
        })
      }
      text = await this.#text(response)
      if (status === 401 || status === 403) throw new DataDeniedError(`${this.#place} answers HTTP ${status}`)
      // Errors of queries come with 400, 422 and 503, and say which; others come from what stands before it.
      if (status !== 200 && !text.startsWith('{'))
        throw new DataUnavailableError(`${this.#place} answers HTTP ${status}`)
    } catch (error) {
      if (this.#signal.aborted) throw new CancelledError('Cancelled', {cause: error})
      if (timeout.aborted)
        throw new DataUnavailableError(`${this.#place} did not answer in ${longestExchange / 1000} s`)
      if (error instanceof Error && 'exitCode' in error) throw error
      throw new DataUnavailableError(`${this.#place} cannot be reached: ${(error as Error).message}`, {cause: error})
    }
    try {
      return JSON.parse(text)
    } catch {
      throw this.#unreadable('answers no JSON')
    }
  }

  async #send(path: string, body: string, signal: AbortSignal): Promise<IncomingMessage> {
    const url = new URL(path, this.#url)
    const route = await guardedRoute(url, {isAllowed: isPlaceOfServers})
    if ('refused' in route || ('allowed' in route && route.allowed.length === 0)) {
      throw new DataUnavailableError(`${this.#place} is at no address that servers have`)
    }
    const http =
      url.protocol === 'https:' ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http')
    const {promise, resolve, reject} = Promise.withResolvers<IncomingMessage>()
    const request = http.request(
      url,
      {
        method: 'POST',
        ...connectionBy(route, url.protocol),
        signal,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/json',
          'user-agent': 'omni',
          ...(this.#authorization === undefined ? {} : {authorization: this.#authorization}),
        },
      },
      resolve,
    )
    request.on('error', reject)
    request.end(body)
    return promise
  }

  async #text(response: IncomingMessage): Promise<string> {
    const pieces: Buffer[] = []
    let size = 0
    for await (const piece of response as AsyncIterable<Buffer>) {
      size += piece.length
      if (size > largestAnswer) {
        throw new UnreadableDataError(`${this.#place} answers more than ${largestAnswer / 1e6} MB`, {
          hint: 'take fewer labels, or a longer step',
        })
      }
      pieces.push(piece)
    }
    if (!response.complete) throw new DataUnavailableError(`${this.#place} broke off its answer`)
    return Buffer.concat(pieces).toString('utf8')
  }
}

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

function secret(reference: string, settings: Context['settings']): string {
  const found = settings.secretOf(reference)?.trim()
  if (found) return found
  throw new NotConfiguredError(`${reference} holds no secret`, {hint: 'set it, or take authorization out'})
}

/** Not link-local, where clouds serve credentials, nor an address of nobody or of many. */
function isPlaceOfServers(address: string): boolean {
  const {BlockList, isIP} = process.getBuiltinModule('node:net')
  const list = new BlockList()
  list.addSubnet('169.254.0.0', 16, 'ipv4')
  list.addSubnet('0.0.0.0', 8, 'ipv4')
  list.addSubnet('224.0.0.0', 3, 'ipv4')
  list.addSubnet('fe80::', 10, 'ipv6')
  list.addSubnet('ff00::', 8, 'ipv6')
  list.addAddress('::', 'ipv6')
  list.addAddress('fd00:ec2::254', 'ipv6')
  return isIP(address) !== 0 && !list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')
}
