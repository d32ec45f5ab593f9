import * as z from 'zod'
import {type Exchange, exchanged} from './exchange.ts'
import {brokenAnswer, type FailureSource, networkFailure} from './failure-classification.ts'
import {piecesOf} from './http-fetch.ts'

/** A token that a server of tokens has given. */
export interface AccessToken {
  readonly text: string
  /** In milliseconds since 1970. */
  readonly expires: number
}

export interface TokenRequest {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** What is in it that no message may show, beside the credentials. */
  readonly secret?: string
}

/** RFC 6749, section 5.1; Azure's servers write the seconds as text. */
const tokenAnswer = z.object({access_token: z.string().min(1), expires_in: z.coerce.number().positive()})

/** Of Azure's App Service: when the token ends, in seconds since 1970. */
const endingAnswer = z
  .object({access_token: z.string().min(1), expires_on: z.coerce.number().positive()})
  .transform(({access_token: text, expires_on}) => ({text, expires: expires_on * 1000}))

/** Of Google's service accounts, for who may act as one. */
const impersonatedAnswer = z
  .object({accessToken: z.string().min(1), expireTime: z.iso.datetime({offset: true})})
  .transform(({accessToken: text, expireTime}) => ({text, expires: Date.parse(expireTime)}))

/** Bytes of an answer with a token, which is short. */
const longestAnswer = 64 * 1024

/** A form for a server of tokens (RFC 6749, section 4). */
export function tokenGrant(url: string, fields: Record<string, string>): TokenRequest {
  return {
    url,
    method: 'POST',
    headers: {'content-type': 'application/x-www-form-urlencoded', accept: 'application/json', 'user-agent': 'omni'},
    body: new URLSearchParams(fields).toString(),
  }
}

/**
 * Asks for a token, over the same connections as models are asked.
 *
 * @param limit Milliseconds.
 * @throws ProviderFailure and what `exchanged` throws
 */
export async function exchangedToken(
  request: TokenRequest,
  source: FailureSource,
  limit: number,
): Promise<AccessToken> {
  const asked = source.now().getTime()
  const answer: unknown = JSON.parse(await answeredText(request, source, limit))
  const lasting = tokenAnswer.safeParse(answer)
  if (lasting.success) return {text: lasting.data.access_token, expires: asked + lasting.data.expires_in * 1000}
  const ending = z.union([endingAnswer, impersonatedAnswer]).safeParse(answer)
  if (ending.success) return ending.data
  throw brokenAnswer('an answer without an access token', source)
}

/** What is answered, of bounded length. @throws as `exchangedToken` */
export async function answeredText(
  {url, method, headers, body}: TokenRequest,
  source: FailureSource,
  limit: number,
): Promise<string> {
  const late = networkFailure(`no access token came in ${limit} ms`, false, source)
  const ending = new AbortController()
  const timer = setTimeout(() => ending.abort(late), limit)
  try {
    const response = await exchanged(unwatched(source, ending.signal, limit), {url, method, headers, body})
    return await shortText(response, source)
  } finally {
    clearTimeout(timer)
  }
}

async function shortText(response: Response, source: FailureSource): Promise<string> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of piecesOf(response)) {
    length += piece.length
    if (length > longestAnswer) throw brokenAnswer('an answer too long for an access token', source)
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}

/** The time limits of a completion do not count while a token is on its way. */
function unwatched(source: FailureSource, signal: AbortSignal, limit: number): Exchange {
  const nothing = (): void => undefined
  return {
    source,
    call: {signal, stream: false, timeouts: {connect: limit, firstToken: limit, idle: limit}},
    signal,
    failure: undefined,
    credentials: undefined,
    sent: nothing,
    connected: nothing,
    accepted: nothing,
    alive: nothing,
  }
}

/** The token of one identity: it holds for about an hour, and many calls that need one wait for the same. */
export class SharedToken {
  readonly #renewal: number
  readonly #now: () => Date
  #token: AccessToken | undefined
  #pending: Promise<AccessToken> | undefined

  /** @param renewal So many milliseconds before it ends a token is replaced. */
  constructor(renewal: number, now: () => Date) {
    this.#renewal = renewal
    this.#now = now
  }

  /** Texts that no message may show. */
  get secrets(): readonly string[] {
    return this.#token === undefined ? [] : [this.#token.text]
  }

  /** The token outlives the call that waits for it, so that no caller ends it for the others. */
  async current(bring: () => Promise<AccessToken>): Promise<string> {
    if (this.#token !== undefined && this.#token.expires - this.#renewal > this.#now().getTime())
      return this.#token.text
    this.#pending ??= bring()
      .then(token => (this.#token = token))
      .finally(() => (this.#pending = undefined))
    return (await this.#pending).text
  }

  /** The token was not accepted: the next call brings a new one. */
  forget(): void {
    this.#token = undefined
  }
}
