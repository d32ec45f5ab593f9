import {setTimeout} from 'node:timers/promises'
import {CancelledError} from '@omni-ops/core/operation'
import type {Robot} from 'robots-parser'
import {CorruptDocumentError, DisallowedByRobotsError, DocumentError, UnreadableFileError} from '../documents/errors.ts'
import {fetchUrl, type FetchedContent, type FetchOptions, USER_AGENT, type Validators} from '../loaders/fetch-url.ts'
import {defaultLoadLimits, LoadBudget, type LoadLimits} from '../loaders/limits.ts'
import {localName, readXml} from '../loaders/xml.ts'

export interface WebClientOptions {
  readonly limits: Partial<LoadLimits>
  readonly signal: AbortSignal
  /** Milliseconds between two requests to the same host, at least. */
  readonly delay: number
  /** See `FetchOptions`. */
  readonly isAllowed?: (address: string) => boolean
}

/** RFC 9309, 2.5: a program reads at least so many bytes of a robots.txt; what is behind them is not looked at. */
const LONGEST_ROBOTS = 512_000
/** A site that asks for longer waits than this is waited for so long. Milliseconds. */
const LONGEST_DELAY = 30_000
/** sitemaps.org: a sitemap has at most so many places, an index so many sitemaps. */
const MOST_PLACES = 50_000

interface Host {
  readonly robots: Promise<Robot | undefined>
  /** When the next request may be sent, in milliseconds of `performance.now`. */
  next: number
}

/**
 * Fetches pages as a guest should: one request at a time, with a pause between two to the same host, and nothing that
 * the site's robots.txt (RFC 9309) asks programs not to fetch. What `fetchUrl` guards against is guarded against.
 */
export class WebClient {
  readonly #options: WebClientOptions
  readonly #hosts = new Map<string, Host>()

  constructor(options: WebClientOptions) {
    this.#options = options
  }

  /**
   * The content of a URL.
   *
   * @param validators those of the content that is there already.
   * @throws DisallowedByRobotsError, CancelledError, and what `fetchUrl` throws.
   */
  fetch(url: string, validators?: Validators): Promise<FetchedContent> {
    return fetchUrl(url, {
      ...this.#fetchOptions(),
      ...(validators === undefined ? {} : {validators}),
      beforeRequest: async hop => this.#beforeRequest(hop, url),
    })
  }

  /**
   * The pages that a sitemap (sitemaps.org) names, or the sitemaps of a sitemap index. Places on other hosts are left
   * out, as its rules demand.
   *
   * @throws CorruptDocumentError if it is no sitemap, and what `fetch` throws.
   */
  async *sitemap(url: string, inIndex = false): AsyncGenerator<string> {
    const {bytes} = await this.fetch(url)
    const {places, isIndex} = await placesIn(await unpacked(bytes, url), url, this.#options)
    const {host} = new URL(url)
    for (const place of places) {
      if (URL.parse(place)?.host !== host) continue
      if (!isIndex) yield place
      // An index names sitemaps, not further indexes.
      else if (!inIndex) yield* this.sitemap(place, true)
    }
  }

  #fetchOptions(): FetchOptions {
    const {limits, signal, isAllowed} = this.#options
    return {limits, signal, ...(isAllowed === undefined ? {} : {isAllowed})}
  }

  async #beforeRequest(url: URL, source: string): Promise<void> {
    const host = this.#hosts.get(url.origin) ?? {robots: this.#robots(url), next: 0}
    this.#hosts.set(url.origin, host)
    const robots = await host.robots.catch((error: unknown) => {
      if (!(error instanceof DocumentError)) throw error
      throw new UnreadableFileError(source, `cannot be fetched: the robots.txt of ${url.host} ${error.message}`, {
        cause: error,
      })
    })
    if (robots !== undefined && robots.isAllowed(url.href, USER_AGENT) === false) {
      throw new DisallowedByRobotsError(source, `${url.host} asks programs not to fetch it (robots.txt)`, {
        hint: 'ask the site’s owner, or save the page yourself and ingest the file',
      })
    }
    const wait = host.next - performance.now()
    if (wait > 0) await pause(wait, this.#options.signal)
    const asked = (robots?.getCrawlDelay(USER_AGENT) ?? 0) * 1000
    host.next = performance.now() + Math.max(this.#options.delay, Math.min(asked, LONGEST_DELAY))
  }

  /** A host's rules; undefined where everything is allowed. */
  async #robots(url: URL): Promise<Robot | undefined> {
    const place = new URL('/robots.txt', url).href
    const imported = await import('robots-parser')
    // A CommonJS function, which its types call a module with a default export.
    const parse = imported.default as unknown as typeof imported.default.default
    try {
      const {bytes} = await fetchUrl(place, this.#fetchOptions())
      return parse(place, new TextDecoder().decode(bytes.subarray(0, LONGEST_ROBOTS)))
    } catch (error) {
      // RFC 9309, 2.3.1.3: none is no rule. 2.3.1.4: where there may be one that cannot be had, nothing is fetched.
      const status =
        error instanceof DocumentError ? Number((error.details as {status?: number} | undefined)?.status) : Number.NaN
      if (status >= 400 && status < 500) return undefined
      throw error
    }
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, {signal})
  } catch {
    throw new CancelledError()
  }
}

/** Sitemaps may be stored compressed. */
async function unpacked(bytes: Uint8Array, url: string): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  const {gunzipSync} = await import('node:zlib')
  try {
    return gunzipSync(bytes, {maxOutputLength: defaultLoadLimits.maxBytes})
  } catch (error) {
    throw new CorruptDocumentError(url, 'is no sitemap that can be unpacked', {cause: error})
  }
}

async function placesIn(
  bytes: Uint8Array,
  url: string,
  {limits, signal}: WebClientOptions,
): Promise<{places: string[]; isIndex: boolean}> {
  const places: string[] = []
  let root: string | undefined
  let parent = ''
  let place: string | undefined
  const budget = new LoadBudget(url, {...defaultLoadLimits, ...limits}, signal)
  await readXml(new TextDecoder().decode(bytes), 'sitemap', budget, {
    open(name) {
      const local = localName(name)
      root ??= local
      // Pictures and videos of a page have places of their own, under other parents.
      if (local === 'loc' && name === local && (parent === 'url' || parent === 'sitemap')) place = ''
      else if (local === 'url' || local === 'sitemap' || name !== local) parent = local
    },
    text(text) {
      if (place !== undefined) place += text
    },
    close(name) {
      if (name !== 'loc' || place === undefined) return
      if (places.length < MOST_PLACES) places.push(place.trim())
      place = undefined
    },
  })
  if (root !== 'urlset' && root !== 'sitemapindex') throw new CorruptDocumentError(url, 'is no sitemap')
  return {places, isIndex: root === 'sitemapindex'}
}

/** Whether a URL is that of a sitemap, by its name. */
export function isSitemap(url: string): boolean {
  return /\/sitemap[^/]*\.xml(?:\.gz)?$/i.test(URL.parse(url)?.pathname ?? '')
}
