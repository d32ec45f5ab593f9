import type {OpenAI} from 'openai'
import type {ProviderAdapter} from '../model/provider-adapter.ts'
import {chatCompletion} from './chat-completions.ts'
import type {Credentials} from './exchange.ts'
import type {FailureSource} from './failure-classification.ts'
import {guardedCompletion} from './guarded-completion.ts'
import type {OpenAiDialect} from './openai-dialect.ts'
import {needsResponses, openAiResponse} from './openai-responses.ts'

export interface OpenAiAdapterOptions {
  readonly model: string
  readonly dialect: OpenAiDialect
  /** Texts that no message may show. */
  readonly secrets: readonly string[]
  readonly now: () => Date
  /** What each request is made with, where it is not the client's to say. */
  readonly credentials?: (source: FailureSource, limit: number) => Promise<Credentials>
  /** Called with the first request. */
  readonly open: () => Promise<OpenAI>
}

/**
 * A model behind OpenAI's protocol, asked by Chat Completions: every parameter of a completion has its place there, and
 * the answers of all servers have the same shape. Only what a model refuses there goes to Responses.
 */
export function openAiAdapter(options: OpenAiAdapterOptions): ProviderAdapter {
  const {model, dialect, now, credentials, open} = options
  const {provider, hasResponses, baseModel = model} = dialect
  const source: FailureSource = {
    provider,
    now,
    get secrets() {
      return options.secrets
    },
  }
  let client: Promise<OpenAI> | undefined
  return {
    provider,
    model,
    complete: (request, call) =>
      guardedCompletion(source, call, async exchange => {
        if (credentials) exchange.credentials = await credentials(source, call.timeouts.connect)
        client ??= open()
        const ask = hasResponses && needsResponses(baseModel, request) ? openAiResponse : chatCompletion
        return ask(await client, model, request, dialect, exchange)
      }),
  }
}
