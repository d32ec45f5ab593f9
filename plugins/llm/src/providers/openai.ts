import type {ProviderAdapter} from '../model/provider-adapter.ts'
import {openAiAdapter} from './openai-adapter.ts'
import {openClient} from './openai-client.ts'

export interface OpenAiOptions {
  readonly model: string
  readonly apiKey: string
  /** Another address of the same service, with its version. */
  readonly baseUrl?: string | undefined
  readonly project?: string | undefined
  readonly newId: () => string
  readonly now: () => Date
}

const OFFICIAL_BASE_URL = 'https://api.openai.com/v1'

/** OpenAI's own service. */
export function openAi({model, apiKey, baseUrl, project, newId, now}: OpenAiOptions): ProviderAdapter {
  const headers = {
    authorization: `Bearer ${apiKey}`,
    ...(project === undefined ? {} : {'openai-project': project}),
  }
  return openAiAdapter({
    model,
    secrets: [apiKey],
    now,
    dialect: {
      provider: 'openai',
      tokenLimit: 'max_completion_tokens',
      userField: 'safety_identifier',
      hasResponses: true,
      knowsPromptCacheKey: true,
      newId,
    },
    open: () => openClient(baseUrl ?? OFFICIAL_BASE_URL, headers),
  })
}
