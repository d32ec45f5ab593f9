import {isLoopback} from './loopback.ts'

/** What requests go through on their way out of a company's network. */
export interface OutgoingProxy {
  /** With its credentials. */
  readonly url: URL
  /** As it may be shown. */
  readonly name: string
}

/** Where the proxies are said to be; each is asked for when it is first needed, and may throw. */
export interface ProxySource {
  /** Of the proxy for `http:` URLs. */
  readonly http: () => string | undefined
  /** Of the proxy for `https:` URLs. */
  readonly https: () => string | undefined
  /** Hosts that are reached without one, as NO_PROXY lists them. */
  readonly none: () => string | undefined
}

/**
 * Which proxy a URL is asked through, by the rules of curl, Go and undici: `https:` URLs by one proxy and `http:` URLs by
 * the other, none in the place of the other (https://everything.curl.dev/usingcurl/proxies/env), and what the list of
 * exceptions names by none. As in Go (https://pkg.go.dev/golang.org/x/net/http/httpproxy), this machine is never reached
 * through a proxy, to which `localhost` is another one; nor is what is at its own link, where clouds serve credentials.
 */
export class OutgoingProxies {
  readonly #source: ProxySource
  #exceptions: readonly Exception[] | undefined
  #http: OutgoingProxy | undefined
  #https: OutgoingProxy | undefined

  constructor(source: ProxySource) {
    this.#source = source
  }

  /** Whether there is one for anything. */
  get areThere(): boolean {
    return [this.#source.http, this.#source.https].some(read => {
      try {
        return read() !== undefined
      } catch {
        return true
      }
    })
  }

  /** @throws what the source throws, where the URL would be asked through its proxy */
  proxyOf(url: URL): OutgoingProxy | undefined {
    const isSecure = url.protocol === 'https:'
    if (!isSecure && url.protocol !== 'http:') return undefined
    const hostname = url.hostname.replace(/\.$/, '')
    if (isLoopback(hostname) || isOnLink(hostname)) return undefined
    const proxy = isSecure ? this.#secure() : this.#plain()
    if (proxy === undefined) return undefined
    this.#exceptions ??= exceptionsFrom(this.#source.none() ?? '')
    const port = url.port || (isSecure ? '443' : '80')
    return this.#exceptions.some(each => each.isFor(hostname, port)) ? undefined : proxy
  }

  #secure(): OutgoingProxy | undefined {
    return (this.#https ??= parsedProxy(this.#source.https()))
  }

  #plain(): OutgoingProxy | undefined {
    return (this.#http ??= parsedProxy(this.#source.http()))
  }
}

function parsedProxy(text: string | undefined): OutgoingProxy | undefined {
  const url = text === undefined ? null : proxyUrl(text)
  return url === null ? undefined : {url, name: url.origin}
}

/** The URL of a proxy, which may lack its `http://` as it may for curl; null for what is none. */
export function proxyUrl(text: string): URL | null {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`)
  const isProxy =
    url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '' && url.hash === ''
  return isProxy ? url : null
}

/** A proxy's URL as it may be shown, with what stands in place of its credentials. */
export function shownProxy(text: string): string {
  const url = proxyUrl(text)
  if (url === null || (url.username === '' && url.password === '')) return text
  return `${url.protocol}//***@${url.host}`
}

/** Link-local addresses, and the one name that leads to one by its definition. */
function isOnLink(hostname: string): boolean {
  return (
    hostname === 'metadata.google.internal' ||
    /^169\.254\.\d{1,3}\.\d{1,3}$/.test(hostname) ||
    /^\[fe[89ab][0-9a-f]:/.test(hostname)
  )
}

interface Exception {
  isFor(hostname: string, port: string): boolean
}

/**
 * `example.com` and `.example.com` are the domain and all below it, `*.example.com` what is below it, and `*` everything;
 * addresses may be networks (`10.0.0.0/8`), and each may end in a port. What is none of these is for nothing.
 */
function exceptionsFrom(list: string): Exception[] {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(entry => entry !== '')
    .map(entry => {
      const [, host = entry, port] = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(entry) ?? []
      const isFor = hostsOf(host.replace(/^\[|\]$/g, ''))
      return {isFor: (hostname, asked) => (port === undefined || port === asked) && isFor(hostname)}
    })
}

function hostsOf(entry: string): (hostname: string) => boolean {
  if (entry === '*') return () => true
  const [address = '', prefix] = entry.split('/')
  const {BlockList, isIP} = process.getBuiltinModule('node:net')
  const family = isIP(address)
  if (family === 0) {
    const domain = entry.replace(/^\*?\./, '').replace(/\.$/, '')
    const isItself = !entry.startsWith('*.')
    return hostname => (isItself && hostname === domain) || hostname.endsWith(`.${domain}`)
  }
  const bits = family === 6 ? 128 : 32
  const length = prefix === undefined ? bits : Number(prefix)
  if (!Number.isInteger(length) || length < 0 || length > bits) return () => false
  const network = new BlockList()
  network.addSubnet(address, length, family === 6 ? 'ipv6' : 'ipv4')
  return hostname => {
    const literal = hostname.replace(/^\[|\]$/g, '')
    const its = isIP(literal)
    return its !== 0 && network.check(literal, its === 6 ? 'ipv6' : 'ipv4')
  }
}
