import {NotConfiguredError} from '@omni-ops/core/operation'
import type {ProviderAdapter, ProviderName} from '../model/provider-adapter.ts'
import {anthropic} from './anthropic.ts'
import {ollama} from './ollama.ts'
import {openAi} from './openai.ts'

export interface AdapterOptions {
  readonly provider: ProviderName
  readonly model: string
  readonly apiKey?: string | undefined
  /** Another address of the provider, or that of a server that speaks its protocol. */
  readonly baseUrl?: string | undefined
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
 * @throws ProviderNotConfiguredError where a key or an address is missing.
 */
export function openAdapter(options: AdapterOptions): ProviderAdapter {
  const {provider, model, apiKey, baseUrl, newId, now} = options
  switch (provider) {
    case 'openai':
      return openAi({model, apiKey: needed(apiKey, provider, 'a key'), baseUrl, newId, now})
    case 'anthropic':
      return anthropic({model, apiKey: needed(apiKey, provider, 'a key'), baseUrl, newId, now})
    case 'ollama':
      return ollama({model, apiKey, host: baseUrl, newId, now})
    default:
      throw new ProviderNotConfiguredError(`${provider} cannot be asked yet`)
  }
}

function needed(value: string | undefined, provider: ProviderName, what: string): string {
  if (value !== undefined && value !== '') return value
  throw new ProviderNotConfiguredError(`${provider} needs ${what}`)
}
