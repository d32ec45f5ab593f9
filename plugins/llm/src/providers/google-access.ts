import * as z from 'zod'
import {ProviderFailure} from '../model/provider-failure.ts'
import {type Exchange, exchanged} from './exchange.ts'
import {brokenAnswer, failureOfError, type FailureSource, networkFailure} from './failure-classification.ts'
import type {GoogleCredentials} from './google-credentials.ts'
import {piecesOf} from './http-fetch.ts'

/** What Vertex AI asks for (https://cloud.google.com/vertex-ai/docs/authentication). */
const scope = 'https://www.googleapis.com/auth/cloud-platform'

/** Of an assertion, whichever address it is sent to (https://developers.google.com/identity/protocols/oauth2/service-account). */
const audience = 'https://oauth2.googleapis.com/token'

/** An assertion may hold for an hour at most, in seconds. */
const assertionLife = 3600

/**
 * A token is replaced so many milliseconds before it ends. The metadata server has a new one from five minutes before
 * (https://cloud.google.com/compute/docs/access/authenticate-workloads), so that asking it earlier brings the old one.
 */
const renewal = 225_000

const tokenAnswer = z.object({access_token: z.string().min(1), expires_in: z.number().positive()})

interface AccessToken {
  readonly text: string
  /** In milliseconds since 1970. */
  readonly expires: number
}

/** Bytes of an answer with a token, which is short. */
const longestAnswer = 64 * 1024

interface TokenRequest {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** What is in it that no message may show, beside the credentials. */
  readonly secret?: string
}

/** Access tokens of one identity: one holds for about an hour, and many calls that need one wait for the same. */
export class GoogleAccess {
  readonly #credentials: GoogleCredentials
  readonly #now: () => Date
  #token: AccessToken | undefined
  #pending: Promise<AccessToken> | undefined

  constructor(credentials: GoogleCredentials, now: () => Date) {
    this.#credentials = credentials
    this.#now = now
  }

  /** Texts that no message may show. */
  get secrets(): readonly string[] {
    const {secrets} = this.#credentials
    return this.#token === undefined ? secrets : [...secrets, this.#token.text]
  }

  /**
   * The headers that a request is made with. The token outlives the call that waits for it, so that no caller ends it
   * for the others; it has a time limit of its own.
   *
   * @param limit Milliseconds for a new token.
   * @throws ProviderFailure where none is given: `auth` where the identity is refused. Nothing has been asked of a model.
   */
  async headers(source: FailureSource, limit: number): Promise<Record<string, string>> {
    const {kind, project} = this.#credentials
    const {text} = await this.#current(source, limit)
    return {
      authorization: `Bearer ${text}`,
      ...(kind === 'user' && project !== undefined ? {'x-goog-user-project': project} : {}),
    }
  }

  /** The token was not accepted: the next call brings a new one. */
  forget(): void {
    this.#token = undefined
  }

  async #current(source: FailureSource, limit: number): Promise<AccessToken> {
    if (this.#token !== undefined && this.#token.expires - renewal > this.#now().getTime()) return this.#token
    this.#pending ??= this.#fetched(source, limit).finally(() => {
      this.#pending = undefined
    })
    return this.#pending
  }

  async #fetched(source: FailureSource, limit: number): Promise<AccessToken> {
    const asked = this.#now()
    const request = await tokenRequest(this.#credentials, asked)
    const {secret} = request
    const discreet = secret === undefined ? source : {...source, secrets: [...source.secrets, secret]}
    try {
      const answer = await answered(request, discreet, limit)
      this.#token = {text: answer.access_token, expires: asked.getTime() + answer.expires_in * 1000}
      return this.#token
    } catch (error) {
      throw noAccess(error, discreet, this.#credentials)
    }
  }
}

async function tokenRequest(credentials: GoogleCredentials, now: Date): Promise<TokenRequest> {
  switch (credentials.kind) {
    case 'service-account': {
      const signed = await assertion(credentials, now)
      const fields = {grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: signed}
      return {...grant(credentials.tokenUrl, fields), secret: signed}
    }
    case 'user':
      return grant(credentials.tokenUrl, {
        grant_type: 'refresh_token',
        client_id: credentials.clientId,
        client_secret: credentials.clientSecret,
        refresh_token: credentials.refreshToken,
      })
    case 'metadata-server':
      return {
        url: `http://${credentials.host}/computeMetadata/v1/instance/service-accounts/default/token`,
        method: 'GET',
        headers: {'metadata-flavor': 'Google'},
      }
  }
}

function grant(url: string, fields: Record<string, string>): TokenRequest {
  return {
    url,
    method: 'POST',
    headers: {'content-type': 'application/x-www-form-urlencoded', accept: 'application/json', 'user-agent': 'omni'},
    body: new URLSearchParams(fields).toString(),
  }
}

/** Says who asks, signed with the key of the service account (RFC 7523, section 2.1). */
async function assertion(
  {email, key, keyId}: Extract<GoogleCredentials, {kind: 'service-account'}>,
  now: Date,
): Promise<string> {
  const {SignJWT} = await import('jose')
  const seconds = Math.floor(now.getTime() / 1000)
  return new SignJWT({scope})
    .setProtectedHeader({alg: 'RS256', typ: 'JWT', ...(keyId === undefined ? {} : {kid: keyId})})
    .setIssuer(email)
    .setAudience(audience)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + assertionLife)
    .sign(key)
}

async function answered(
  {url, method, headers, body}: TokenRequest,
  source: FailureSource,
  limit: number,
): Promise<z.output<typeof tokenAnswer>> {
  const late = networkFailure(`no access token came in ${limit} ms`, false, source)
  const ending = new AbortController()
  const timer = setTimeout(() => ending.abort(late), limit)
  try {
    const response = await exchanged(unwatched(source, ending.signal, limit), {
      url,
      method,
      headers,
      body,
    })
    const parsed = tokenAnswer.safeParse(JSON.parse(await shortText(response, source)))
    if (parsed.success) return parsed.data
  } finally {
    clearTimeout(timer)
  }
  throw brokenAnswer('an answer without an access token', source)
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
    sent: nothing,
    connected: nothing,
    accepted: nothing,
    alive: nothing,
  }
}

/**
 * Whatever went wrong, no model was asked. That a server of tokens refuses the identity it says with 400
 * (RFC 6749, section 5.2); and where there is no metadata server, there is no identity.
 */
function noAccess(error: unknown, source: FailureSource, {kind}: GoogleCredentials): unknown {
  const failure = failureOfError(error, source)
  if (failure === undefined) return error
  const {facts} = failure
  if (kind === 'metadata-server' && facts.status === null) {
    const message = 'vertex: there are no Application Default Credentials, and no metadata server answers'
    return new ProviderFailure({...facts, class: 'auth', mayHaveRun: false, message})
  }
  return new ProviderFailure({
    ...facts,
    class: facts.class === 'client' ? 'auth' : facts.class,
    mayHaveRun: false,
    message: `no access token: ${facts.message}`,
  })
}
