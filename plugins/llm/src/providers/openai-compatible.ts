import type {ProviderAdapter} from '../model/provider-adapter.ts'
import {chatCompletion, type ChatDialect} from './chat-completions.ts'
import {guardedCompletion} from './guarded-completion.ts'
import {openClient} from './openai.ts'

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
export function openAiCompatible(options: OpenAiCompatibleOptions): ProviderAdapter {
  const {model, apiKey, newId, now} = options
  const source = {provider: 'openai-compatible', secrets: apiKey === undefined ? [] : [apiKey], now}
  const dialect: ChatDialect = {
    provider: 'openai-compatible',
    tokenLimit: 'max_tokens',
    userField: 'user',
    knowsPromptCacheKey: false,
    newId,
  }
  let client: ReturnType<typeof openClient> | undefined
  return {
    provider: 'openai-compatible',
    model,
    complete: (request, call) =>
      guardedCompletion(source, call, async function* (exchange) {
        client ??= openClient(options)
        yield* chatCompletion(await client, model, request, dialect, exchange)
      }),
  }
}
