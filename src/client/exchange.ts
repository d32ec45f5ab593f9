import type {IncomingMessage, RequestOptions} from 'node:http'
import {proxyAgent, proxyFailure, proxyOf} from '../net/index.ts'

/** One request as it goes over the wire. */
export interface Exchange {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  /** PEM text of certificate authorities that are trusted besides the system's. */
  readonly ca?: string | undefined
  /** How long the connection may be silent, in milliseconds. */
  readonly silence: number
  readonly signal: AbortSignal
}

/** An answer whose head has come and whose body is still on its way. */
export interface Answer {
  readonly status: number
  header(name: string): string | undefined
  /** UTF-8 text as it comes. Throws what the connection throws. */
  readonly body: AsyncIterable<string>
}

/** The connection was silent for longer than allowed. */
export class SilenceError extends Error {}

/**
 * Sends a request and waits for the head of its answer. Follows no redirect: a key must not travel to where it was not
 * meant for. Throws what the connection throws, SilenceError, and an AbortError.
 */
export async function exchange({url, method, headers, body, ca, silence, signal}: Exchange): Promise<Answer> {
  // As an ES module, node:http costs every start 40 ms.
  const {request} = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http')
  const options: RequestOptions & {ca?: string[]} = {method, headers: {...headers}, signal, timeout: silence}
  // As Node trusts them: its own, and those of NODE_EXTRA_CA_CERTS.
  if (ca !== undefined) options.ca = [...process.getBuiltinModule('node:tls').getCACertificates('default'), ca]
  const proxy = proxyOf(url)
  if (proxy !== undefined) options.agent = proxyAgent(proxy, url.protocol)
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(url, options, resolve)
    sent.on('timeout', () => sent.destroy(new SilenceError(`no answer within ${Math.round(silence / 1000)} s`)))
    sent.on('error', error => reject((proxy && proxyFailure(proxy, url.host, error)) ?? error))
    sent.end(body)
  })
  message.setEncoding('utf8')
  return {
    status: message.statusCode ?? 0,
    header: name => {
      const value = message.headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    },
    body: message,
  }
}

/** All of a body. Throws a RangeError above the limit (in UTF-16 code units). */
export async function textOf(body: AsyncIterable<string>, longest: number): Promise<string> {
  let text = ''
  for await (const piece of body) {
    text += piece
    if (text.length > longest) throw new RangeError(`an answer of more than ${longest} characters`)
  }
  return text
}
