import type {ProviderAdapter} from '../model/provider-adapter.ts'
import {chatCompletion, type ChatDialect} from './chat-completions.ts'
import {sharedFetch} from './exchange.ts'
import {guardedCompletion} from './guarded-completion.ts'
import {LONGEST_TIMEOUT} from './openai.ts'

export interface AzureOptions {
  /** The name of the deployment at Azure, which is its own and need not be the model's. */
  readonly model: string
  readonly apiKey: string
  /** Of the resource: `https://example.openai.azure.com`. */
  readonly endpoint: string
  readonly apiVersion?: string | undefined
  readonly newId: () => string
  readonly now: () => Date
}

/**
 * The last version of the dated data plane that is generally available
 * (https://learn.microsoft.com/azure/ai-services/openai/api-version-lifecycle).
 */
const API_VERSION = '2024-10-21'

/** OpenAI's models at Azure. */
export function azure(options: AzureOptions): ProviderAdapter {
  const {model, apiKey, newId, now} = options
  const source = {provider: 'azure', secrets: [apiKey], now}
  const dialect: ChatDialect = {
    provider: 'azure',
    tokenLimit: 'max_completion_tokens',
    userField: 'user',
    // OpenAI has had the parameter since 2025. Azure refuses what its version does not know.
    knowsPromptCacheKey: (options.apiVersion ?? API_VERSION) > '2025-03',
    newId,
  }
  let client: ReturnType<typeof openClient> | undefined
  return {
    provider: 'azure',
    model,
    complete: (request, call) =>
      guardedCompletion(source, call, async function* (exchange) {
        client ??= openClient(options)
        yield* chatCompletion(await client, model, request, dialect, exchange)
      }),
  }
}

async function openClient({model, apiKey, endpoint, apiVersion}: AzureOptions) {
  const {AzureOpenAI} = await import('openai')
  // Everything the SDK would read from the environment is said here. It refuses an endpoint beside a base URL, even the
  // environment's, so that the address is given as the latter.
  return new AzureOpenAI({
    apiKey,
    apiVersion: apiVersion ?? API_VERSION,
    baseURL: `${endpoint.replace(/\/+$/, '')}/openai`,
    deployment: model,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    maxRetries: 0,
    timeout: LONGEST_TIMEOUT,
    logLevel: 'off',
    fetch: sharedFetch({'api-key': apiKey}),
  })
}
