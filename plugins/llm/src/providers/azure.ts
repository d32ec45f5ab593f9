import type {OpenAI} from 'openai'
import type {ProviderAdapter} from '../model/provider-adapter.ts'
import {EntraAccess} from './entra-access.ts'
import type {EntraIdentity} from './entra-identity.ts'
import {sharedFetch} from './exchange.ts'
import {openAiAdapter} from './openai-adapter.ts'
import {openClient, ownSettings} from './openai-client.ts'

export interface AzureOptions {
  /** The name of the deployment at Azure, which is its own and need not be the model's. */
  readonly model: string
  /** The model that is deployed under that name; it decides which API is asked. */
  readonly baseModel?: string | undefined
  /** A key of the resource, an access token of Microsoft Entra, or who is to get such tokens. */
  readonly access: string | EntraIdentity
  /** Of the resource: `https://example.openai.azure.com`, also with the `/openai/v1/` of Microsoft's examples. */
  readonly endpoint: string
  /** `v1`, `preview`, or a dated version; the v1 API without it. */
  readonly apiVersion?: string | undefined
  readonly newId: () => string
  readonly now: () => Date
}

/** OpenAI's models at Azure. */
export function azure(options: AzureOptions): ProviderAdapter {
  const {model, baseModel, endpoint, access, apiVersion, newId, now} = options
  const entra = typeof access === 'string' ? undefined : new EntraAccess(access, endpoint, now)
  return openAiAdapter({
    model,
    get secrets() {
      return typeof access === 'string' ? [access] : entra!.secrets
    },
    ...(entra && {credentials: (source, limit) => entra.credentials(source, limit)}),
    now,
    dialect: {
      provider: 'azure',
      tokenLimit: 'max_completion_tokens',
      userField: 'user',
      hasResponses: true,
      // OpenAI has had the parameter since 2025. Azure refuses what its version does not know.
      knowsPromptCacheKey: !isDated(apiVersion) || apiVersion > '2025-03',
      baseModel,
      newId,
    },
    open: () => openAzure(options),
  })
}

/**
 * The v1 API is OpenAI's own, with the deployment as the model; a dated version has the deployment in its path and, from
 * 2025-03-01-preview on, Responses beside it (https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle).
 */
async function openAzure({model, access, endpoint, apiVersion}: AzureOptions): Promise<OpenAI> {
  const root = endpoint.replace(/\/+$/, '').replace(/\/openai(?:\/v1)?$/, '')
  const headers = typeof access === 'string' ? credentialOf(access) : {}
  if (!isDated(apiVersion)) {
    return openClient(`${root}/openai/v1`, headers, apiVersion === undefined ? {} : {'api-version': apiVersion})
  }
  const {AzureOpenAI} = await import('openai')
  // It refuses an endpoint beside a base URL, even the environment's, so that the address is given as the latter.
  return new AzureOpenAI({
    ...ownSettings,
    apiKey: 'in the headers',
    apiVersion,
    baseURL: `${root}/openai`,
    deployment: model,
    fetch: sharedFetch(headers),
  })
}

function isDated(apiVersion: string | undefined): apiVersion is string {
  return apiVersion !== undefined && /^\d/.test(apiVersion)
}

/** Entra's access tokens are JSON Web Tokens, which a resource's keys never look like. */
function credentialOf(apiKey: string): Record<string, string> {
  return /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(apiKey) ? {authorization: `Bearer ${apiKey}`} : {'api-key': apiKey}
}
