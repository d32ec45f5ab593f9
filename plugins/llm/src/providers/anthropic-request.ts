import type {
  ContentBlockParam,
  ImageBlockParam,
  MessageCreateParamsBase,
  MessageParam,
  OutputConfig,
  TextBlockParam,
  ToolResultBlockParam,
} from '@anthropic-ai/sdk/resources/messages/messages'
import {instructionParts} from '../model/cache-breakpoints.ts'
import type {CompletionWarning} from '../model/completion-event.ts'
import type {
  CacheBreakpoint,
  CompletionMessage,
  CompletionRequest,
  ImagePart,
  TextPart,
} from '../model/completion-request.ts'
import {familyOf} from '../models/model-families.ts'
import type {SignedThought} from './messages-answer.ts'
import {PROMPT_CACHE, takenBreakpoints, type TakenBreakpoints} from './prompt-cache.ts'
import {base64Of, clamped, defined, ignoredDetail, ignoredParameters, inputObject} from './request-parameters.ts'
import {wireId} from './tool-call-ids.ts'

/** Anthropic demands a limit; what a request without one gets, where the model can generate as much. */
const DEFAULT_MAX_TOKENS = 8192

/** Tokens to think with, for models that are told a number; at least 1024, and fewer than all that is generated. */
const THINKING_BUDGETS = {minimal: 1024, low: 2048, medium: 8192, high: 24_576} as const
const LEAST_BUDGET = 1024

/** https://platform.claude.com/docs/en/build-with-claude/prompt-caching; a fifth is refused there. */
const BREAKPOINTS: TakenBreakpoints = {
  places: ['tools', 'instructions', 'messages', 'answers', 'the prompt'],
  hour: true,
  most: 4,
}

/** The request in Anthropic's terms, and what these have no way to say. */
export async function messagesBody(
  model: string,
  given: CompletionRequest,
): Promise<{body: MessageCreateParamsBase; warnings: CompletionWarning[]}> {
  const warnings = ignoredParameters('anthropic', given, [
    'seed',
    'frequencyPenalty',
    'presencePenalty',
    ...PROMPT_CACHE,
  ])
  warnings.push(...ignoredDetail('anthropic', given))
  const request = takenBreakpoints('anthropic', given, BREAKPOINTS, warnings)
  const longest = familyOf('anthropic', model)?.maxOutputTokens ?? DEFAULT_MAX_TOKENS
  const maxTokens = request.maxOutputTokens ?? Math.min(DEFAULT_MAX_TOKENS, longest)
  if (request.responseFormat?.type === 'json') {
    warnings.push({
      parameter: 'responseFormat',
      message: 'anthropic has no JSON mode without a schema; it was asked in words',
    })
  }
  const {thinking, effort} = thinkingOf(model, request, maxTokens, warnings)
  const isThinking = thinking !== undefined && thinking.type !== 'disabled'
  const format = await formatOf(request)
  const body = defined({
    model,
    max_tokens: maxTokens,
    system: systemOf(request),
    messages: request.messages.flatMap(messageOf),
    ...samplingOf(model, request, isThinking, warnings),
    stop_sequences: request.stop && [...request.stop],
    metadata: request.user === undefined ? undefined : {user_id: request.user},
    ...toolParameters(request),
    thinking,
    output_config: format || effort ? defined({format, effort}) : undefined,
    ...cacheControl(request),
  }) as MessageCreateParamsBase
  return {body, warnings}
}

const JSON_WISH = 'Answer with one JSON value and nothing else.'

/** Instructions without breakpoints are one text. */
function systemOf({system, responseFormat}: CompletionRequest): string | TextBlockParam[] | undefined {
  const parts = [
    ...instructionParts(system),
    ...(responseFormat?.type === 'json' ? [{type: 'text' as const, text: JSON_WISH}] : []),
  ].filter(({text}) => text !== '')
  if (typeof system === 'object') return parts.flatMap(partOf) as TextBlockParam[]
  return parts.length === 0 ? undefined : parts.map(({text}) => text).join('\n\n')
}

function cacheControl({cacheBreakpoint}: {readonly cacheBreakpoint?: CacheBreakpoint}) {
  if (cacheBreakpoint === undefined) return {}
  const {ttl} = cacheBreakpoint
  return {cache_control: {type: 'ephemeral' as const, ...(ttl === undefined ? {} : {ttl})}}
}

function toolParameters({tools, toolChoice, parallelToolCalls}: CompletionRequest) {
  if (!tools?.length) return {}
  const parallel = parallelToolCalls === false ? {disable_parallel_tool_use: true} : {}
  return {
    tools: tools.map(({name, description, inputSchema, strict, ...mark}) =>
      defined({
        name,
        description,
        input_schema: {type: 'object' as const, ...inputSchema},
        strict,
        ...cacheControl(mark),
      }),
    ),
    tool_choice: toolChoiceOf(toolChoice, parallel),
  }
}

