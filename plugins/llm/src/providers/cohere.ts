import type {Cohere, CohereClientV2} from 'cohere-ai'
import {instructionsText} from '../model/cache-breakpoints.ts'
import type {CompletionEvent, CompletionUsage, CompletionWarning, FinishReason} from '../model/completion-event.ts'
import type {CompletionMessage, CompletionRequest, ImagePart, TextPart} from '../model/completion-request.ts'
import type {ProviderAdapter} from '../model/provider-adapter.ts'
import {type Exchange, exchangeFetch} from './exchange.ts'
import {brokenAnswer} from './failure-classification.ts'
import {guardedCompletion} from './guarded-completion.ts'
import {OpenBlocks} from './open-blocks.ts'
import {PROMPT_CACHE, takenBreakpoints} from './prompt-cache.ts'
import {
  clamped,
  dataUrlOf,
  defined,
  ignoredParameters,
  ignoredStrictness,
  ignoredSummary,
} from './request-parameters.ts'
import {cleanedEvents} from './server-sent-events.ts'
import {wireId} from './tool-call-ids.ts'

export interface CohereOptions {
  readonly model: string
  readonly apiKey: string
  /** Of another server that speaks Cohere's API, without version. */
  readonly baseUrl?: string | undefined
  readonly newId: () => string
  readonly now: () => Date
}

const OFFICIAL_BASE_URL = 'https://api.cohere.com'

/** Cohere's Chat, version 2 (https://docs.cohere.com/reference/chat). */
export function cohere(options: CohereOptions): ProviderAdapter {
  const {model, apiKey, newId, now} = options
  const source = {provider: 'cohere', secrets: [apiKey], now}
  return {
    provider: 'cohere',
    model,
    complete: (request, call) =>
      guardedCompletion(source, call, async function* (exchange) {
        const {body, warnings} = chatRequest(model, request)
        const client = await openClient(options, exchange)
        const answer = new CohereAnswer(warnings, newId, exchange)
        const settings = {abortSignal: exchange.signal}
        if (call.stream) {
          for await (const event of await client.chatStream(body, settings)) yield* answer.event(event)
        } else {
          yield* answer.whole(await client.chat(body, settings))
        }
      }),
  }
}

async function openClient({apiKey, baseUrl}: CohereOptions, exchange: Exchange): Promise<CohereClientV2> {
  const {CohereClientV2} = await import('cohere-ai')
  const send = exchangeFetch(exchange, {authorization: `Bearer ${apiKey}`, 'x-client-name': 'omni'})
  return new CohereClientV2({
    token: apiKey,
    baseUrl: baseUrl ?? OFFICIAL_BASE_URL,
    maxRetries: 0,
    timeoutInSeconds: LONGEST_TIMEOUT_SECONDS,
    fetch: async (input, init) => {
      const response = await send(input, init)
      if (!exchange.call.stream || !response.body) return response
      return new Response(
        cleanedEvents(response.body, exchange.alive, () => undefined),
        {
          status: response.status,
          headers: {'content-type': 'text/event-stream'},
        },
      )
    },
  })
}

/** The time limits are the guard's; the SDK wants a number all the same. */
const LONGEST_TIMEOUT_SECONDS = Math.floor((2 ** 31 - 1) / 1000)

function chatRequest(
  model: string,
  request: CompletionRequest,
): {body: Cohere.V2ChatRequest; warnings: CompletionWarning[]} {
  const warnings = ignoredParameters('cohere', request, ['user', 'parallelToolCalls', ...PROMPT_CACHE])
  takenBreakpoints('cohere', request, undefined, warnings)
  warnings.push(...ignoredSummary('cohere', request))
  // Strict are all of its tools or none.
  if (!request.tools?.every(({strict}) => strict)) warnings.push(...ignoredStrictness('cohere', request))
  const {responseFormat: format, temperature, frequencyPenalty, presencePenalty} = request
  const body = defined({
    model,
    messages: messagesOf(request),
    maxTokens: request.maxOutputTokens,
    temperature: temperature === undefined ? undefined : clamped('temperature', temperature, 1, warnings),
    p: request.topP,
    k: request.topK,
    stopSequences: request.stop && [...request.stop],
    seed: request.seed,
    frequencyPenalty:
      frequencyPenalty === undefined ? undefined : penalty('frequencyPenalty', frequencyPenalty, warnings),
    presencePenalty: presencePenalty === undefined ? undefined : penalty('presencePenalty', presencePenalty, warnings),
    responseFormat: format && formatOf(format),
    thinking: thinkingOf(request.reasoningEffort, warnings),
    ...toolParameters(request),
  }) as Cohere.V2ChatRequest
  return {body, warnings}
}

