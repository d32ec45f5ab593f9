import type {
  ContentBlock,
  ConverseRequest,
  Message,
  ReasoningContentBlock,
  SystemContentBlock,
} from '@aws-sdk/client-bedrock-runtime'
import {instructionParts} from '../model/cache-breakpoints.ts'
import type {CompletionWarning} from '../model/completion-event.ts'
import type {
  CacheBreakpoint,
  CompletionMessage,
  CompletionRequest,
  ImagePart,
  TextPart,
  ToolResultPart,
} from '../model/completion-request.ts'
import type {SignedThought} from './messages-answer.ts'
import {PROMPT_CACHE, takenBreakpoints, type TakenBreakpoints} from './prompt-cache.ts'
import {clamped, defined, ignoredDetail, ignoredParameters, ignoredSummary, inputObject} from './request-parameters.ts'
import {wireId} from './tool-call-ids.ts'

/**
 * Which cache points a model has; any other refuses a request with one. As of 23 November 2026. Source:
 * https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html, its table of models and their fields.
 */
function breakpointsTakenBy(model: string): TakenBreakpoints | undefined {
  if (/amazon\.nova-(?:micro|lite|pro|premier)/.test(model)) {
    return {places: ['instructions', 'messages', 'answers', 'the prompt'], hour: false, most: 4}
  }
  if (!/claude-(?:3-5-haiku|3-7-sonnet|(?:opus|sonnet|haiku)-\d|fable|mythos)/.test(model)) return undefined
  return {
    places: ['tools', 'instructions', 'messages', 'answers', 'the prompt'],
    hour: !/claude-(?:3-|(?:opus|sonnet)-4-(?:1|20))/.test(model),
    most: 4,
  }
}

/** The request in Converse's terms, and what these have no way to say. */
export function converseRequest(
  model: string,
  given: CompletionRequest,
): {body: ConverseRequest; warnings: CompletionWarning[]} {
  const ignored = ['topK', 'seed', 'frequencyPenalty', 'presencePenalty', 'parallelToolCalls', 'user'] as const
  const warnings = ignoredParameters('bedrock', given, [...ignored, ...PROMPT_CACHE])
  warnings.push(...ignoredDetail('bedrock', given), ...ignoredSummary('bedrock', given))
  const request = takenBreakpoints(model, given, breakpointsTakenBy(model), warnings)
  const {temperature, responseFormat, reasoningEffort} = request
  if (responseFormat?.type === 'json') {
    warnings.push({
      parameter: 'responseFormat',
      message: 'bedrock has no JSON mode without a schema; it was asked in words',
    })
  }
  const body = defined({
    modelId: model,
    messages: alternating(messagesOf(request)),
    system: systemOf(request),
    inferenceConfig: defined({
      maxTokens: request.maxOutputTokens,
      temperature: temperature === undefined ? undefined : clamped('temperature', temperature, 1, warnings),
      topP: request.topP,
      stopSequences: request.stop && [...request.stop],
    }),
    outputConfig: outputConfig(responseFormat, reasoningEffort, warnings),
    toolConfig: toolConfig(request, warnings),
  }) as ConverseRequest
  return {body, warnings}
}

const JSON_WISH = 'Answer with one JSON value and nothing else.'

/** Instructions without breakpoints are one text. */
function systemOf({system, responseFormat}: CompletionRequest): SystemContentBlock[] | undefined {
  const parts = [
    ...instructionParts(system),
    ...(responseFormat?.type === 'json' ? [{type: 'text' as const, text: JSON_WISH}] : []),
  ].filter(({text}) => text !== '')
  if (parts.length === 0) return undefined
  if (typeof system === 'object') return parts.flatMap(part => [{text: part.text}, ...cachePoint(part)])
  return [{text: parts.map(({text}) => text).join('\n\n')}]
}

/** A point stands behind what is kept. */
function cachePoint({cacheBreakpoint}: {readonly cacheBreakpoint?: CacheBreakpoint | undefined}) {
  if (cacheBreakpoint === undefined) return []
  const {ttl} = cacheBreakpoint
  return [{cachePoint: {type: 'default' as const, ...(ttl === undefined ? {} : {ttl})}}]
}

