import type {ProviderName} from '../model/provider-adapter.ts'

/** The providers' names in the list of `@pydantic/genai-prices`; servers of one's own are not on it. */
export const LISTED_PROVIDERS: Readonly<Partial<Record<ProviderName, string>>> = {
  openai: 'openai',
  azure: 'azure',
  anthropic: 'anthropic',
  gemini: 'google',
  vertex: 'google',
  cohere: 'cohere',
  bedrock: 'aws',
}
