import type {ProviderAdapter} from '../model/provider-adapter.ts'
import {messagesBody} from './anthropic-request.ts'
import {guardedCompletion} from './guarded-completion.ts'
import {askedMessages, openMessages} from './messages.ts'

export interface AnthropicOptions {
  readonly model: string
  readonly apiKey: string
  /** Of another server that speaks Anthropic's Messages, without version. */
  readonly baseUrl?: string | undefined
  readonly newId: () => string
  readonly now: () => Date
}

const OFFICIAL_BASE_URL = 'https://api.anthropic.com'
const API_VERSION = '2023-06-01'
const MESSAGES = '/v1/messages'

/** Anthropic's Messages (https://docs.claude.com/en/api/messages). */
export function anthropic(options: AnthropicOptions): ProviderAdapter {
  const {model, apiKey, baseUrl, newId, now} = options
  const source = {provider: 'anthropic', secrets: [apiKey], now}
  let client: ReturnType<typeof openMessages> | undefined
  return {
    provider: 'anthropic',
    model,
    complete: (request, call) =>
      guardedCompletion(source, call, async function* (exchange) {
        const {body, warnings} = await messagesBody(model, request)
        client ??= openMessages(baseUrl ?? OFFICIAL_BASE_URL, {'x-api-key': apiKey, 'anthropic-version': API_VERSION})
        yield* askedMessages(await client, MESSAGES, {body, warnings}, newId, exchange)
      }),
  }
}