function toolChoiceOf(choice: CompletionRequest['toolChoice'], parallel: {disable_parallel_tool_use?: boolean}) {
  if (choice === 'none') return {type: 'none' as const}
  if (choice === 'required') return {type: 'any' as const, ...parallel}
  if (typeof choice === 'object') return {type: 'tool' as const, name: choice.tool, ...parallel}
  if (choice === 'auto' || Object.keys(parallel).length > 0) return {type: 'auto' as const, ...parallel}
  return undefined
}

type Thinking = Pick<MessageCreateParamsBase, 'thinking'> & {
  readonly effort?: 'low' | 'medium' | 'high'
}

/** How the model is told to think, and for how many tokens of the limit it may. */
function thinkingOf(
  model: string,
  {reasoningEffort: effort, reasoningSummary: summary, toolChoice}: CompletionRequest,
  maxTokens: number,
  warnings: CompletionWarning[],
): Thinking {
  if (effort === undefined) return {}
  const {thinking = 'adaptive'} = familyOf('anthropic', model) ?? {}
  const leftOut = (message: string): Thinking => {
    warnings.push({parameter: 'reasoningEffort', message})
    return {}
  }
  if (thinking === 'none') return effort === 'none' ? {} : leftOut(`${model} does not think; it was left out`)
  if (effort === 'none') {
    return thinking === 'always' ? leftOut(`${model} cannot stop thinking`) : {thinking: {type: 'disabled'}}
  }
  if (toolChoice === 'required' || typeof toolChoice === 'object') {
    return leftOut('anthropic does not think where a tool must be called; it was left out')
  }
  if (thinking === 'budget') {
    const budget = Math.min(THINKING_BUDGETS[effort], maxTokens - 1)
    if (budget < LEAST_BUDGET) return leftOut(`${maxTokens} tokens leave no room to think; it was left out`)
    return {thinking: {type: 'enabled', budget_tokens: budget, ...(summary === 'none' ? {display: 'omitted'} : {})}}
  }
  const display = summary === 'none' ? 'omitted' : 'summarized'
  return {thinking: {type: 'adaptive', display}, effort: effort === 'minimal' ? 'low' : effort}
}

/** Temperature and the like, as far as the model takes them. */
function samplingOf(model: string, request: CompletionRequest, isThinking: boolean, warnings: CompletionWarning[]) {
  const {sampling = 'always'} = familyOf('anthropic', model) ?? {}
  if (sampling === 'never' || (sampling === 'without-reasoning' && isThinking)) {
    warnings.push(...ignoredParameters(model, request, ['temperature', 'topP', 'topK']))
    return {}
  }
  const {temperature, topP, topK} = request
  return {
    temperature: temperature === undefined ? undefined : clamped('temperature', temperature, 1, warnings),
    top_p: topP,
    top_k: topK,
  }
}

/**
 * A schema as Anthropic takes it: every object closed, and what it cannot enforce moved to the descriptions, by the
 * SDK's own rules (https://docs.claude.com/en/docs/build-with-claude/structured-outputs).
 */
async function formatOf({responseFormat}: CompletionRequest): Promise<OutputConfig['format'] | undefined> {
  if (responseFormat?.type !== 'schema') return undefined
  const {transformJSONSchema} = await import('@anthropic-ai/sdk/lib/transform-json-schema')
  return {type: 'json_schema', schema: transformJSONSchema(responseFormat.schema)}
}

function messageOf(message: CompletionMessage): MessageParam[] {
  switch (message.role) {
    case 'user':
      return [{role: 'user', content: message.content.flatMap(partOf)}]
    case 'assistant': {
      // Of an answer of another provider nothing may be left, and a message without content is refused there.
      const content = message.content.flatMap(assistantPartOf)
      return content.length === 0 ? [] : [{role: 'assistant', content}]
    }
    case 'tool':
      return [
        {
          role: 'user',
          content: message.content.map(({id, content, isError, ...mark}): ToolResultBlockParam =>
            defined({
              type: 'tool_result' as const,
              tool_use_id: wireId(id),
              content: content.flatMap(partOf),
              is_error: isError,
              ...cacheControl(mark),
            }),
          ),
        },
      ]
  }
}

/** Empty texts are refused there. */
function partOf(part: TextPart | ImagePart): (TextBlockParam | ImageBlockParam)[] {
  if (part.type === 'image') {
    const source = {type: 'base64' as const, media_type: part.mediaType, data: base64Of(part)}
    return [{type: 'image', source, ...cacheControl(part)}]
  }
  return part.text === '' ? [] : [{type: 'text', text: part.text, ...cacheControl(part)}]
}

function assistantPartOf(
  part: Extract<CompletionMessage, {role: 'assistant'}>['content'][number],
): ContentBlockParam[] {
  switch (part.type) {
    case 'text':
      return partOf(part)
    case 'tool-call':
      return [{type: 'tool_use', id: wireId(part.id), name: part.name, input: inputObject(part), ...cacheControl(part)}]
    case 'reasoning': {
      if (part.signed?.provider !== 'anthropic') return []
      const signed = part.signed.data as SignedThought
      if ('redacted' in signed) return [{type: 'redacted_thinking', data: signed.redacted}]
      return [{type: 'thinking', thinking: part.text, signature: signed.signature}]
    }
  }
}