/** Cohere's penalties go from 0 to 1. */
function penalty(parameter: 'frequencyPenalty' | 'presencePenalty', value: number, warnings: CompletionWarning[]) {
  if (value >= 0) return clamped(parameter, value, 1, warnings)
  warnings.push({parameter, message: `${parameter} begins at 0 here; ${value} was brought up to it`})
  return 0
}

function formatOf(format: NonNullable<CompletionRequest['responseFormat']>): Cohere.ResponseFormatV2 {
  if (format.type === 'json') return {type: 'json_object'}
  return {type: 'json_object', jsonSchema: format.schema as Record<string, unknown>}
}

/** Thinking is on or off, with a budget of tokens (https://docs.cohere.com/docs/reasoning). */
const BUDGETS = {minimal: 512, low: 2048, medium: 8192, high: 24_576} as const

function thinkingOf(
  effort: CompletionRequest['reasoningEffort'],
  warnings: CompletionWarning[],
): Cohere.Thinking | undefined {
  if (effort === undefined) return undefined
  if (effort === 'none') return {type: 'disabled'}
  warnings.push({parameter: 'reasoningEffort', message: `cohere has budgets instead: ${BUDGETS[effort]} tokens`})
  return {type: 'enabled', tokenBudget: BUDGETS[effort]}
}

function toolParameters({tools, toolChoice, toolChoice: choice}: CompletionRequest) {
  if (!tools?.length) return {}
  // Where one tool is wanted, it alone is offered and must be called.
  const offered = typeof choice === 'object' ? tools.filter(({name}) => name === choice.tool) : tools
  return {
    tools: offered.map(({name, description, inputSchema}) => ({
      type: 'function' as const,
      function: defined({name, description, parameters: inputSchema as Record<string, unknown>}),
    })),
    strictTools: tools.every(({strict}) => strict) ? true : undefined,
    toolChoice:
      toolChoice === undefined || toolChoice === 'auto'
        ? undefined
        : toolChoice === 'none'
          ? ('NONE' as const)
          : ('REQUIRED' as const),
  }
}

function messagesOf({system, messages}: CompletionRequest): Cohere.ChatMessages {
  const instructions = instructionsText(system)
  const first = instructions === undefined ? [] : [{role: 'system' as const, content: instructions}]
  return [...first, ...messages.flatMap(messageOf)]
}

function messageOf(message: CompletionMessage): Cohere.ChatMessageV2[] {
  switch (message.role) {
    case 'user':
      return [{role: 'user', content: contentOf(message.content)}]
    case 'assistant': {
      const calls = message.content.filter(part => part.type === 'tool-call')
      const text = textOf(message.content)
      return [
        defined({
          role: 'assistant' as const,
          content: calls.length > 0 && text === '' ? undefined : text,
          toolCalls:
            calls.length === 0
              ? undefined
              : calls.map(({id, name, input}) => ({
                  id: wireId(id),
                  type: 'function' as const,
                  function: {name, arguments: input === '' ? '{}' : input},
                })),
        }),
      ]
    }
    case 'tool': {
      const answers = message.content.map(({id, content, isError}) => ({
        role: 'tool' as const,
        toolCallId: wireId(id),
        content: `${isError ? 'Error: ' : ''}${textOf(content)}`,
      }))
      // A tool's answer is text; pictures of it follow in the user's name.
      const images = message.content.flatMap(({content}) => content.filter(part => part.type === 'image'))
      return images.length === 0 ? answers : [...answers, {role: 'user', content: contentOf(images)}]
    }
  }
}

type AnyPart = Exclude<CompletionMessage, {role: 'tool'}>['content'][number]

function textOf(parts: readonly AnyPart[]): string {
  return parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n')
}

function contentOf(parts: readonly (TextPart | ImagePart)[]): Cohere.UserMessageV2Content {
  if (parts.every(part => part.type === 'text')) return textOf(parts)
  return parts.map(part =>
    part.type === 'text'
      ? {type: 'text', text: part.text}
      : {
          type: 'image_url',
          imageUrl: defined({url: dataUrlOf(part), detail: part.detail === 'original' ? 'high' : part.detail}),
        },
  )
}

