import * as z from 'zod'
import type {CompletionWarning} from '../../model/completion-event.ts'
import type {CompletionRequest, ResponseFormat, ToolDefinition} from '../../model/completion-request.ts'
import {promptCacheFields, promptCacheOf} from '../prompt-cache.ts'
import {ModelName} from '../request-fields.ts'
import {checkedToolChoice} from '../tool-choice.ts'

/** A function of the client's, as both of OpenAI's APIs name its parts. */
export const functionFields = {
  name: z.string().min(1),
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  strict: z.boolean().nullish(),
}

/** A schema that an answer shall have. */
export const schemaFields = {
  name: z.string().min(1),
  description: z.string().nullish(),
  schema: z.record(z.string(), z.unknown()),
  strict: z.boolean().nullish(),
}

/** The formats of an answer that say no more than their name. */
export const plainFormats = [
  z.strictObject({type: z.literal('text')}),
  z.strictObject({type: z.literal('json_object')}),
] as const

export const toolModes = z.enum(['auto', 'none', 'required'])

/** What both APIs take under the same name. */
export const sharedFields = {
  model: ModelName,
  stream: z.boolean().optional(),
  parallel_tool_calls: z.boolean().optional(),
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0).max(1).optional(),
  user: z.string().optional(),
  safety_identifier: z.string().optional(),
  ...promptCacheFields,
}

/** What neither API passes on, with the reason. */
export const sharedIgnored = {service_tier: 'the deployment decides'}

/** What neither API obeys, with the reason. */
export const sharedRefused = {
  top_logprobs: {unless: [0], why: 'not every provider has them'},
  moderation: {unless: [], why: 'providers filter as their deployment is set up'},
}

type SharedBody = z.output<z.ZodObject<typeof sharedFields>>
type FunctionOfClient = z.output<z.ZodObject<typeof functionFields>>
type Format =
  | {readonly type: 'text'}
  | {readonly type: 'json_object'}
  | {
      readonly type: 'json_schema'
      readonly name: string
      readonly schema: Readonly<Record<string, unknown>>
      readonly strict?: boolean | null | undefined
    }

/** What the APIs nest differently. */
interface Unwrapped {
  readonly tools: readonly ToolDefinition[] | undefined
  readonly toolChoice: CompletionRequest['toolChoice'] | undefined
  readonly format: Format | undefined
}

/** The part of a request that both APIs say alike, in the words of the gateway. */
export function sharedParameters(
  body: SharedBody,
  {tools, toolChoice, format}: Unwrapped,
): Omit<CompletionRequest, 'messages'> {
  const responseFormat = responseFormatOf(format)
  const user = body.safety_identifier ?? body.user
  checkedToolChoice(tools, toolChoice)
  return {
    ...(tools && tools.length > 0 ? {tools} : {}),
    ...(toolChoice === undefined ? {} : {toolChoice}),
    ...(body.parallel_tool_calls === undefined ? {} : {parallelToolCalls: body.parallel_tool_calls}),
    ...(responseFormat ? {responseFormat} : {}),
    ...(body.temperature === undefined ? {} : {temperature: body.temperature}),
    ...(body.top_p === undefined ? {} : {topP: body.top_p}),
    ...(user === undefined ? {} : {user}),
    ...promptCacheOf(body),
  }
}

/** What both APIs take and only one place is for, or nothing is done of. */
export function sharedWarnings(body: SharedBody & ObfuscationOptions): CompletionWarning[] {
  const warnings: CompletionWarning[] = []
  if (body.user !== undefined && body.safety_identifier !== undefined) {
    warnings.push({parameter: 'user', message: 'safety_identifier was passed on in its place'})
  }
  if (body.stream_options?.include_obfuscation) {
    warnings.push({parameter: 'stream_options.include_obfuscation', message: 'pieces are sent as long as they are'})
  }
  return warnings
}

interface ObfuscationOptions {
  readonly stream_options?: {readonly include_obfuscation?: boolean | null | undefined} | undefined
}

/** A function of the client's, in the words of the gateway. */
export function toolOf({name, description, parameters, strict}: FunctionOfClient): ToolDefinition {
  return {
    name,
    ...(description == null ? {} : {description}),
    inputSchema: parameters ?? {type: 'object', properties: {}},
    ...(strict == null ? {} : {strict}),
  }
}

function responseFormatOf(format: Format | undefined): ResponseFormat | undefined {
  if (format === undefined || format.type === 'text') return undefined
  if (format.type === 'json_object') return {type: 'json'}
  const {name, schema, strict} = format
  return {type: 'schema', name, schema, ...(strict == null ? {} : {strict})}
}
