import {NotConfiguredError} from '../operation/errors.ts'
import type {OutgoingProxy} from './outgoing-proxies.ts'

/** The proxy does not answer, or refuses. What was to be asked has seen nothing. */
export class ProxyError extends NotConfiguredError {
  override readonly code = 'proxy_failed'
  /** Of the proxy's answer; null where there was none. */
  readonly status: number | null

  constructor(message: string, status: number | null, hint: string, cause?: unknown) {
    super(message, {hint, cause})
    this.status = status
  }
}

const variables =
  'HTTPS_PROXY, HTTP_PROXY and NO_PROXY, or network.https_proxy, network.http_proxy and network.no_proxy'

/**
 * What a proxy's refusal to connect means.
 *
 * @param host That was to be reached, with its port.
 */
export function refusedByProxy({name}: OutgoingProxy, status: number, host: string): ProxyError {
  if (status === 407) {
    return new ProxyError(
      `the proxy ${name} wants a user and a password, or others (HTTP 407)`,
      status,
      'give them in the environment, as HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT, with % codes for special characters',
    )
  }
  if (status === 403) {
    const hint = 'ask those who run it to allow the host, or name it in NO_PROXY if it can be reached directly'
    return new ProxyError(`the proxy ${name} does not let anybody reach ${host} (HTTP 403)`, status, hint)
  }
  return new ProxyError(`the proxy ${name} could not reach ${host} (HTTP ${status})`, status, `check ${variables}`)
}

/**
 * What an error of a request through a proxy means where it is the proxy's: it happened before the proxy had let anything
 * through. Undefined for others, such as a certificate of the host that is not accepted. Its text has no credentials.
 */
export function proxyFailure(proxy: OutgoingProxy, host: string, error: unknown): ProxyError | undefined {
  if (!(error instanceof Error)) return undefined
  const {code, message, syscall, statusCode} = error as NodeJS.ErrnoException & {statusCode?: number}
  const isOfTunnel = code === 'ERR_PROXY_TUNNEL'
  if (!isOfTunnel && syscall !== 'connect' && syscall !== 'getaddrinfo') return undefined
  if (isOfTunnel && statusCode !== undefined) return refusedByProxy(proxy, statusCode, host)
  const why = isOfTunnel ? message : code
  return new ProxyError(`the proxy ${proxy.name} does not answer (${why})`, null, `check ${variables}`, error)
}
