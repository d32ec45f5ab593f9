import type {ChatRequest, ChatResponse, Message, Ollama} from 'ollama'
import {instructionsText} from '../model/cache-breakpoints.ts'
import type {CompletionEvent, CompletionUsage, CompletionWarning} from '../model/completion-event.ts'
import type {CompletionMessage, CompletionRequest} from '../model/completion-request.ts'
import type {ProviderAdapter} from '../model/provider-adapter.ts'
import {type Exchange, exchangeFetch} from './exchange.ts'
import {brokenAnswer, failureInside} from './failure-classification.ts'
import {guardedCompletion} from './guarded-completion.ts'
import {checkedJsonLines} from './json-lines.ts'
import {OpenBlocks} from './open-blocks.ts'
import {PROMPT_CACHE, takenBreakpoints} from './prompt-cache.ts'
import {
  base64Of,
  defined,
  ignoredDetail,
  ignoredParameters,
  ignoredStrictness,
  ignoredSummary,
  inputObject,
  type SaidPart,
  textOf,
} from './request-parameters.ts'

export interface OllamaOptions {
  readonly model: string
  /** Where it listens, as in OLLAMA_HOST: `127.0.0.1:11434`, `http://gpu.example:11434`. */
  readonly host?: string | undefined
  /** For one behind a proxy that asks for it, and for ollama.com. */
  readonly apiKey?: string | undefined
  readonly newId: () => string
  readonly now: () => Date
}

/** A model served by Ollama (https://docs.ollama.com/api/chat). */
export function ollama(options: OllamaOptions): ProviderAdapter {
  const {model, apiKey, newId, now} = options
  const source = {provider: 'ollama', secrets: apiKey === undefined ? [] : [apiKey], now}
  return {
    provider: 'ollama',
    model,
    complete: (request, call) =>
      guardedCompletion(source, call, async function* (exchange) {
        const {body, warnings} = chatRequest(model, request)
        const client = await openClient(options, exchange)
        const blocks = new OpenBlocks(newId)
        if (call.stream) yield* streamedAnswer(await client.chat({...body, stream: true}), warnings, blocks, exchange)
        else yield* wholeAnswer(await client.chat({...body, stream: false}), warnings, blocks, exchange)
      }),
  }
}

async function openClient({host, apiKey}: OllamaOptions, exchange: Exchange): Promise<Ollama> {
  const {Ollama} = await import('ollama')
  const send = exchangeFetch(exchange, apiKey === undefined ? {} : {authorization: `Bearer ${apiKey}`})
  return new Ollama({
    ...(host === undefined ? {} : {host: reachable(host)}),
    fetch: async (input, init) => {
      const response = await send(input, init)
      if (!exchange.call.stream || !response.body) return response
      return new Response(checkedJsonLines(response.body, exchange.alive), {status: response.status})
    },
  })
}

/** A server told to listen on every address is reached on this machine's own. */
function reachable(host: string): string {
  return host.replace(/(^|\/\/)0\.0\.0\.0(?=[:/]|$)/, '$1127.0.0.1')
}

function chatRequest(model: string, request: CompletionRequest): {body: ChatRequest; warnings: CompletionWarning[]} {
  const warnings = ignoredParameters('ollama', request, ['user', 'parallelToolCalls', ...PROMPT_CACHE])
  takenBreakpoints('ollama', request, undefined, warnings)
  warnings.push(
    ...ignoredDetail('ollama', request),
    ...ignoredStrictness('ollama', request),
    ...ignoredSummary('ollama', request),
  )
  const {toolChoice, responseFormat: format, reasoningEffort: effort} = request
  if (request.tools?.length && toolChoice !== undefined && toolChoice !== 'auto' && toolChoice !== 'none') {
    warnings.push({parameter: 'toolChoice', message: 'ollama cannot be made to call a tool; the model decides'})
  }
  const body = defined({
    model,
    messages: messagesOf(request),
    // Without tools no tool can be called.
    tools: toolChoice === 'none' ? undefined : toolsOf(request),
    format: format?.type === 'schema' ? format.schema : format && 'json',
    think: effort === undefined ? undefined : thinkOf(effort),
    options: defined({
      num_predict: request.maxOutputTokens,
      temperature: request.temperature,
      top_p: request.topP,
      top_k: request.topK,
      stop: request.stop && [...request.stop],
      seed: request.seed,
      frequency_penalty: request.frequencyPenalty,
      presence_penalty: request.presencePenalty,
    }),
  })
  return {body, warnings}
}

