import * as z from 'zod'
import {breakpointsOf, instructionsText} from '../model/cache-breakpoints.ts'
import type {CompletionWarning} from '../model/completion-event.ts'
import type {CacheBreakpoint, CompletionRequest} from '../model/completion-request.ts'
import {InvalidRequestError} from './request-error.ts'

/**
 * Anthropic's mark of what shall be kept of a prompt (https://platform.claude.com/docs/en/build-with-claude/prompt-caching),
 * which OpenRouter and LiteLLM take on Chat Completions as well. Clients send fields with it that are still in a beta.
 */
export const CacheControl = z.looseObject({type: z.literal('ephemeral'), ttl: z.enum(['5m', '1h']).nullish()})

export const cacheControl = {cache_control: CacheControl.nullish()}

/** OpenAI's own (https://developers.openai.com/api/docs/guides/prompt-caching). */
export const promptCacheBreakpoint = {
  prompt_cache_breakpoint: z.strictObject({mode: z.literal('explicit'), ttl: z.literal('30m').nullish()}).nullish(),
}

/** As of an empty text: what providers do not take, and what would be lost. */
export function isMarkable({text, ...marks}: {readonly text: string} & Marked): boolean {
  return text !== '' || breakpointIn(marks).cacheBreakpoint === undefined
}

export const unmarkable = 'an empty text cannot be marked to be kept in a cache'

/** What OpenAI's APIs have for a whole request. */
export const promptCacheFields = {
  prompt_cache_key: z.string().min(1).max(1_000).optional(),
  prompt_cache_retention: z.enum(['in_memory', '24h']).optional(),
  prompt_cache_options: z
    .strictObject({mode: z.enum(['implicit', 'explicit']).optional(), ttl: z.literal('30m').optional()})
    .optional(),
}

interface PromptCacheFields {
  readonly prompt_cache_key?: string | undefined
  readonly prompt_cache_retention?: 'in_memory' | '24h' | undefined
  readonly prompt_cache_options?:
    {readonly mode?: 'implicit' | 'explicit' | undefined; readonly ttl?: '30m' | undefined} | undefined
}

export function promptCacheOf(fields: PromptCacheFields): Partial<CompletionRequest> {
  const {prompt_cache_key: key, prompt_cache_retention: retention, prompt_cache_options: options} = fields
  return {
    ...(key === undefined ? {} : {promptCacheKey: key}),
    ...(retention === undefined ? {} : {promptCacheRetention: retention}),
    ...(options === undefined ? {} : {promptCacheOptions: options as {mode?: 'implicit' | 'explicit'; ttl?: '30m'}}),
  }
}

interface Marked {
  readonly cache_control?: z.output<typeof CacheControl> | null | undefined
  readonly prompt_cache_breakpoint?: object | null | undefined
}

/** The breakpoint of the last of these that has one, to be spread into a part. */
export function breakpointIn(...parts: readonly Marked[]): {readonly cacheBreakpoint?: CacheBreakpoint} {
  const marked = parts.findLast(part => part.cache_control != null || part.prompt_cache_breakpoint != null)
  if (marked === undefined) return {}
  const ttl = marked.cache_control?.ttl
  return {cacheBreakpoint: ttl == null ? {} : {ttl}}
}

/** At most so many blocks of a request may be marked, by Anthropic's rule. */
const mostMarks = 4

/**
 * Checks what Anthropic refuses of marks: more than four, and one that lasts longer than one before it.
 * @returns warnings of what a mark has beside its time
 * @throws InvalidRequestError
 */
export function checkedMarks(body: Readonly<Record<string, unknown>>, request: CompletionRequest): CompletionWarning[] {
  const marks = marksIn(body)
  if (marks.length === 0) return []
  if (marks.length > mostMarks) {
    const message = `cache_control: at most ${mostMarks} blocks may have it, and ${marks.length} do`
    throw new InvalidRequestError(message, 'cache_control')
  }
  const times = breakpointsOf(request).map(({ttl = '5m'}) => ttl)
  if (times.lastIndexOf('1h') > times.indexOf('5m') && times.includes('5m')) {
    const order = 'tools, then instructions, then messages'
    throw new InvalidRequestError(
      `cache_control.ttl: what is kept for 1h has to stand before what is kept for 5m, in the order ${order}`,
      'cache_control.ttl',
    )
  }
  const more = new Set(marks.flatMap(mark => Object.keys(mark)).filter(name => name !== 'type' && name !== 'ttl'))
  return [...more].map(name => ({parameter: `cache_control.${name}`, message: 'is not passed on'}))
}

/** Of a request of either API; schemas of tools may have a property of that name. */
function marksIn({system, messages, tools, cache_control}: Readonly<Record<string, unknown>>): object[] {
  const blocks = (value: unknown) => [value].flat().filter(each => typeof each === 'object' && each !== null)
  const given = blocks(messages)
  const contents = given.flatMap(message => blocks((message as {content?: unknown}).content))
  const nested = contents.flatMap(block => blocks((block as {content?: unknown}).content))
  const definitions = blocks(tools)
  const functions = definitions.flatMap(tool => blocks((tool as {function?: unknown}).function))
  const marked = [...blocks(system), ...given, ...contents, ...nested, ...definitions, ...functions, {cache_control}]
  return marked.flatMap(each => blocks((each as Marked).cache_control)) as object[]
}

/** A request of which nothing shall be kept has its instructions as one text; a cache knows them part by part. */
export function withPlainInstructions(request: CompletionRequest): CompletionRequest {
  const {system, ...rest} = request
  if (typeof system !== 'object' || breakpointsOf(request).length > 0) return request
  const text = instructionsText(system)
  return text === undefined || text === '' ? rest : {...rest, system: text}
}
