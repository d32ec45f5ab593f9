import type {IncomingMessage, RequestOptions} from 'node:http'
import type {Readable} from 'node:stream'
import {type AddressRules, connectionBy, type GuardedRoute, guardedRoute} from '@omni-ops/core/net'
import {CancelledError} from '@omni-ops/core/operation'
import type {LoadedDocument} from '../documents/document.ts'
import {
  DocumentError,
  DocumentTooLargeError,
  LoadTimeoutError,
  RefusedAddressError,
  SourceNotFoundError,
  UnreadableFileError,
  UnsupportedFormatError,
} from '../documents/errors.ts'
import {defaultLoadLimits, type LoadLimits} from './limits.ts'
import {loadBytes} from './load.ts'

export interface FetchOptions extends AddressRules {
  /** `maxBytes` after decompression; `maxMilliseconds` for the whole exchange, redirects included. */
  readonly limits?: Partial<LoadLimits>
  readonly signal?: AbortSignal
  /** What the server gave with the content that is there already, so that it is sent only if it has changed. */
  readonly validators?: Validators
  /** Runs before each request, those that redirects lead to as well; what it throws ends the fetch. */
  readonly beforeRequest?: (url: URL) => Promise<void>
}

/** By what a server tells whether content has changed (RFC 9110, 8.8). */
export interface Validators {
  readonly etag?: string
  /** As the server wrote it. */
  readonly lastModified?: string
}

export interface FetchedContent {
  readonly bytes: Uint8Array
  /** The Content-Type header, as it was sent. */
  readonly mediaType: string | undefined
  /** Where the redirects led. */
  readonly url: string
  readonly validators: Validators
  /** The content is as it was, and was not sent again. */
  readonly notModified: boolean
}

/** How this program names itself to servers, and what its rules in a robots.txt are found by. */
export const USER_AGENT = 'omni'
const MOST_REDIRECTS = 5
const REDIRECTS = new Set([301, 302, 303, 307, 308])
const ACCEPT = 'text/html,text/markdown,text/plain,application/pdf,application/json;q=0.9,*/*;q=0.5'

/**
 * Fetches a document by http or https and takes it apart. See `fetchUrl` for the guards, `loadBytes` for the rest.
 *
 * @throws DocumentError, CancelledError
 */
export async function loadUrl(url: string, options: FetchOptions = {}): Promise<LoadedDocument> {
  const fetched = await fetchUrl(url, options)
  const name = decodeURIComponentSafely(new URL(fetched.url).pathname.split('/').at(-1) ?? '')
  const {limits, signal} = options
  return loadBytes(fetched.bytes, {
    source: url,
    hint: {name, url: fetched.url, ...(fetched.mediaType === undefined ? {} : {mediaType: fetched.mediaType})},
    ...(limits === undefined ? {} : {limits}),
    ...(signal === undefined ? {} : {signal}),
  })
}

/**
 * Gets the content of a URL. Guarded against being led into the network of the machine it runs on (server-side request
 * forgery): each host, that of every redirect too, is resolved, its addresses are checked, and the connection goes to
 * the address that was checked and to no other, whatever the name resolves to a moment later; behind a proxy, see
 * `guardedRoute`. At most five redirects, and no more bytes and time than the limits.
 *
 * @throws RefusedAddressError, DocumentTooLargeError, LoadTimeoutError, SourceNotFoundError, UnsupportedFormatError (no
 * http or https), UnreadableFileError (no connection, an error status), CancelledError.
 */
export async function fetchUrl(url: string, options: FetchOptions = {}): Promise<FetchedContent> {
  const limits = {...defaultLoadLimits, ...options.limits}
  const timeout = AbortSignal.timeout(limits.maxMilliseconds)
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout])
  try {
    return await follow(url, options, limits.maxBytes, signal)
  } catch (error) {
    if (options.signal?.aborted) throw new CancelledError()
    if (timeout.aborted) throw new LoadTimeoutError(url, `did not answer within ${limits.maxMilliseconds / 1000} s`)
    if (error instanceof DocumentError) throw error
    const {code, message} = error as NodeJS.ErrnoException
    throw new UnreadableFileError(url, `cannot be fetched: ${code ?? message}`, {cause: error})
  }
}

