import type {Context} from '@omni-ops/core/operation'
import type {EntraIdentity} from '../providers/entra-identity.ts'
import type {ProviderName} from '../model/provider-adapter.ts'

type Settings = Context['settings']

/** What an adapter needs to reach its provider. */
export interface Access {
  readonly apiKey?: string
  readonly baseUrl?: string
  readonly region?: string
  readonly apiVersion?: string
  /** Of Google Cloud. */
  readonly project?: string
  readonly metadataHost?: string
  /** Of Microsoft Entra, where tokens take the place of a key. */
  readonly identity?: EntraIdentity
  /** Of AWS, where a signature takes the place of a key. */
  readonly credentials?: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken?: string
  }
}

/** Where a provider's access comes from, in the words of somebody who sets it. */
export const whereToSet: Readonly<Record<ProviderName, string>> = {
  openai: 'OPENAI_API_KEY',
  azure: 'AZURE_OPENAI_API_KEY and AZURE_OPENAI_ENDPOINT',
  anthropic: 'ANTHROPIC_API_KEY',
  gemini: 'GEMINI_API_KEY',
  vertex: 'GOOGLE_CLOUD_PROJECT and GOOGLE_CLOUD_LOCATION, with GOOGLE_APPLICATION_CREDENTIALS',
  cohere: 'COHERE_API_KEY',
  bedrock: 'AWS_BEARER_TOKEN_BEDROCK or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, with AWS_REGION',
  ollama: 'OLLAMA_HOST',
  'openai-compatible': 'base_url of the deployment',
}

const keySettings: Partial<Record<ProviderName, string>> = {
  openai: 'llm.openai_api_key',
  azure: 'llm.azure_api_key',
  anthropic: 'llm.anthropic_api_key',
  gemini: 'llm.gemini_api_key',
  cohere: 'llm.cohere_api_key',
  bedrock: 'llm.bedrock_api_key',
}

const urlSettings: Partial<Record<ProviderName, string>> = {
  openai: 'llm.openai_base_url',
  azure: 'llm.azure_base_url',
  anthropic: 'llm.anthropic_base_url',
  gemini: 'llm.gemini_base_url',
  vertex: 'llm.vertex_base_url',
  cohere: 'llm.cohere_base_url',
  ollama: 'llm.ollama_host',
}

/** A provider's access by the settings of the profile and its environment. */
export function accessFrom(settings: Settings, provider: ProviderName): Access {
  const read = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : (settings.get(name) as string | undefined) || undefined
  const apiKey = read(keySettings[provider])
  const baseUrl = read(urlSettings[provider])
  if (provider === 'vertex') {
    const region = read('llm.google_location')
    const project = read('llm.google_project')
    const metadataHost = read('llm.google_metadata_host')
    return {
      ...(region ? {region} : {}),
      ...(project ? {project} : {}),
      ...(metadataHost ? {metadataHost} : {}),
      ...(baseUrl ? {baseUrl} : {}),
    }
  }
  if (provider !== 'bedrock') return {...(apiKey ? {apiKey} : {}), ...(baseUrl ? {baseUrl} : {})}
  const region = read('llm.bedrock_region')
  const accessKeyId = read('llm.aws_access_key_id')
  const secretAccessKey = read('llm.aws_secret_access_key')
  const sessionToken = read('llm.aws_session_token')
  return {
    ...(apiKey ? {apiKey} : {}),
    ...(region ? {region} : {}),
    ...(accessKeyId && secretAccessKey
      ? {credentials: {accessKeyId, secretAccessKey, ...(sessionToken ? {sessionToken} : {})}}
      : {}),
  }
}

/** Whether that is enough to ask the provider. */
export function isReachableBy(
  {apiKey, baseUrl, credentials, identity, region}: Access,
  provider: ProviderName,
): boolean {
  switch (provider) {
    case 'openai':
      return apiKey !== undefined || baseUrl !== undefined
    case 'azure':
      return (apiKey !== undefined || identity !== undefined) && baseUrl !== undefined
    case 'bedrock':
      return region !== undefined && (apiKey !== undefined || credentials !== undefined)
    case 'vertex':
      return region !== undefined || apiKey !== undefined
    case 'ollama':
      return true
    case 'openai-compatible':
      return baseUrl !== undefined
    case 'anthropic':
    case 'gemini':
    case 'cohere':
      return apiKey !== undefined
  }
}
