import * as z from 'zod'
import {promptCacheBreakpoint} from '../prompt-cache.ts'
import {Effort} from '../reasoning-effort.ts'
import type {FieldRules} from '../request-fields.ts'
import {
  functionFields,
  plainFormats,
  schemaFields,
  sharedFields,
  sharedIgnored,
  sharedRefused,
  toolModes,
} from './request-parameters.ts'

const status = {status: z.enum(['in_progress', 'completed', 'incomplete']).nullish()}
const itemId = {id: z.string().nullish(), ...status}

const InputText = z.strictObject({type: z.literal('input_text'), text: z.string(), ...promptCacheBreakpoint})
const InputImage = z.strictObject({
  type: z.literal('input_image'),
  image_url: z.string(),
  detail: z.enum(['auto', 'low', 'high', 'original']).nullish(),
  file_id: z.null().optional(),
  ...promptCacheBreakpoint,
})
const OutputText = z.strictObject({
  type: z.literal('output_text'),
  text: z.string(),
  annotations: z.array(z.unknown()).nullish(),
  logprobs: z.array(z.unknown()).nullish(),
  // What `parse()` of OpenAI's client adds, here and to a call: the same once more.
  parsed: z.unknown().optional(),
})
const Refusal = z.strictObject({type: z.literal('refusal'), refusal: z.string(), parsed: z.unknown().optional()})
export const Content = z.discriminatedUnion('type', [InputText, InputImage, OutputText, Refusal])

const MessageItem = z.strictObject({
  type: z.literal('message').optional(),
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content: z.union([z.string(), z.array(Content)]),
  phase: z.enum(['commentary', 'final_answer']).nullish(),
  ...itemId,
})
const FunctionCall = z.strictObject({
  type: z.literal('function_call'),
  call_id: z.string().min(1),
  name: z.string().min(1),
  arguments: z.string(),
  parsed_arguments: z.unknown().optional(),
  caller: z.strictObject({type: z.literal('direct')}).nullish(),
  ...itemId,
})
const FunctionCallOutput = z.strictObject({
  type: z.literal('function_call_output'),
  call_id: z.string().min(1),
  output: z.union([z.string(), z.array(z.discriminatedUnion('type', [InputText, InputImage]))]),
  name: z.string().nullish(),
  caller: z.strictObject({type: z.literal('direct')}).nullish(),
  ...itemId,
})
export const Reasoning = z.strictObject({
  type: z.literal('reasoning'),
  summary: z.array(z.strictObject({type: z.literal('summary_text'), text: z.string()})),
  content: z.array(z.strictObject({type: z.literal('reasoning_text'), text: z.string()})).nullish(),
  encrypted_content: z.string().nullish(),
  ...itemId,
})
const kinds =
  'is not supported here: message, function_call, function_call_output and reasoning are. Nothing is kept that an ' +
  'item_reference could name: send the items themselves (in the AI SDK, providerOptions.openai.store: false)'
const Item = z.discriminatedUnion('type', [FunctionCall, FunctionCallOutput, Reasoning, MessageItem], kinds)

export const FunctionTool = z.strictObject({
  type: z.literal('function', 'only functions of the client are supported'),
  ...functionFields,
})
export const Format = z.discriminatedUnion('type', [
  ...plainFormats,
  z.strictObject({type: z.literal('json_schema'), ...schemaFields, description: z.string().optional()}),
])

/** A body of `POST /v1/responses`, as far as it is obeyed. */
export const Body = z.object({
  ...sharedFields,
  input: z.union([z.string(), z.array(Item).min(1)]),
  instructions: z.string().optional(),
  stream_options: z.strictObject({include_obfuscation: z.boolean().nullish()}).optional(),
  include: z
    .array(z.literal('reasoning.encrypted_content', 'only reasoning.encrypted_content is supported'))
    .optional(),
  tools: z.array(FunctionTool).optional(),
  tool_choice: z.union([toolModes, z.strictObject({type: z.literal('function'), name: z.string().min(1)})]).optional(),
  text: z.strictObject({format: Format.nullish(), verbosity: z.enum(['low', 'medium', 'high']).nullish()}).optional(),
  reasoning: z
    .strictObject({effort: Effort.nullish(), summary: z.enum(['auto', 'concise', 'detailed']).nullish()})
    .optional(),
  max_output_tokens: z.int().min(1).optional(),
  metadata: z.record(z.string(), z.string()).optional(),
})

export type Body = z.output<typeof Body>

export const responsesFields: FieldRules = {
  obeyed: new Set(Object.keys(Body.shape)),
  ignored: {
    ...sharedIgnored,
    store: 'responses are never kept here',
  },
  refused: {
    ...sharedRefused,
    previous_response_id: {unless: [], why: 'responses are not kept; send the conversation as input'},
    conversation: {unless: [], why: 'conversations are not kept; send this one as input'},
    background: {unless: [false], why: 'answers are given at once or streamed'},
    prompt: {unless: [], why: 'prompts are not kept'},
    context_management: {unless: [[]], why: 'the conversation is sent as it is'},
    truncation: {unless: ['disabled'], why: 'the conversation is sent as it is'},
    max_tool_calls: {unless: [], why: 'tools run at the client'},
    image: {unless: [], why: 'answers are text'},
    access_programs: {unless: [], why: 'the deployment decides'},
  },
}