async function follow(
  first: string,
  options: FetchOptions,
  maxBytes: number,
  signal: AbortSignal,
): Promise<FetchedContent> {
  let url = parseUrl(first, first)
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const route = await checkedRoute(url, first, options)
    await options.beforeRequest?.(url)
    const response = await request(url, route, signal, options.validators ?? {})
    const status = response.statusCode ?? 0
    const {location, etag, 'last-modified': lastModified} = response.headers
    if (!REDIRECTS.has(status) || location === undefined) {
      const notModified = status === 304 && options.validators !== undefined
      if (notModified) response.destroy()
      return {
        bytes: notModified ? new Uint8Array() : await body(response, first, maxBytes),
        mediaType: response.headers['content-type'],
        url: url.href,
        validators: {...(etag === undefined ? {} : {etag}), ...(lastModified === undefined ? {} : {lastModified})},
        notModified,
      }
    }
    response.destroy()
    url = parseUrl(location, first, url)
  }
  throw new UnreadableFileError(first, `redirects more than ${MOST_REDIRECTS} times`)
}

function parseUrl(url: string, source: string, base?: URL): URL {
  const parsed = URL.parse(url, base?.href)
  if (parsed === null)
    throw new SourceNotFoundError(source, base === undefined ? 'is no valid URL' : 'redirects to no valid URL')
  if (parsed.protocol === 'http:' || parsed.protocol === 'https:') return parsed
  throw new UnsupportedFormatError(source, `leads to ${parsed.protocol}, and only http and https are fetched`)
}

/** A way that is not refused. */
export type AllowedRoute = Exclude<GuardedRoute, {readonly refused: string}>

/**
 * The way to the host. All its addresses must be allowed: which one is used must not matter.
 *
 * @param source What an error names.
 * @throws RefusedAddressError, SourceNotFoundError
 */
export async function checkedRoute(
  url: URL,
  source: string,
  options: Pick<FetchOptions, 'isAllowed' | 'resolve'>,
): Promise<AllowedRoute> {
  const route = await guardedRoute(url, options)
  if ('refused' in route) {
    throw new RefusedAddressError(source, `leads to ${route.refused}, which is not an address of the public internet`, {
      hint: 'fetch it yourself and ingest the file, or allow private addresses',
    })
  }
  if ('proxy' in route || route.allowed.length > 0) return route
  throw new SourceNotFoundError(source, `the host ${url.hostname} has no address`)
}

/** Sends a GET that way; resolves with the head of the response. */
function request(
  url: URL,
  route: AllowedRoute,
  signal: AbortSignal,
  {etag, lastModified}: Validators,
): Promise<IncomingMessage> {
  const options: RequestOptions = {
    ...connectionBy(route, url.protocol),
    signal,
    headers: {
      accept: ACCEPT,
      'accept-encoding': 'gzip, br',
      'user-agent': USER_AGENT,
      ...(etag === undefined ? {} : {'if-none-match': etag}),
      ...(lastModified === undefined ? {} : {'if-modified-since': lastModified}),
    },
  }
  // These modules are loaded only here: as ES modules they cost every start of the program tens of milliseconds.
  const http =
    url.protocol === 'https:' ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http')
  return new Promise((resolve, reject) => {
    http.get(url, options, resolve).on('error', reject)
  })
}

async function body(response: IncomingMessage, source: string, maxBytes: number): Promise<Uint8Array> {
  const status = response.statusCode ?? 0
  if (status === 404 || status === 410) {
    response.destroy()
    throw new SourceNotFoundError(source, `does not exist (HTTP ${status})`, {details: {source, status}})
  }
  if (status < 200 || status > 299) {
    response.destroy()
    throw new UnreadableFileError(source, `cannot be fetched: HTTP ${status} ${response.statusMessage ?? ''}`.trim(), {
      details: {source, status},
    })
  }
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of decoded(response)) {
    length += (part as Uint8Array).length
    if (length > maxBytes) {
      response.destroy()
      throw new DocumentTooLargeError(source, `is larger than ${Math.round(maxBytes / 1e6)} MB`)
    }
    parts.push(part as Uint8Array)
  }
  // A response that is cut off ends like a complete one, but is marked.
  if (!response.complete) throw new UnreadableFileError(source, 'cannot be fetched: the connection was cut')
  return new Uint8Array(Buffer.concat(parts))
}

function decoded(response: IncomingMessage): Readable {
  const zlib = process.getBuiltinModule('node:zlib')
  const {pipeline} = process.getBuiltinModule('node:stream')
  switch (response.headers['content-encoding']?.toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      // Errors of both come out of the last stream, which is read; the callback only keeps them from being thrown twice.
      return pipeline(response, zlib.createGunzip(), () => undefined)
    case 'br':
      return pipeline(response, zlib.createBrotliDecompress(), () => undefined)
    case 'deflate':
      return pipeline(response, zlib.createInflate(), () => undefined)
    default:
      return response
  }
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
