import type {ProviderAdapter} from '../model/provider-adapter.ts'
import {chatCompletion, type ChatDialect} from './chat-completions.ts'
import {guardedCompletion} from './guarded-completion.ts'
import {needsResponses, openAiResponse} from './openai-responses.ts'

export interface OpenAiOptions {
  readonly model: string
  readonly apiKey: string
  /** Another address of the same service, with its version. */
  readonly baseUrl?: string | undefined
  readonly organization?: string | undefined
  readonly project?: string | undefined
  readonly newId: () => string
  readonly now: () => Date
}

const OFFICIAL_BASE_URL = 'https://api.openai.com/v1'

/**
 * OpenAI, by Chat Completions: every parameter of a completion has its place there, and the answers of other servers
 * have the same shape. Only what newer models refuse there goes to Responses.
 */
export function openAi(options: OpenAiOptions): ProviderAdapter {
  const {model, apiKey, newId, now} = options
  const source = {provider: 'openai', secrets: [apiKey], now}
  const dialect: ChatDialect = {
    provider: 'openai',
    tokenLimit: 'max_completion_tokens',
    userField: 'safety_identifier',
    knowsPromptCacheKey: true,
    newId,
  }
  let client: ReturnType<typeof openClient> | undefined
  return {
    provider: 'openai',
    model,
    complete: (request, call) =>
      guardedCompletion(source, call, async function* (exchange) {
        client ??= openClient(options)
        if (needsResponses(model, request)) yield* openAiResponse(await client, model, request, newId, exchange)
        else yield* chatCompletion(await client, model, request, dialect, exchange)
      }),
  }
}

/** Where a client goes and as whom. */
interface ClientOptions {
  readonly apiKey?: string | undefined
  readonly baseUrl?: string | undefined
  readonly organization?: string | undefined
  readonly project?: string | undefined
}

export async function openClient({apiKey, baseUrl, organization, project}: ClientOptions) {
  const {DirectOpenAI} = await import('./direct-openai.ts')
  // Everything the SDK would read from the environment is said here: settings have one source.
  const settings = {
    apiKey: apiKey ?? 'none',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: baseUrl ?? OFFICIAL_BASE_URL,
    maxRetries: 0,
    timeout: LONGEST_TIMEOUT,
    logLevel: 'off',
  } as const
  return new DirectOpenAI(settings, {
    ...(apiKey === undefined ? {} : {authorization: `Bearer ${apiKey}`}),
    ...(organization === undefined ? {} : {'openai-organization': organization}),
    ...(project === undefined ? {} : {'openai-project': project}),
  })
}

/** The time limits are the guard's; the SDK wants a number all the same. */
export const LONGEST_TIMEOUT = 2 ** 31 - 1