function outputConfig(
  format: CompletionRequest['responseFormat'],
  effort: CompletionRequest['reasoningEffort'],
  warnings: CompletionWarning[],
): ConverseRequest['outputConfig'] {
  if (effort === 'none' || effort === 'minimal') {
    warnings.push({parameter: 'reasoningEffort', message: `bedrock knows no effort ${effort}; it was left out`})
  }
  const known = effort === 'none' || effort === 'minimal' ? undefined : effort
  const textFormat =
    format?.type === 'schema'
      ? {
          type: 'json_schema' as const,
          structure: {jsonSchema: {name: format.name, schema: JSON.stringify(format.schema)}},
        }
      : undefined
  return textFormat || known ? defined({textFormat, effort: known}) : undefined
}

function toolConfig(
  {tools, toolChoice}: CompletionRequest,
  warnings: CompletionWarning[],
): ConverseRequest['toolConfig'] {
  if (!tools?.length) return undefined
  if (toolChoice === 'none') {
    warnings.push({parameter: 'toolChoice', message: 'bedrock cannot be told to call no tool; the model decides'})
  }
  return defined({
    tools: tools.flatMap(({name, description, inputSchema, strict, ...mark}) => [
      {toolSpec: defined({name, description, inputSchema: {json: inputSchema as never}, strict})},
      ...cachePoint(mark),
    ]),
    toolChoice:
      toolChoice === 'required'
        ? {any: {}}
        : typeof toolChoice === 'object'
          ? {tool: {name: toolChoice.tool}}
          : toolChoice === 'auto'
            ? {auto: {}}
            : undefined,
  })
}

function messagesOf(request: CompletionRequest): Message[] {
  const messages = request.messages.flatMap(messageOf)
  const last = messages.at(-1)?.content
  if (last && last.length > 0) last.push(...cachePoint(request))
  return messages
}

function messageOf(message: CompletionMessage): Message[] {
  switch (message.role) {
    case 'user':
      return [{role: 'user', content: message.content.flatMap(inputBlock)}]
    case 'assistant': {
      // Of an answer of another provider nothing may be left, and a message without content is refused there.
      const content = message.content.flatMap(assistantBlock)
      return content.length === 0 ? [] : [{role: 'assistant', content}]
    }
    case 'tool':
      return [
        {
          role: 'user',
          content: message.content.flatMap(resultBlocks),
        },
      ]
  }
}

/** No point may stand within a result: what was to be kept up to there is kept up to its end. */
function resultBlocks({id, content, isError, cacheBreakpoint}: ToolResultPart): ContentBlock[] {
  const within = content.map(part => part.cacheBreakpoint).findLast(each => each !== undefined)
  const toolResult = {
    toolUseId: wireId(id),
    content: content.flatMap(resultBlock),
    status: isError ? ('error' as const) : ('success' as const),
  }
  return [{toolResult}, ...cachePoint({cacheBreakpoint: cacheBreakpoint ?? within})]
}

/** Roles must take turns: what one role says in several messages is one. */
function alternating(messages: readonly Message[]): Message[] {
  const turns: {role: Message['role']; content: ContentBlock[]}[] = []
  for (const {role, content} of messages) {
    const last = turns.at(-1)
    if (last?.role === role) last?.content.push(...(content ?? []))
    else turns.push({role, content: [...(content ?? [])]})
  }
  return turns
}

function inputBlock(part: TextPart | ImagePart): ContentBlock[] {
  const block = resultBlock(part)
  return block.length === 0 ? [] : [...block, ...cachePoint(part)]
}

/** Empty texts are refused there. */
function resultBlock(part: TextPart | ImagePart): (ContentBlock.TextMember | ContentBlock.ImageMember)[] {
  if (part.type === 'text') return part.text === '' ? [] : [{text: part.text}]
  const format = part.mediaType.slice('image/'.length) as 'png' | 'jpeg' | 'webp' | 'gif'
  return [{image: {format, source: {bytes: part.bytes}}}]
}

function assistantBlock(part: Extract<CompletionMessage, {role: 'assistant'}>['content'][number]): ContentBlock[] {
  switch (part.type) {
    case 'text':
      return inputBlock(part)
    case 'tool-call':
      return [
        {toolUse: {toolUseId: wireId(part.id), name: part.name, input: inputObject(part) as never}},
        ...cachePoint(part),
      ]
    case 'reasoning': {
      if (part.signed?.provider !== 'bedrock') return []
      const signed = part.signed.data as SignedThought
      const reasoningContent: ReasoningContentBlock =
        'redacted' in signed
          ? {redactedContent: Buffer.from(signed.redacted, 'base64')}
          : {reasoningText: {text: part.text, signature: signed.signature}}
      return [{reasoningContent}]
    }
  }
}
