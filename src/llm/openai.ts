import type {ChatCompletionCreateParamsStreaming} from 'openai/resources/chat/completions'
import type {ProviderFault} from './errors.ts'
import {faultOfNetwork, guardedStream} from './guarded-stream.ts'
import type {FinishReason, LanguageModel, LanguageModelEvent, LanguageModelRequest} from './language-model.ts'

export interface OpenAiOptions {
  /** May be missing where `baseUrl` names a server of one's own that asks for none. */
  readonly apiKey?: string | undefined
  readonly model: string
  /** Of a server that speaks the OpenAI protocol, with its version: `http://127.0.0.1:8000/v1`. */
  readonly baseUrl?: string | undefined
  readonly maxRetries: number
  /** Milliseconds to wait for the answer to begin. */
  readonly timeout: number
  readonly silenceLimit: number
}

const OFFICIAL_BASE_URL = 'https://api.openai.com/v1'

/** OpenAI's chat completions, which other servers (vLLM, llama.cpp, LM Studio, gateways) speak as well. */
export function openAi(options: OpenAiOptions): LanguageModel {
  return {
    provider: 'openai',
    model: options.model,
    stream: request =>
      guardedStream(
        {
          provider: 'openai',
          model: options.model,
          signal: request.signal,
          silenceLimit: options.silenceLimit,
          secrets: [options.apiKey ?? ''],
          faultOf,
        },
        signal => events(options, request, signal),
      ),
  }
}

async function* events(
  options: OpenAiOptions,
  request: LanguageModelRequest,
  signal: AbortSignal,
): AsyncGenerator<LanguageModelEvent> {
  const {OpenAI} = await import('openai')
  // Everything the SDK would read from the environment is said here: settings have one source.
  const client = new OpenAI({
    apiKey: options.apiKey ?? 'none',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: options.baseUrl ?? OFFICIAL_BASE_URL,
    maxRetries: options.maxRetries,
    timeout: options.timeout,
    logLevel: 'off',
  })
  const stream = await client.chat.completions.create(bodyOf(options, request), {signal})
  let reason: FinishReason | undefined
  let usage = {inputTokens: null as number | null, outputTokens: null as number | null}
  for await (const chunk of stream) {
    const choice = chunk.choices[0]
    const text = choice?.delta?.content
    if (text) yield {type: 'text', text}
    if (choice?.finish_reason) reason = reasonOf(choice.finish_reason)
    // The usage comes in a chunk of its own after the last piece of text.
    if (chunk.usage) usage = {inputTokens: chunk.usage.prompt_tokens, outputTokens: chunk.usage.completion_tokens}
  }
  if (reason) yield {type: 'finish', reason, usage}
}

function bodyOf(options: OpenAiOptions, request: LanguageModelRequest): ChatCompletionCreateParamsStreaming {
  const system = request.system === undefined ? [] : [{role: 'system' as const, content: request.system}]
  return {
    model: options.model,
    messages: [...system, ...request.messages],
    stream: true,
    stream_options: {include_usage: true},
    // OpenAI's own reasoning models refuse the older name, which is all that many other servers know.
    ...(options.baseUrl === undefined ? {max_completion_tokens: request.maxTokens} : {max_tokens: request.maxTokens}),
    ...(request.temperature === undefined ? {} : {temperature: request.temperature}),
  }
}

function reasonOf(reason: string): FinishReason {
  if (reason === 'length') return 'length'
  return reason === 'content_filter' ? 'filter' : 'stop'
}

/** The SDK's errors carry an HTTP status where there was an answer; errors inside the stream have none. */
function faultOf(error: unknown, hasBegun: boolean): ProviderFault | undefined {
  if (!(error instanceof Error)) return undefined
  if ('status' in error && typeof error.status === 'number') {
    return {kind: 'status', status: error.status, message: error.message}
  }
  return faultOfNetwork(error, hasBegun)
}
