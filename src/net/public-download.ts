import type {IncomingMessage} from 'node:http'
import {CancelledError, InvalidInputError} from '../operation/errors.ts'
import {connectionBy, type GuardedRoute, guardedRoute} from './guarded-route.ts'
import type {AddressRules} from './host-address.ts'

/** Something cannot be fetched from its address, or is not what is wanted. */
export class DownloadError extends InvalidInputError {
  override readonly code: string = 'download_failed'
}

export interface DownloadOptions extends AddressRules {
  readonly signal?: AbortSignal
  /** Bytes; of more, no more is read. */
  readonly largest: number
  /** For the whole exchange, redirects included, in milliseconds. */
  readonly timeout?: number
  /** What is asked for, as the header `Accept` has it. */
  readonly accept: string
  /** Looks at the first bytes (fewer where there are no more) and says what is wrong with them: `is no PNG`. */
  readonly refuse?: (head: Uint8Array) => string | undefined
}

const mostRedirects = 3
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const defaultTimeout = 15_000

/**
 * Fetches a file by http or https. Guarded against being led into the network of the machine that it runs on
 * (server-side request forgery): each host, that of every redirect too, is resolved, its addresses are checked, and the
 * connection goes to an address that was checked, whatever the name resolves to a moment later; behind a proxy, see
 * {@link guardedRoute}. What it is, its first bytes say and not its server; of something else no more is read.
 *
 * @throws DownloadError, CancelledError
 */
export async function downloadPublic(url: string, options: DownloadOptions): Promise<Uint8Array> {
  const milliseconds = options.timeout ?? defaultTimeout
  const timeout = AbortSignal.timeout(milliseconds)
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout])
  try {
    return await settledBy(signal, follow(url, options, signal))
  } catch (error) {
    if (options.signal?.aborted) throw new CancelledError()
    if (timeout.aborted) throw unusable(url, `did not come within ${milliseconds / 1000} s`)
    if (error instanceof DownloadError) throw error
    // What a connection says of hosts and ports is for those who run the server.
    throw unusable(url, 'cannot be fetched', {cause: error})
  }
}

async function follow(first: string, options: DownloadOptions, signal: AbortSignal): Promise<Uint8Array> {
  let url = parsed(first, first)
  for (let followed = 0; followed <= mostRedirects; followed++) {
    const route = await checkedRoute(url, first, options)
    const response = await get(url, route, options.accept, signal)
    try {
      const {location} = response.headers
      if (!redirects.has(response.statusCode ?? 0) || location === undefined) {
        return await contentOf(response, first, options)
      }
      url = parsed(location, first, url)
    } finally {
      response.destroy()
    }
  }
  throw unusable(first, `redirects more than ${mostRedirects} times`)
}

function parsed(url: string, source: string, base?: URL): URL {
  const found = URL.parse(url, base?.href)
  if (found === null) throw unusable(source, base === undefined ? 'is no valid URL' : 'redirects to no valid URL')
  if (found.protocol !== 'http:' && found.protocol !== 'https:')
    throw unusable(source, 'leads to neither http nor https')
  return found
}

/** All addresses of a host must be allowed: which one is used must not matter. */
async function checkedRoute(url: URL, source: string, rules: AddressRules): Promise<AllowedRoute> {
  const route = await guardedRoute(url, rules)
  // Which address it was would tell a stranger about names of this network.
  if ('refused' in route) throw unusable(source, 'leads to an address that is not of the public internet')
  if ('allowed' in route && route.allowed.length === 0) throw unusable(source, 'has a host without an address')
  return route
}

type AllowedRoute = Exclude<GuardedRoute, {readonly refused: string}>

/** Resolves with the head of the response. */
function get(url: URL, route: AllowedRoute, accept: string, signal: AbortSignal): Promise<IncomingMessage> {
  // These modules are loaded only here: as ES modules they cost every start of the program tens of milliseconds.
  const http =
    url.protocol === 'https:' ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http')
  const {promise, resolve, reject} = Promise.withResolvers<IncomingMessage>()
  http
    .get(url, {...connectionBy(route, url.protocol), signal, headers: {accept, 'user-agent': 'omni'}}, resolve)
    .on('error', reject)
  return promise
}

async function contentOf(
  response: IncomingMessage,
  source: string,
  {largest, refuse}: DownloadOptions,
): Promise<Uint8Array> {
  const status = response.statusCode ?? 0
  if (status !== 200) throw unusable(source, `was answered with HTTP ${status}`)
  const tooLarge = () => unusable(source, `is larger than ${Math.round(largest / 1e5) / 10} MB`)
  if (Number(response.headers['content-length']) > largest) throw tooLarge()
  const pieces: Uint8Array[] = []
  let size = 0
  let isChecked = refuse === undefined
  const check = () => {
    const why = refuse?.(Buffer.concat(pieces))
    if (why !== undefined) throw unusable(source, why)
    isChecked = true
  }
  for await (const piece of response as AsyncIterable<Uint8Array>) {
    pieces.push(piece)
    size += piece.length
    if (size > largest) throw tooLarge()
    if (!isChecked && size >= headBytes) check()
  }
  // A response that is cut off ends like a complete one, but is marked.
  if (!response.complete) throw unusable(source, 'was cut off')
  if (!isChecked) check()
  return new Uint8Array(Buffer.concat(pieces))
}

/** As many as tell what most files are. */
const headBytes = 16

function unusable(source: string, why: string, options: {readonly cause?: unknown} = {}): DownloadError {
  return new DownloadError(`${shown(source)} ${why}`, {hint: 'fetch it yourself and give the file', ...options})
}

/** Without what may be a secret: a signed address has it in its query, and others in front of the host. */
function shown(source: string): string {
  const url = URL.parse(source)
  return url === null ? 'The address' : `${url.origin}${url.pathname}`
}

/** A name server that is silent heeds no signal. */
async function settledBy<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = Promise.withResolvers<never>()
  const onAbort = () => aborted.reject(signal.reason as Error)
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort, {once: true})
  try {
    return await Promise.race([work, aborted.promise])
  } finally {
    work.catch(() => undefined)
    signal.removeEventListener('abort', onAbort)
  }
}
