import type {
  Content,
  FunctionCallingConfigMode,
  GenerateContentConfig,
  GenerateContentParameters,
  Part,
  ThinkingConfig,
  ThinkingLevel,
} from '@google/genai'
import {instructionsText} from '../model/cache-breakpoints.ts'
import type {CompletionWarning} from '../model/completion-event.ts'
import type {
  CompletionMessage,
  CompletionRequest,
  ImagePart,
  TextPart,
  ToolResultPart,
} from '../model/completion-request.ts'
import {PROMPT_CACHE, takenBreakpoints} from './prompt-cache.ts'
import {
  base64Of,
  defined,
  ignoredDetail,
  ignoredParameters,
  ignoredStrictness,
  inputObject,
  textOf,
} from './request-parameters.ts'
import {wireId} from './tool-call-ids.ts'

/** Which of Google's two services it is. */
export interface ContentDialect {
  /** Whose thoughts are signed: neither service takes the other's. */
  readonly provider: 'gemini' | 'vertex'
  readonly newId: () => string
}

/** A request in Google’s terms, and what has no place there. */
export function contentRequest(
  model: string,
  request: CompletionRequest,
  dialect: ContentDialect,
): {body: GenerateContentParameters; warnings: CompletionWarning[]} {
  const warnings = ignoredParameters(dialect.provider, request, ['user', 'parallelToolCalls', ...PROMPT_CACHE])
  takenBreakpoints(dialect.provider, request, undefined, warnings)
  warnings.push(...ignoredDetail(dialect.provider, request), ...ignoredStrictness(dialect.provider, request))
  const {system, responseFormat: format} = request
  const config = defined({
    systemInstruction: instructionsText(system),
    temperature: request.temperature,
    topP: request.topP,
    topK: request.topK,
    maxOutputTokens: request.maxOutputTokens,
    stopSequences: request.stop && [...request.stop],
    seed: request.seed,
    frequencyPenalty: request.frequencyPenalty,
    presencePenalty: request.presencePenalty,
    responseMimeType: format && 'application/json',
    responseJsonSchema: format?.type === 'schema' ? format.schema : undefined,
    thinkingConfig: thinkingOf(model, request, warnings),
    ...toolParameters(request),
  }) as GenerateContentConfig
  return {body: {model, contents: contentsOf(request, dialect), config}, warnings}
}

/** Tokens to think with, for models before Gemini 3, which has levels instead. */
const BUDGETS = {none: 0, minimal: 512, low: 2048, medium: 8192, high: 24_576} as const

/** https://ai.google.dev/gemini-api/docs/thinking */
function thinkingOf(
  model: string,
  {reasoningEffort: effort, reasoningSummary: summary}: CompletionRequest,
  warnings: CompletionWarning[],
): ThinkingConfig | undefined {
  if (effort === undefined) return undefined
  const includeThoughts = summary !== 'none'
  if (/^gemini-(?:1|2\.0)/.test(model)) {
    warnings.push({parameter: 'reasoningEffort', message: `${model} does not think; it was left out`})
    return undefined
  }
  const hasBudget = model.startsWith('gemini-2')
  if (effort === 'none' && (!hasBudget || /-pro/.test(model))) {
    const message = `${model} cannot stop thinking; it thinks as little as it can`
    warnings.push({parameter: 'reasoningEffort', message})
    return hasBudget ? {thinkingBudget: 128} : {thinkingLevel: 'LOW' as ThinkingLevel}
  }
  if (hasBudget) return {thinkingBudget: BUDGETS[effort], includeThoughts: includeThoughts && effort !== 'none'}
  return {thinkingLevel: effort.toUpperCase() as ThinkingLevel, includeThoughts}
}

function toolParameters({tools, toolChoice}: CompletionRequest) {
  if (!tools?.length) return {}
  const functionDeclarations = tools.map(({name, description, inputSchema}) =>
    defined({name, description, parametersJsonSchema: inputSchema}),
  )
  return {
    tools: [{functionDeclarations}],
    toolConfig: toolChoice === undefined ? undefined : {functionCallingConfig: callingConfig(toolChoice)},
  }
}

function callingConfig(choice: NonNullable<CompletionRequest['toolChoice']>) {
  if (typeof choice === 'object') {
    return {mode: 'ANY' as FunctionCallingConfigMode, allowedFunctionNames: [choice.tool]}
  }
  const mode = choice === 'required' ? 'ANY' : choice.toUpperCase()
  return {mode: mode as FunctionCallingConfigMode}
}

function contentsOf({messages}: CompletionRequest, dialect: ContentDialect): Content[] {
  const turns: {role: string; parts: Part[]}[] = []
  for (const message of messages) {
    const role = message.role === 'assistant' ? 'model' : 'user'
    const last = turns.at(-1)
    const parts = partsOf(message, dialect)
    // Of an answer of another provider nothing may be left, and a turn without parts is refused there.
    if (parts.length === 0 && role === 'model') continue
    // What one role says in several messages is one turn.
    if (last?.role === role) last.parts.push(...parts)
    else turns.push({role, parts})
  }
  return turns
}

function partsOf(message: CompletionMessage, dialect: ContentDialect): Part[] {
  if (message.role === 'user') return message.content.map(inputPart)
  if (message.role === 'tool') return message.content.flatMap(resultParts)
  return message.content.flatMap((part): Part[] => {
    switch (part.type) {
      case 'text':
        return [{text: part.text}]
      case 'tool-call': {
        const call = {functionCall: {id: wireId(part.id), name: part.name, args: inputObject(part)}}
        return [{...call, ...signatureOf(part.signed, dialect)}]
      }
      case 'reasoning': {
        // Thoughts are summaries and not taken back; what they are signed with is.
        const signature = signatureOf(part.signed, dialect)
        return signature.thoughtSignature === undefined ? [] : [{text: '', ...signature}]
      }
    }
  })
}

function signatureOf(
  signed: {provider: string; data: unknown} | undefined,
  {provider}: ContentDialect,
): {thoughtSignature?: string} {
  return signed?.provider === provider ? {thoughtSignature: String(signed.data)} : {}
}

function inputPart(part: TextPart | ImagePart): Part {
  if (part.type === 'text') return {text: part.text}
  return {inlineData: {mimeType: part.mediaType, data: base64Of(part)}}
}

/** A function's answer is an object; pictures follow it as parts of the same turn. */
function resultParts({id, name, content, isError}: ToolResultPart): Part[] {
  const text = textOf(content)
  const images = content.filter(part => part.type === 'image').map(inputPart)
  return [{functionResponse: {id: wireId(id), name, response: isError ? {error: text} : {output: text}}}, ...images]
}
