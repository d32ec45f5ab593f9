import type {ProviderAdapter, ProviderName} from '../model/provider-adapter.ts'
import {anthropic} from './anthropic.ts'
import {azure} from './azure.ts'
import {bedrock, type BedrockCredentials} from './bedrock.ts'
import {cohere} from './cohere.ts'
import type {EntraIdentity} from './entra-identity.ts'
import {gemini} from './gemini.ts'
import {googleCredentials, isCredentialsFile} from './google-credentials.ts'
import {ProviderNotConfiguredError} from './not-configured-error.ts'
import {ollama} from './ollama.ts'
import {openAiCompatible} from './openai-compatible.ts'
import {openAi} from './openai.ts'
import {vertex} from './vertex.ts'

export interface AdapterOptions {
  readonly provider: ProviderName
  /** For Azure the deployment's name. */
  readonly model: string
  /** The model that answers, where `model` does not say: an Azure deployment. */
  readonly baseModel?: string | undefined
  /** For Vertex AI also credentials as JSON; without either, the metadata server is asked. */
  readonly apiKey?: string | undefined
  /** Azure's, where tokens of Microsoft Entra take the place of a key. */
  readonly identity?: EntraIdentity | undefined
  /** Bedrock's, where it has no API key. */
  readonly credentials?: BedrockCredentials | undefined
  /** Another address of the provider, or that of a server that speaks its protocol; Azure's endpoint. */
  readonly baseUrl?: string | undefined
  /** Bedrock's, and the location of Vertex AI. */
  readonly region?: string | undefined
  /** Azure's, if another than v1. */
  readonly apiVersion?: string | undefined
  /** OpenAI's, or Google Cloud's. */
  readonly project?: string | undefined
  /** Of the machine of Google Cloud that this runs on, if another than the usual one. */
  readonly metadataHost?: string | undefined
  /** Unique texts of letters, digits and hyphens, for the ids of tool calls. */
  readonly newId: () => string
  readonly now: () => Date
}

/**
 * The adapter of one model at one provider. Nothing is loaded or sent before its first call.
 *
 * @throws ProviderNotConfiguredError where a key, an address or a region is missing.
 */
export function openAdapter(options: AdapterOptions): ProviderAdapter {
  const {provider, model, apiKey, baseUrl, newId, now} = options
  const shared = {model, newId, now}
  const need = (value: string | undefined, what: string): string => needed(value, provider, what)
  switch (provider) {
    case 'openai':
      return openAi({...shared, apiKey: need(apiKey, 'a key'), baseUrl, project: options.project})
    case 'azure': {
      const endpoint = need(baseUrl, 'the endpoint of its resource')
      const {baseModel, apiVersion} = options
      const access = options.identity ?? need(apiKey, 'a key')
      return azure({...shared, baseModel, access, endpoint, apiVersion})
    }
    case 'anthropic':
      return anthropic({...shared, apiKey: need(apiKey, 'a key'), baseUrl})
    case 'gemini':
      return gemini({...shared, apiKey: need(apiKey, 'a key'), baseUrl})
    case 'vertex':
      return vertex({
        ...shared,
        credentials: vertexCredentials(options),
        project: options.project,
        location: options.region,
        baseUrl,
      })
    case 'cohere':
      return cohere({...shared, apiKey: need(apiKey, 'a key'), baseUrl})
    case 'bedrock': {
      const credentials = options.credentials ?? {apiKey: need(apiKey, 'credentials')}
      return bedrock({...shared, region: need(options.region, 'a region'), credentials, baseUrl})
    }
    case 'ollama':
      return ollama({...shared, apiKey, host: baseUrl})
    case 'openai-compatible':
      return openAiCompatible({...shared, baseUrl: need(baseUrl, 'the address of its server'), apiKey})
  }
}

function vertexCredentials({apiKey, metadataHost = 'metadata.google.internal'}: AdapterOptions) {
  if (apiKey === undefined) {
    return {kind: 'metadata-server', host: metadataHost, project: undefined, secrets: []} as const
  }
  return isCredentialsFile(apiKey) ? googleCredentials(apiKey) : apiKey
}

function needed(value: string | undefined, provider: ProviderName, what: string): string {
  if (value !== undefined && value !== '') return value
  throw new ProviderNotConfiguredError(`${provider} needs ${what}`, {
    hint: `give the deployment ${what}`,
    details: {provider},
  })
}
