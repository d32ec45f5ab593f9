import type {ProviderFault} from './errors.ts'
import {faultOfNetwork, guardedStream} from './guarded-stream.ts'
import type {FinishReason, LanguageModel, LanguageModelEvent, LanguageModelRequest} from './language-model.ts'

export interface AnthropicOptions {
  readonly apiKey: string
  readonly model: string
  /** Of another server that speaks the Anthropic protocol, without version. */
  readonly baseUrl?: string | undefined
  readonly maxRetries: number
  /** Milliseconds to wait for the answer to begin. */
  readonly timeout: number
  readonly silenceLimit: number
}

const OFFICIAL_BASE_URL = 'https://api.anthropic.com'

/** Status of the error types that Anthropic sends inside a stream (https://docs.claude.com/en/api/errors). */
const STATUS_OF_TYPE: Readonly<Record<string, number>> = {
  authentication_error: 401,
  permission_error: 403,
  not_found_error: 404,
  rate_limit_error: 429,
  api_error: 500,
  overloaded_error: 529,
}

/** Anthropic's messages. */
export function anthropic(options: AnthropicOptions): LanguageModel {
  return {
    provider: 'anthropic',
    model: options.model,
    stream: request =>
      guardedStream(
        {
          provider: 'anthropic',
          model: options.model,
          signal: request.signal,
          silenceLimit: options.silenceLimit,
          secrets: [options.apiKey],
          faultOf,
        },
        signal => events(options, request, signal),
      ),
  }
}

async function* events(
  options: AnthropicOptions,
  request: LanguageModelRequest,
  signal: AbortSignal,
): AsyncGenerator<LanguageModelEvent> {
  const {Anthropic} = await import('@anthropic-ai/sdk')
  // Everything the SDK would read from the environment is said here: settings have one source.
  const client = new Anthropic({
    apiKey: options.apiKey,
    authToken: null,
    webhookKey: null,
    baseURL: options.baseUrl ?? OFFICIAL_BASE_URL,
    maxRetries: options.maxRetries,
    timeout: options.timeout,
    logLevel: 'off',
  })
  const stream = await client.messages.create(
    {
      model: options.model,
      max_tokens: request.maxTokens,
      messages: [...request.messages],
      stream: true,
      ...(request.system === undefined ? {} : {system: request.system}),
      // Its scale ends at 1.
      ...(request.temperature === undefined ? {} : {temperature: Math.min(1, request.temperature)}),
    },
    {signal},
  )
  let reason: FinishReason | undefined
  let inputTokens: number | null = null
  let outputTokens: number | null = null
  for await (const event of stream) {
    if (event.type === 'message_start') inputTokens = event.message.usage.input_tokens
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') {
      yield {type: 'text', text: event.delta.text}
    }
    if (event.type === 'message_delta') {
      outputTokens = event.usage.output_tokens
      if (event.delta.stop_reason) reason = reasonOf(event.delta.stop_reason)
    }
  }
  if (reason) yield {type: 'finish', reason, usage: {inputTokens, outputTokens}}
}

function reasonOf(reason: string): FinishReason {
  if (reason === 'max_tokens' || reason === 'model_context_window_exceeded') return 'length'
  return reason === 'refusal' ? 'filter' : 'stop'
}

/** Errors of an answer have a status; those inside a stream have a type instead. */
function faultOf(error: unknown, hasBegun: boolean): ProviderFault | undefined {
  if (!(error instanceof Error)) return undefined
  if ('status' in error && typeof error.status === 'number') {
    return {kind: 'status', status: error.status, message: error.message}
  }
  if ('type' in error && typeof error.type === 'string' && error.type in STATUS_OF_TYPE) {
    return {kind: 'status', status: STATUS_OF_TYPE[error.type]!, message: error.message}
  }
  return faultOfNetwork(error, hasBegun)
}
