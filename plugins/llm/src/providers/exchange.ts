import type {AdapterCall} from '../model/provider-adapter.ts'
import type {ProviderFailure} from '../model/provider-failure.ts'
import {failureOfAnswer, type FailureSource, LONGEST_ERROR_BODY} from './failure-classification.ts'
import {httpFetch, type HttpRequest} from './http-fetch.ts'

/** What a request is made with where it is not the same for all requests of a client. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>
  /** They were not accepted. */
  readonly refused: () => void
}

/** How one request goes over the wire: what the guard of the completion and the SDK's `fetch` share. */
export interface Exchange {
  readonly source: FailureSource
  readonly call: AdapterCall
  /** Ends when the caller cancels, a time limit passes, or nobody reads any more. */
  readonly signal: AbortSignal
  /** Set by `fetch` before the SDK makes an error of its own of it. */
  failure: ProviderFailure | undefined
  /** Set by an adapter before it asks. */
  credentials: Credentials | undefined
  /** The request is on its way out, or is out already. */
  readonly sent: () => void
  /** There is a connection: from now on the provider may have the request. */
  readonly connected: () => void
  /** The provider has accepted the request. */
  readonly accepted: () => void
  /** Something arrived. */
  readonly alive: () => void
}

/**
 * `fetch` for a client of an SDK that several requests share: each hands its exchange on with `exchangeOptions`.
 *
 * @param headers As of `exchangeFetch`.
 */
export function sharedFetch(headers: Readonly<Record<string, string>>): typeof fetch {
  return (input, init) => exchangeFetch((init as ExchangeInit).exchange, headers)(input, init)
}

export interface ExchangeInit extends RequestInit {
  readonly exchange: Exchange
}

/** Options of one request of an SDK whose client has a `sharedFetch`. */
export function exchangeOptions(exchange: Exchange): {readonly fetchOptions: object} {
  return {fetchOptions: {exchange}}
}

/**
 * `fetch` for an SDK. The headers are ours alone, so that nothing that the SDK finds in the environment or says about
 * the machine goes out; an error answer becomes a failure here, with its headers, which some SDKs drop.
 *
 * @param headers With the key; in addition to the SDK's media types.
 */
export function exchangeFetch(exchange: Exchange, headers: Readonly<Record<string, string>>): typeof fetch {
  return async (input, init) => {
    const given = init?.headers instanceof Headers ? init.headers : new Headers(init?.headers)
    return exchanged(exchange, {
      url: typeof input === 'string' ? input : input instanceof URL ? input.href : input.url,
      method: init?.method ?? 'GET',
      body: bodyOf(init?.body),
      headers: {
        ...mediaType('content-type', given),
        ...mediaType('accept', given),
        'user-agent': 'omni',
        ...headers,
      },
    })
  }
}

/** Sends the request of an exchange. @throws ProviderFailure for an answer that is an error, and the network's errors */
export async function exchanged(
  exchange: Exchange,
  request: Pick<HttpRequest, 'url' | 'method' | 'headers' | 'body'>,
): Promise<Response> {
  const {url, method, body} = request
  const {signal, credentials, connected: onConnection} = exchange
  const headers = credentials === undefined ? request.headers : {...request.headers, ...credentials.headers}
  const answering = httpFetch({url, method, headers, body, signal, onConnection})
  exchange.sent()
  const response = await answering
  if (!response.ok) {
    exchange.failure = failureOfAnswer(
      {status: response.status, headers: response.headers, body: await boundedText(response)},
      exchange.source,
    )
    if (exchange.failure.facts.class === 'auth') credentials?.refused()
    throw exchange.failure
  }
  exchange.accepted()
  return response
}

function bodyOf(body: unknown): string | Uint8Array | undefined {
  if (body === null || body === undefined) return undefined
  if (typeof body === 'string' || body instanceof Uint8Array) return body
  throw new TypeError('An SDK sent a body that is neither text nor bytes')
}

function mediaType(name: string, headers: Headers): Record<string, string> {
  const value = headers.get(name)
  return value === null ? {} : {[name]: value}
}

/** The beginning of a body, and no more of it is read. */
async function boundedText(response: Response): Promise<string> {
  if (!response.body) return ''
  const decoder = new TextDecoder()
  const reader = response.body.getReader()
  let text = ''
  try {
    while (text.length < LONGEST_ERROR_BODY) {
      const {done, value} = await reader.read()
      if (done) break
      text += decoder.decode(value, {stream: true})
    }
  } catch {
    // The status says enough where the body breaks off.
  } finally {
    await reader.cancel().catch(() => undefined)
  }
  return text.slice(0, LONGEST_ERROR_BODY)
}
