import type {Context} from '@omni-ops/core/operation'

/** How a server of the OpenAI protocol is reached. */
export interface OpenAiAccess {
  readonly baseUrl: string
  readonly apiKey: string | undefined
  /** It is OpenAI itself, whose models, limits and prices are known. */
  readonly isVendor: boolean
}

const vendorUrl = 'https://api.openai.com/v1'

/**
 * The server that a setting names, else that of the language models, else OpenAI where there is a key for it; undefined
 * where nothing is configured.
 */
export function openAiAccess(settings: Context['settings'], own: string): OpenAiAccess | undefined {
  const baseUrl = textOf(settings, own) ?? textOf(settings, 'llm.openai_base_url')
  const apiKey = textOf(settings, 'llm.openai_api_key')
  if (baseUrl === undefined && apiKey === undefined) return undefined
  const address = baseUrl ?? vendorUrl
  return {baseUrl: address, apiKey, isVendor: URL.parse(address)?.hostname === 'api.openai.com'}
}

export function authorization({apiKey}: OpenAiAccess): Record<string, string> {
  return apiKey === undefined ? {} : {authorization: `Bearer ${apiKey}`}
}

/** A setting that holds a text; undefined where it is empty too. */
export function textOf(settings: Context['settings'], name: string): string | undefined {
  return (settings.get(name) as string | undefined) || undefined
}
