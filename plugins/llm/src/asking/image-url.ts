import type {IncomingMessage} from 'node:http'
import {type AddressRules, fixedLookup, hostAddresses} from '@omni-ops/core/net'
import {CancelledError} from '@omni-ops/core/operation'
import {type ImageFile, joined, largestImage, mediaTypeOf, UnusableImageError} from './image-file.ts'

export interface ImageUrlOptions extends AddressRules {
  readonly signal?: AbortSignal
  /** Bytes. */
  readonly largest?: number
  /** For the whole exchange, redirects included, in milliseconds. */
  readonly timeout?: number
}

const mostRedirects = 3
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const defaultTimeout = 15_000

/**
 * Fetches a picture by http or https. Guarded against being led into the network of the machine that it runs on
 * (server-side request forgery): each host, that of every redirect too, is resolved, its addresses are checked, and the
 * connection goes to an address that was checked, whatever the name resolves to a moment later. What it is, its first
 * bytes say and not its server; of something else no more is read.
 *
 * @throws UnusableImageError, CancelledError
 */
export async function readImageUrl(url: string, options: ImageUrlOptions = {}): Promise<ImageFile> {
  const milliseconds = options.timeout ?? defaultTimeout
  const timeout = AbortSignal.timeout(milliseconds)
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout])
  try {
    return await settledBy(signal, follow(url, options, signal))
  } catch (error) {
    if (options.signal?.aborted) throw new CancelledError()
    if (timeout.aborted) throw unusable(url, `did not come within ${milliseconds / 1000} s`)
    if (error instanceof UnusableImageError) throw error
    // What a connection says of hosts and ports is for those who run the server.
    throw unusable(url, 'cannot be fetched', {cause: error})
  }
}

async function follow(first: string, options: ImageUrlOptions, signal: AbortSignal): Promise<ImageFile> {
  let url = parsed(first, first)
  for (let followed = 0; followed <= mostRedirects; followed++) {
    const addresses = await checkedAddresses(url, first, options)
    const response = await get(url, addresses, signal)
    try {
      const {location} = response.headers
      if (!redirects.has(response.statusCode ?? 0) || location === undefined) {
        return await imageIn(response, first, options.largest ?? largestImage)
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
async function checkedAddresses(url: URL, source: string, rules: AddressRules): Promise<readonly string[]> {
  const addresses = await hostAddresses(url, rules)
  // Which address it was would tell a stranger about names of this network.
  if ('refused' in addresses) throw unusable(source, 'leads to an address that is not of the public internet')
  if (addresses.allowed.length === 0) throw unusable(source, 'has a host without an address')
  return addresses.allowed
}

/** Resolves with the head of the response. */
function get(url: URL, addresses: readonly string[], signal: AbortSignal): Promise<IncomingMessage> {
  // These modules are loaded only here: as ES modules they cost every start of the program tens of milliseconds.
  const http =
    url.protocol === 'https:' ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http')
  const {promise, resolve, reject} = Promise.withResolvers<IncomingMessage>()
  http
    .get(
      url,
      {
        lookup: fixedLookup(addresses),
        signal,
        // A connection of its own: a pooled one may lead elsewhere.
        agent: false,
        headers: {accept: 'image/png,image/jpeg,image/webp,image/gif', 'user-agent': 'omni'},
      },
      resolve,
    )
    .on('error', reject)
  return promise
}

async function imageIn(response: IncomingMessage, source: string, largest: number): Promise<ImageFile> {
  const status = response.statusCode ?? 0
  if (status !== 200) throw unusable(source, `was answered with HTTP ${status}`)
  const tooLarge = () => unusable(source, `is larger than ${Math.round(largest / 1e5) / 10} MB`)
  if (Number(response.headers['content-length']) > largest) throw tooLarge()
  const pieces: Uint8Array[] = []
  let size = 0
  let mediaType: ImageFile['mediaType'] | undefined
  for await (const piece of response as AsyncIterable<Uint8Array>) {
    pieces.push(piece)
    size += piece.length
    if (size > largest) throw tooLarge()
    if (mediaType === undefined && size >= signatureBytes) {
      mediaType = mediaTypeOf(Buffer.concat(pieces))
      if (mediaType === undefined) throw noPicture(source)
    }
  }
  // A response that is cut off ends like a complete one, but is marked.
  if (!response.complete) throw unusable(source, 'was cut off')
  if (mediaType === undefined) throw noPicture(source)
  return {mediaType, bytes: joined(pieces, size)}
}

/** As many as the longest signature of a format has. */
const signatureBytes = 14

function noPicture(source: string): UnusableImageError {
  return unusable(source, 'is no PNG, JPEG, WebP or GIF')
}

function unusable(source: string, why: string, options: {readonly cause?: unknown} = {}): UnusableImageError {
  return new UnusableImageError(`${shown(source)} ${why}`, {hint: 'send the picture itself', ...options})
}

/** Without what may be a secret: a signed address has it in its query, and others in front of the host. */
function shown(source: string): string {
  const url = URL.parse(source)
  return url === null ? 'The address of a picture' : `${url.origin}${url.pathname}`
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
