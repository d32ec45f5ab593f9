import type {OpenAI} from 'openai'
import type {ProviderAdapter} from '../model/provider-adapter.ts'
import {chatCompletion} from './chat-completions.ts'
import {guardedCompletion} from './guarded-completion.ts'
import type {OpenAiDialect} from './openai-dialect.ts'
import {needsResponses, openAiResponse} from './openai-responses.ts'

export interface OpenAiAdapterOptions {
  readonly model: string
  readonly dialect: OpenAiDialect
  /** Texts that no message may show. */
  readonly secrets: readonly string[]
  readonly now: () => Date
  /** Called with the first request. */
  readonly open: () => Promise<OpenAI>
}

/**
 * A model behind OpenAI's protocol, asked by Chat Completions: every parameter of a completion has its place there, and
 * the answers of all servers have the same shape. Only what a model refuses there goes to Responses.
 */
export function openAiAdapter({model, dialect, secrets, now, open}: OpenAiAdapterOptions): ProviderAdapter {
  const {provider, hasResponses, baseModel = model} = dialect
  const source = {provider, secrets, now}
  let client: Promise<OpenAI> | undefined
  return {
    provider,
    model,
    complete: (request, call) =>
      guardedCompletion(source, call, async exchange => {
        client ??= open()
        const ask = hasResponses && needsResponses(baseModel, request) ? openAiResponse : chatCompletion
        return ask(await client, model, request, dialect, exchange)
      }),
  }
}
