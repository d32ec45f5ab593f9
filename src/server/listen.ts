import {createPrivateKey, X509Certificate} from 'node:crypto'
import {createServer, type Server} from 'node:http'
import {createServer as createSecureServer} from 'node:https'
import type {AddressInfo} from 'node:net'
import {getRequestListener} from '@hono/node-server'
import {FailureError, InvalidInputError} from '../operation/errors.ts'

export interface ListenOptions {
  readonly fetch: (request: Request, bindings: object) => Response | Promise<Response>
  readonly host: string
  /** 0 takes any that is free. */
  readonly port: number
  /** PEM texts. */
  readonly tls?: {
    readonly cert: string
    readonly key: string
    /** Only who shows a certificate of these authorities gets a connection. */
    readonly clientCa?: string
  }
  /** Instead of the usual ones. */
  readonly limits?: Partial<typeof usualLimits>
}

/** A server that takes requests. */
export interface Listener {
  readonly url: string
  /**
   * Takes no more requests, waits for those under way, and cuts off what is left after the time in milliseconds.
   */
  drain(within: number): Promise<void>
}

/** The address cannot be listened on. */
export class ListenError extends FailureError {
  override readonly code = 'listen_failed'
}

/** The certificate or its key cannot be used. */
export class CertificateError extends InvalidInputError {
  override readonly code = 'certificate'
}

/**
 * Limits on how slowly a request may arrive, so that slow senders cannot hold all connections: the head within 15 s,
 * all of it within 5 min, at most 16 KiB of head. An idle connection is kept for longer than load balancers do (60 s),
 * so that it is never we who close the one that a request is just coming in on.
 */
const usualLimits = {
  headersTimeout: 15_000,
  requestTimeout: 300_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16 * 1024,
}

const idleCheckMs = 100

/** Listens for HTTP/1.1, with TLS where there is a certificate. @throws ListenError, CertificateError */
export async function listen({fetch, host, port, tls, limits: given}: ListenOptions): Promise<Listener> {
  const limits = {...usualLimits, ...given}
  // Health checks of balancers speak HTTP/1.0 and name no host.
  const listener = getRequestListener(fetch, {hostname: 'localhost'})
  const server = tls ? secureServer({...limits, ...tls}, listener) : createServer(limits, listener)
  await bound(server, host, port)
  const {address, family, port: taken} = server.address() as AddressInfo
  const name = family === 'IPv6' ? `[${address}]` : address
  return {url: `${tls ? 'https' : 'http'}://${name}:${taken}`, drain: within => drain(server, within)}
}

function secureServer(
  {clientCa, ...options}: typeof usualLimits & NonNullable<ListenOptions['tls']>,
  listener: ReturnType<typeof getRequestListener>,
): Server {
  try {
    // Node takes an empty text for none at all: it would trust every authority of the public web instead of these.
    firstCertificate(options.cert)
    if (clientCa !== undefined) firstCertificate(clientCa)
    createPrivateKey(options.key)
    const clients = clientCa === undefined ? {} : {ca: clientCa, requestCert: true, rejectUnauthorized: true}
    return createSecureServer({...options, ...clients, minVersion: 'TLSv1.2'}, listener) as unknown as Server
  } catch (error) {
    throw new CertificateError(`The certificate or its key cannot be used: ${(error as Error).message}`, {
      hint: 'each file must be PEM, and the key must be that of the certificate',
      cause: error,
    })
  }
}

/** Throws where a text holds none. */
function firstCertificate(pem: string): X509Certificate {
  return new X509Certificate(pem)
}

async function bound(server: Server, host: string, port: number): Promise<void> {
  const {promise, resolve, reject} = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(port, host, resolve)
  try {
    await promise
  } catch (error) {
    const {code, message} = error as NodeJS.ErrnoException
    const hint = code === 'EADDRINUSE' ? 'another program has the port; choose another with --port' : undefined
    throw new ListenError(`Cannot listen on ${host}:${port}: ${message}`, {...(hint ? {hint} : {}), cause: error})
  }
}

async function drain(server: Server, within: number): Promise<void> {
  const closed = new Promise<void>(resolve => server.close(() => resolve()))
  // A connection that is idle now is closed at once, one that becomes idle soon after its last answer.
  server.closeIdleConnections()
  const idle = setInterval(() => server.closeIdleConnections(), idleCheckMs)
  const cut = setTimeout(() => server.closeAllConnections(), within)
  await closed
  clearInterval(idle)
  clearTimeout(cut)
}
