import {readFile} from 'node:fs/promises'
import {ProviderFailure} from '../model/provider-failure.ts'
import type {EntraIdentity} from './entra-identity.ts'
import type {Credentials} from './exchange.ts'
import {failureOfError, type FailureSource} from './failure-classification.ts'
import {exchangedToken, SharedToken, tokenGrant, type TokenRequest} from './token-exchange.ts'

/**
 * A token is replaced so many milliseconds before it ends: managed identities give the old one until shortly before
 * (https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token).
 */
const renewal = 5 * 60_000

/** The metadata service of a machine answers at once or is not there, in milliseconds. */
const longestMetadata = 3_000

/** Access tokens of one identity of Microsoft Entra, for one resource of Azure. */
export class EntraAccess {
  readonly #identity: EntraIdentity
  readonly #audience: string
  readonly #token: SharedToken

  /** @param endpoint Of the resource. */
  constructor(identity: EntraIdentity, endpoint: string, now: () => Date) {
    this.#identity = identity
    this.#audience = audienceOf(endpoint)
    this.#token = new SharedToken(renewal, now)
  }

  /** Texts that no message may show. */
  get secrets(): readonly string[] {
    return [...this.#identity.secrets, ...this.#token.secrets]
  }

  /**
   * What a request is made with.
   *
   * @param limit Milliseconds for a new token.
   * @throws ProviderFailure where none is given: `auth` where the identity is refused. Nothing has been asked of a model.
   */
  async credentials(source: FailureSource, limit: number): Promise<Credentials> {
    const token = await this.#token.current(() => this.#fetched(source, limit))
    return {headers: {authorization: `Bearer ${token}`}, refused: () => this.#token.forget()}
  }

  async #fetched(source: FailureSource, limit: number) {
    const identity = this.#identity
    try {
      const request = await tokenRequest(identity, this.#audience)
      const {secret} = request
      const discreet = secret === undefined ? source : {...source, secrets: [...source.secrets, secret]}
      const patience = identity.kind === 'virtual-machine' ? Math.min(limit, longestMetadata) : limit
      return await exchangedToken(request, discreet, patience)
    } catch (error) {
      throw noAccess(error, source, identity)
    }
  }
}

/**
 * For whom a token is: Azure OpenAI's own endpoints take cognitiveservices, those of Foundry ai.azure.com
 * (https://learn.microsoft.com/azure/foundry/openai/how-to/managed-identity), and the clouds of governments their own.
 */
export function audienceOf(endpoint: string): string {
  const {hostname} = new URL(endpoint)
  if (hostname.endsWith('.services.ai.azure.com')) return 'https://ai.azure.com'
  const cloud = /\.azure\.(us|cn)$/.exec(hostname)?.[1] ?? 'com'
  return `https://cognitiveservices.azure.${cloud}`
}

async function tokenRequest(identity: EntraIdentity, audience: string): Promise<TokenRequest> {
  switch (identity.kind) {
    // https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
    case 'client-secret':
      return clientGrant(identity, audience, {client_secret: identity.secret})
    case 'workload': {
      // Kubernetes replaces the file before what is in it ends.
      const assertion = (await readFile(identity.tokenFile, 'utf8')).trim()
      const fields = {
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      }
      return {...clientGrant(identity, audience, fields), secret: assertion}
    }
    // https://learn.microsoft.com/azure/app-service/overview-managed-identity, REST endpoint reference
    case 'app-service':
      return managed(identity.endpoint, '2019-08-01', audience, identity.clientId, {
        'x-identity-header': identity.header,
      })
    // https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
    case 'virtual-machine': {
      const url = `${identity.host.replace(/\/+$/, '')}/metadata/identity/oauth2/token`
      return managed(url, '2018-02-01', audience, identity.clientId, {metadata: 'true'})
    }
  }
}

function clientGrant(
  {authority, tenant, clientId}: {readonly authority: string; readonly tenant: string; readonly clientId: string},
  audience: string,
  proof: Record<string, string>,
): TokenRequest {
  const url = `${authority.replace(/\/+$/, '')}/${tenant}/oauth2/v2.0/token`
  return tokenGrant(url, {
    grant_type: 'client_credentials',
    client_id: clientId,
    scope: `${audience}/.default`,
    ...proof,
  })
}

function managed(
  endpoint: string,
  version: string,
  resource: string,
  clientId: string | undefined,
  headers: Record<string, string>,
): TokenRequest {
  const url = new URL(endpoint)
  url.searchParams.set('api-version', version)
  url.searchParams.set('resource', resource)
  if (clientId !== undefined) url.searchParams.set('client_id', clientId)
  return {url: url.href, method: 'GET', headers: {...headers, accept: 'application/json', 'user-agent': 'omni'}}
}

/** What to do where there is no token, by who was to get it. */
const next: Readonly<Record<EntraIdentity['kind'], string>> = {
  'client-secret': 'check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET: secrets of an application end',
  workload: 'check AZURE_FEDERATED_TOKEN_FILE, and the federated credential of the application AZURE_CLIENT_ID',
  'app-service': 'give the app a managed identity, and name one of several in AZURE_CLIENT_ID',
  'virtual-machine':
    'set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or run where a managed identity is, or use a key',
}

/**
 * Whatever went wrong, no model was asked. A server of tokens says with 400 that it refuses an identity (RFC 6749,
 * section 5.2); and where there is no metadata service, there is no identity.
 */
function noAccess(error: unknown, source: FailureSource, {kind}: EntraIdentity): unknown {
  const failure = isFileError(error) ? fileFailure(error, source) : failureOfError(error, source)
  if (failure === undefined) return error
  const {facts} = failure
  const isRefused = facts.class === 'client' || facts.class === 'auth'
  const isNowhere = kind === 'virtual-machine' && facts.status === null
  return new ProviderFailure({
    ...facts,
    class: isRefused || isNowhere ? 'auth' : facts.class,
    mayHaveRun: false,
    message: isNowhere
      ? `${source.provider}: no identity of Microsoft Entra is configured, and this machine has none`
      : `no access token of Microsoft Entra: ${facts.message}`,
    hint: facts.hint ?? next[kind],
  })
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'path' in error
}

function fileFailure({code}: NodeJS.ErrnoException, {provider}: FailureSource): ProviderFailure {
  const message = `${provider}: the file of the federated token cannot be read (${code})`
  return new ProviderFailure({
    class: 'auth',
    status: null,
    retryAfter: null,
    shouldRetry: null,
    mayHaveRun: false,
    message,
  })
}
