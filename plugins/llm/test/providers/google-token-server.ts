import {type KeyObject, verify} from 'node:crypto'
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'

export interface TokenServerOptions {
  /** What is given as the access token. */
  readonly token: string
  /** Seconds that a token holds. */
  readonly life?: number
  readonly now: () => Date
  /** Of the one service account that it knows. */
  readonly account?: {readonly email: string; readonly keyId: string; readonly publicKey: KeyObject}
}

/**
 * Gives access tokens as Google does: to a service account for an assertion that it checks as Google says
 * (https://developers.google.com/identity/protocols/oauth2/service-account), to a user for the refresh token
 * (RFC 6749, section 6), and as a metadata server
 * (https://cloud.google.com/compute/docs/access/authenticate-workloads).
 */
export class GoogleTokenServer {
  readonly #options: TokenServerOptions
  readonly #server = createServer((request, response) => void this.#answer(request, response))
  /** How often it was asked. */
  asked = 0
  /** Answers every request in place of a token. */
  fault: ((response: ServerResponse, body: string) => void) | undefined

  constructor(options: TokenServerOptions) {
    this.#options = options
  }

  async start(): Promise<this> {
    await new Promise<void>(resolve => {
      this.#server.listen(0, '127.0.0.1', resolve)
    })
    this.#server.unref()
    return this
  }

  stop(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get url(): string {
    return `http://${this.host}/token`
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.asked += 1
    const body = (await request.toArray()).map(String).join('')
    if (this.fault) return this.fault(response, body)
    const why = request.method === 'GET' ? refusedByMachine(request) : this.#refused(new URLSearchParams(body))
    if (why !== undefined) return json(response, 400, {error: 'invalid_grant', error_description: why})
    json(response, 200, {
      access_token: this.#options.token,
      expires_in: this.#options.life ?? 3599,
      token_type: 'Bearer',
    })
  }

  #refused(form: URLSearchParams): string | undefined {
    if (form.get('grant_type') === 'refresh_token') {
      const given = ['client_id', 'client_secret', 'refresh_token'].map(name => form.get(name))
      return given.join() === 'the-client,the-client-secret,the-refresh-token' ? undefined : 'Bad Request'
    }
    if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') return 'Unsupported grant type'
    return this.#refusedAssertion(form.get('assertion') ?? '')
  }

  #refusedAssertion(assertion: string): string | undefined {
    const {account, now} = this.#options
    const [head = '', payload = '', signature = ''] = assertion.split('.')
    const header = decoded(head)
    const claims = decoded(payload)
    if (header.alg !== 'RS256' || header.typ !== 'JWT') return 'Invalid JWT: wrong algorithm'
    if (account === undefined || claims.iss !== account.email) return 'Invalid grant: account not found'
    if (header.kid !== account.keyId) return 'Invalid JWT: no such key'
    const signed = Buffer.from(`${head}.${payload}`)
    if (!verify('RSA-SHA256', signed, account.publicKey, Buffer.from(signature, 'base64url'))) {
      return 'Invalid JWT Signature.'
    }
    if (claims.aud !== 'https://oauth2.googleapis.com/token') return 'Invalid JWT: wrong audience'
    const scopes = String(claims.scope).split(' ')
    if (!scopes.includes('https://www.googleapis.com/auth/cloud-platform')) return 'Invalid OAuth scope'
    const seconds = Math.floor(now().getTime() / 1000)
    const {iat, exp} = claims as {iat: number; exp: number}
    const isCurrent = Number.isInteger(iat) && iat <= seconds && seconds < exp && exp <= iat + 3600
    return isCurrent ? undefined : 'Invalid JWT: iat and exp are no reasonable timeframe'
  }
}

function refusedByMachine({url, headers}: IncomingMessage): string | undefined {
  if (url !== '/computeMetadata/v1/instance/service-accounts/default/token') return 'not found'
  return headers['metadata-flavor'] === 'Google' ? undefined : 'Missing Metadata-Flavor:Google header.'
}

function decoded(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, {'content-type': 'application/json', 'metadata-flavor': 'Google'})
    .end(JSON.stringify(body))
}

/** What `gcloud auth application-default login` leaves behind, for a token server. */
export function userCredentials(tokenUrl: string): string {
  return JSON.stringify({
    type: 'authorized_user',
    client_id: 'the-client',
    client_secret: 'the-client-secret',
    refresh_token: 'the-refresh-token',
    token_uri: tokenUrl,
  })
}