class CohereAnswer {
  readonly #warnings: readonly CompletionWarning[]
  readonly #exchange: Exchange
  readonly #blocks: OpenBlocks

  constructor(warnings: readonly CompletionWarning[], newId: () => string, exchange: Exchange) {
    this.#warnings = warnings
    this.#exchange = exchange
    this.#blocks = new OpenBlocks(newId)
  }

  *whole(answer: Cohere.V2ChatResponse): Generator<CompletionEvent> {
    const {message, finishReason, usage} = answer
    if (!finishReason || !message) throw brokenAnswer('an answer without a finish reason', this.#exchange.source)
    yield {type: 'start', model: null, warnings: this.#warnings}
    yield* this.#blocks.prose('reasoning', message.toolPlan ?? '')
    for (const part of message.content ?? []) {
      if (part.type === 'thinking') yield* this.#blocks.prose('reasoning', part.thinking)
      else yield* this.#blocks.prose('text', part.text)
    }
    for (const call of message.toolCalls ?? []) {
      yield* this.#blocks.wholeTool(call.function?.name ?? '', call.function?.arguments ?? '')
    }
    yield* this.#finish(finishReason, usage)
  }

  *event(event: Cohere.V2ChatStreamResponse): Generator<CompletionEvent> {
    switch (event.type) {
      case 'message-start':
        yield {type: 'start', model: null, warnings: this.#warnings}
        return
      case 'content-start':
      case 'content-delta': {
        const content = event.delta?.message?.content
        yield* this.#blocks.prose('reasoning', content?.thinking ?? '')
        yield* this.#blocks.prose('text', content?.text ?? '')
        return
      }
      case 'tool-plan-delta':
        // Why it calls the tools that follow.
        yield* this.#blocks.prose('reasoning', event.delta?.message?.toolPlan ?? '')
        return
      case 'tool-call-start': {
        const call = event.delta?.message?.toolCalls
        const {name, arguments: input = ''} = call?.function ?? {}
        yield* this.#blocks.tool(event.index ?? 0, {theirs: call?.id, name, input})
        return
      }
      case 'tool-call-delta': {
        const input = event.delta?.message?.toolCalls?.function?.arguments ?? ''
        yield* this.#blocks.tool(event.index ?? 0, {input})
        return
      }
      case 'message-end': {
        const {finishReason, usage, error} = (event.delta ?? {}) as Cohere.ChatMessageEndEventDelta & {error?: string}
        if (error) throw brokenAnswer(error, this.#exchange.source)
        if (finishReason) yield* this.#finish(finishReason, usage)
      }
    }
  }

  *#finish(raw: string, usage: Cohere.Usage | undefined): Generator<CompletionEvent> {
    if (raw === 'ERROR' || raw === 'TIMEOUT') {
      throw brokenAnswer(`generation ended with ${raw}`, this.#exchange.source)
    }
    yield* this.#blocks.end()
    yield {type: 'finish', reason: {unified: unified(raw), raw}, usage: usageOf(usage)}
  }
}

function unified(reason: string): FinishReason {
  switch (reason) {
    case 'COMPLETE':
    case 'STOP_SEQUENCE':
      return 'stop'
    case 'MAX_TOKENS':
      return 'length'
    case 'TOOL_CALL':
      return 'tool-calls'
    case 'ERROR_TOXIC':
      return 'content-filter'
    default:
      return 'other'
  }
}

/**
 * What was read and generated; `billed_units`, which leave out what Cohere adds to a prompt by itself, are in `raw` and
 * are what is paid for (https://docs.cohere.com/docs/how-does-cohere-pricing-work).
 */
function usageOf(usage: Cohere.Usage | undefined): CompletionUsage {
  const input = usage?.tokens?.inputTokens ?? usage?.billedUnits?.inputTokens ?? null
  const output = usage?.tokens?.outputTokens ?? usage?.billedUnits?.outputTokens ?? null
  const cacheRead = usage?.cachedTokens ?? null
  return {
    input: {total: input, noCache: input === null ? null : input - (cacheRead ?? 0), cacheRead, cacheWrite: null},
    output: {total: output, text: null, reasoning: null},
    raw: usage ?? null,
  }
}
