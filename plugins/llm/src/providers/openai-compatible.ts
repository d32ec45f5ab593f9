import type {ProviderAdapter} from '../model/provider-adapter.ts'
import {openAiAdapter} from './openai-adapter.ts'
import {openClient} from './openai-client.ts'

export interface OpenAiCompatibleOptions {
  readonly model: string
  /** With its version: `http://127.0.0.1:8000/v1`. */
  readonly baseUrl: string
  /** Many such servers ask for none. */
  readonly apiKey?: string | undefined
  readonly newId: () => string
  readonly now: () => Date
}

/** vLLM, LM Studio, llama.cpp and others that speak Chat Completions; they take `top_k`, which OpenAI does not. */
export function openAiCompatible({model, baseUrl, apiKey, newId, now}: OpenAiCompatibleOptions): ProviderAdapter {
  return openAiAdapter({
    model,
    secrets: apiKey === undefined ? [] : [apiKey],
    now,
    dialect: {
      provider: 'openai-compatible',
      tokenLimit: 'max_tokens',
      userField: 'user',
      hasResponses: false,
      knowsPromptCacheKey: false,
      newId,
    },
    open: () => openClient(baseUrl, apiKey === undefined ? {} : {authorization: `Bearer ${apiKey}`}),
  })
}
