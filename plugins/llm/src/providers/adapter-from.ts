import {NotConfiguredError} from '@omni-ops/core/operation'
import type {ProviderAdapter, ProviderName} from '../model/provider-adapter.ts'
import {anthropic} from './anthropic.ts'
import {azure} from './azure.ts'
import {bedrock, type BedrockCredentials} from './bedrock.ts'
import {cohere} from './cohere.ts'
import {gemini} from './gemini.ts'
import {ollama} from './ollama.ts'
import {openAiCompatible} from './openai-compatible.ts'
import {openAi} from './openai.ts'

export interface AdapterOptions {
  readonly provider: ProviderName
  /** For Azure the deployment's name. */
  readonly model: string
  /** The model that answers, where `model` does not say: an Azure deployment. */
  readonly baseModel?: string | undefined
  readonly apiKey?: string | undefined
  /** Bedrock's, where it has no API key. */
  readonly credentials?: BedrockCredentials | undefined
  /** Another address of the provider, or that of a server that speaks its protocol; Azure's endpoint. */
  readonly baseUrl?: string | undefined
  /** Bedrock's. */
  readonly region?: string | undefined
  /** Azure's, if another than v1. */
  readonly apiVersion?: string | undefined
  /** OpenAI's. */
  readonly organization?: string | undefined
  readonly project?: string | undefined
  /** Unique texts of letters, digits and hyphens, for the ids of tool calls. */
  readonly newId: () => string
  readonly now: () => Date
}

/** A provider lacks what it needs to be asked. */
export class ProviderNotConfiguredError extends NotConfiguredError {
  override readonly code = 'llm_not_configured'
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
    case 'openai': {
      const {organization, project} = options
      return openAi({...shared, apiKey: need(apiKey, 'a key'), baseUrl, organization, project})
    }
    case 'azure': {
      const endpoint = need(baseUrl, 'the endpoint of its resource')
      const {baseModel, apiVersion} = options
      return azure({...shared, baseModel, apiKey: need(apiKey, 'a key'), endpoint, apiVersion})
    }
    case 'anthropic':
      return anthropic({...shared, apiKey: need(apiKey, 'a key'), baseUrl})
    case 'gemini':
      return gemini({...shared, apiKey: need(apiKey, 'a key'), baseUrl})
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

function needed(value: string | undefined, provider: ProviderName, what: string): string {
  if (value !== undefined && value !== '') return value
  throw new ProviderNotConfiguredError(`${provider} needs ${what}`, {
    hint: `give the deployment ${what}`,
    details: {provider},
  })
}
