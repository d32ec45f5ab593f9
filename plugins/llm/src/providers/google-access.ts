import {ProviderFailure} from '../model/provider-failure.ts'
import type {Credentials} from './exchange.ts'
import {failureOfError, type FailureSource} from './failure-classification.ts'
import type {FederatedCredentials, GoogleCredentials} from './google-credentials.ts'
import {federatedToken} from './google-federation.ts'
import {type AccessToken, exchangedToken, SharedToken, tokenGrant, type TokenRequest} from './token-exchange.ts'

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

/** Access tokens of one identity. */
export class GoogleAccess {
  readonly #credentials: GoogleCredentials
  readonly #now: () => Date
  readonly #token: SharedToken

  constructor(credentials: GoogleCredentials, now: () => Date) {
    this.#credentials = credentials
    this.#now = now
    this.#token = new SharedToken(renewal, now)
  }

  /** Texts that no message may show. */
  get secrets(): readonly string[] {
    return [...this.#credentials.secrets, ...this.#token.secrets]
  }

  /**
   * What a request is made with.
   *
   * @param limit Milliseconds for a new token.
   * @throws ProviderFailure where none is given: `auth` where the identity is refused. Nothing has been asked of a model.
   */
  async credentials(source: FailureSource, limit: number): Promise<Credentials> {
    const {kind, project} = this.#credentials
    const token = await this.#token.current(() => this.#fetched(source, limit))
    return {
      headers: {
        authorization: `Bearer ${token}`,
        ...(kind === 'user' && project !== undefined ? {'x-goog-user-project': project} : {}),
      },
      refused: () => this.#token.forget(),
    }
  }

  async #fetched(source: FailureSource, limit: number): Promise<AccessToken> {
    if (this.#credentials.kind === 'federated') return this.#federated(this.#credentials, source, limit)
    const request = await tokenRequest(this.#credentials, this.#now())
    const {secret} = request
    const discreet = secret === undefined ? source : {...source, secrets: [...source.secrets, secret]}
    try {
      return await exchangedToken(request, discreet, limit)
    } catch (error) {
      throw noAccess(error, discreet, this.#credentials)
    }
  }

  async #federated(credentials: FederatedCredentials, source: FailureSource, limit: number): Promise<AccessToken> {
    try {
      return await federatedToken(credentials, scope, source, limit)
    } catch (error) {
      throw noAccess(error, source, credentials)
    }
  }
}

async function tokenRequest(
  credentials: Exclude<GoogleCredentials, {kind: 'federated'}>,
  now: Date,
): Promise<TokenRequest> {
  switch (credentials.kind) {
    case 'service-account': {
      const signed = await assertion(credentials, now)
      const fields = {grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: signed}
      return {...tokenGrant(credentials.tokenUrl, fields), secret: signed}
    }
    case 'user':
      return tokenGrant(credentials.tokenUrl, {
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