function thinkOf(effort: NonNullable<CompletionRequest['reasoningEffort']>): boolean | 'low' | 'medium' | 'high' {
  if (effort === 'none') return false
  return effort === 'minimal' ? 'low' : effort
}

function toolsOf({tools}: CompletionRequest): ChatRequest['tools'] | undefined {
  if (!tools?.length) return undefined
  return tools.map(({name, description, inputSchema}) => ({
    type: 'function',
    function: defined({name, description, parameters: inputSchema}),
  }))
}

function messagesOf({system, messages}: CompletionRequest): Message[] {
  const instructions = instructionsText(system)
  const first = instructions === undefined ? [] : [{role: 'system', content: instructions}]
  return [...first, ...messages.flatMap(messageOf)]
}

function messageOf(message: CompletionMessage): Message[] {
  if (message.role === 'tool') {
    return message.content.map(({name, content, isError}) => ({
      role: 'tool',
      tool_name: name,
      content: `${isError ? 'Error: ' : ''}${textOf(content)}`,
      ...imagesOf(content),
    }))
  }
  if (message.role === 'user') return [{role: 'user', content: textOf(message.content), ...imagesOf(message.content)}]
  const calls = message.content.filter(part => part.type === 'tool-call')
  return [
    {
      role: 'assistant',
      content: textOf(message.content),
      ...(calls.length === 0
        ? {}
        : {tool_calls: calls.map(call => ({function: {name: call.name, arguments: inputObject(call)}}))}),
    },
  ]
}

function imagesOf(parts: readonly SaidPart[]): {images?: string[]} {
  const images = parts.flatMap(part => (part.type === 'image' ? [base64Of(part)] : []))
  return images.length === 0 ? {} : {images}
}

function* wholeAnswer(
  answer: ChatResponse & {error?: unknown},
  warnings: readonly CompletionWarning[],
  blocks: OpenBlocks,
  exchange: Exchange,
): Generator<CompletionEvent> {
  if (answer.error) throw failureInside(answer, exchange.source)
  if (!answer.done) throw brokenAnswer('an answer that is not done', exchange.source)
  yield {type: 'start', model: answer.model ?? null, warnings}
  yield* piecesOf(answer, blocks)
  yield* blocks.end()
  yield finish(answer, blocks)
}

async function* streamedAnswer(
  stream: AsyncIterable<ChatResponse>,
  warnings: readonly CompletionWarning[],
  blocks: OpenBlocks,
  exchange: Exchange,
): AsyncGenerator<CompletionEvent> {
  let isStarted = false
  try {
    for await (const part of stream) {
      if (!isStarted) yield {type: 'start', model: part.model ?? null, warnings}
      isStarted = true
      yield* piecesOf(part, blocks)
      if (!part.done) continue
      yield* blocks.end()
      yield finish(part, blocks)
      return
    }
  } catch (error) {
    // The client throws what Ollama says inside the stream as an error without a cause, and one for a missing end.
    if (error instanceof Error && error.constructor === Error && error.cause === undefined) {
      if (error.message.startsWith('Did not receive done')) return
      throw failureInside({error: error.message}, exchange.source)
    }
    throw error
  }
}

function* piecesOf({message}: ChatResponse, blocks: OpenBlocks): Generator<CompletionEvent> {
  if (!message) return
  yield* blocks.prose('reasoning', message.thinking ?? '')
  yield* blocks.prose('text', message.content ?? '')
  for (const call of message.tool_calls ?? []) {
    yield* blocks.wholeTool(call.function.name, JSON.stringify(call.function.arguments))
  }
}

function finish(answer: ChatResponse, blocks: OpenBlocks): CompletionEvent {
  const raw = answer.done_reason ?? null
  const unified = raw === 'length' ? 'length' : blocks.hasCalledTools ? 'tool-calls' : raw === 'stop' ? 'stop' : 'other'
  return {type: 'finish', reason: {unified, raw}, usage: usageOf(answer)}
}

/** Ollama counts the prompt without saying what its cache spared, and thoughts with the answer. */
function usageOf({prompt_eval_count, eval_count}: ChatResponse): CompletionUsage {
  const input = prompt_eval_count ?? null
  const output = eval_count ?? null
  return {
    input: {total: input, noCache: input, cacheRead: null, cacheWrite: null},
    output: {total: output, text: null, reasoning: null},
    raw: {prompt_eval_count: input, eval_count: output},
  }
}
