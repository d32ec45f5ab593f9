import type {Cohere} from 'cohere-ai'
import {instructionsText} from '../model/cache-breakpoints.ts'
import type {CompletionWarning} from '../model/completion-event.ts'
import type {CompletionMessage, CompletionRequest, ImagePart, TextPart} from '../model/completion-request.ts'
import {PROMPT_CACHE, takenBreakpoints} from './prompt-cache.ts'
import {
  clamped,
  dataUrlOf,
  defined,
  ignoredParameters,
  ignoredStrictness,
  ignoredSummary,
  textOf,
} from './request-parameters.ts'
import {wireId} from './tool-call-ids.ts'

/** A request in Cohere’s terms, and what has no place there. */
export function chatRequest(
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

function toolParameters({tools, toolChoice}: CompletionRequest) {
  if (!tools?.length) return {}
  // Where one tool is wanted, it alone is offered and must be called.
  const offered = typeof toolChoice === 'object' ? tools.filter(({name}) => name === toolChoice.tool) : tools
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
