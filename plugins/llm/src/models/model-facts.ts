import type {Capability, ProviderName} from '../model/provider-adapter.ts'
import {LISTED_PROVIDERS} from '../pricing/listed-providers.ts'
import {familyOf} from './model-families.ts'

/** What is known of a model; null for what is not. */
export interface ModelFacts {
  readonly capabilities: readonly Capability[] | null
  /** Tokens of a prompt and its answer together. */
  readonly contextTokens: number | null
  readonly maxOutputTokens: number | null
}

/**
 * What a model can do and hold: by the table of families, and by the price list of `@pydantic/genai-prices`, which
 * knows the context of more models than the table.
 */
export async function modelFacts(provider: ProviderName, model: string): Promise<ModelFacts> {
  const family = familyOf(provider, model)
  return {
    capabilities: family?.capabilities ?? null,
    contextTokens: family?.contextTokens ?? (await listedContext(provider, model)),
    maxOutputTokens: family?.maxOutputTokens ?? null,
  }
}

async function listedContext(provider: ProviderName, model: string): Promise<number | null> {
  const providerId = LISTED_PROVIDERS[provider]
  if (providerId === undefined) return null
  const {calcPrice} = await import('@pydantic/genai-prices')
  return calcPrice({input_tokens: 0, output_tokens: 0}, model, {providerId})?.model.context_window ?? null
}
