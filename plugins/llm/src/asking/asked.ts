import type {Context, OperationOutput} from '@omni-ops/core/operation'
import {dollarsFromNano, nanoFromDollars} from '../configuration/money.ts'
import type {CompletionEvent, CompletionUsage, CompletionWarning} from '../model/completion-event.ts'
import type {CompletionRequest} from '../model/completion-request.ts'
import type {ask} from '../operations/ask.ts'
import type {Attempt, CallOutcome, RoutedCall} from '../routing/routed-call.ts'
import {Router} from '../routing/router.ts'

/** What a caller may set about the generation, as the operations have it. */
export interface Generation {
  readonly model?: string | undefined
  readonly system?: string | undefined
  readonly max_tokens?: number | undefined
  readonly temperature?: number | undefined
  readonly max_cost?: string | undefined
  readonly region?: string | undefined
}

export interface GatheredAnswer {
  readonly text: string
  readonly reasoning: string
  readonly toolCalls: readonly {readonly id: string; readonly name: string; readonly input: string}[]
  readonly warnings: readonly CompletionWarning[]
  readonly reason: Extract<CompletionEvent, {type: 'finish'}>['reason']['unified']
  readonly outcome: CallOutcome
  readonly latencyMs: number
  /** Until the first content; null where the answer has none. */
  readonly firstContentMs: number | null
}

/** The parts of a request that do not depend on what is asked. */
export function requestOf(
  {system, max_tokens, temperature}: Generation,
  rest: Omit<CompletionRequest, 'system' | 'maxOutputTokens' | 'temperature'>,
): CompletionRequest {
  return {
    ...rest,
    ...(system === undefined ? {} : {system}),
    ...(max_tokens === undefined ? {} : {maxOutputTokens: max_tokens}),
    ...(temperature === undefined ? {} : {temperature}),
  }
}

export function requirementsOf({max_cost, region}: Generation): NonNullable<RoutedCall['requirements']> {
  return {
    ...(max_cost === undefined ? {} : {maxCostNanoUsd: nanoFromDollars(max_cost)}),
    ...(region === undefined ? {} : {residency: region}),
  }
}

/** The router of the profile, a local Ollama included where nothing is configured. */
export function openRouter(context: Context): Promise<Router> {
  return Router.open(context, {search: true})
}

/** Asks, shows the text as it comes, and gathers the whole. */
export async function gather(
  router: Router,
  generation: Generation,
  request: CompletionRequest,
  context: Context,
  over: Partial<RoutedCall> & {readonly show?: boolean} = {},
): Promise<GatheredAnswer> {
  const {show = true, ...call} = over
  const began = context.clock.elapsed()
  const answer = router.complete({
    target: generation.model ?? router.configuration.defaultTarget,
    request,
    stream: true,
    signal: context.signal,
    purpose: context.operation,
    requirements: requirementsOf(generation),
    ...call,
  })
  let text = ''
  let reasoning = ''
  let firstContentMs: number | null = null
  const tools = new Map<string, {id: string; name: string; input: string}>()
  let warnings: readonly CompletionWarning[] = []
  let reason: GatheredAnswer['reason'] = 'other'
  for await (const event of answer.events) {
    if (event.type.endsWith('-delta')) firstContentMs ??= context.clock.elapsed() - began
    switch (event.type) {
      case 'start':
        ;({warnings} = event)
        if (show) for (const {message} of warnings) context.emit({type: 'note', level: 'warn', message})
        break
      case 'text-delta':
        text += event.text
        if (show) context.emit({type: 'delta', text: event.text})
        break
      case 'reasoning-delta':
        reasoning += event.text
        break
      case 'tool-input-start':
        tools.set(event.id, {id: event.id, name: event.name, input: ''})
        break
      case 'tool-input-delta': {
        const tool = tools.get(event.id)
        if (tool) tool.input += event.text
        break
      }
      case 'finish':
        reason = event.reason.unified
        break
      default:
    }
  }
  const outcome = await answer.outcome
  const latencyMs = context.clock.elapsed() - began
  return {text, reasoning, toolCalls: [...tools.values()], warnings, reason, outcome, latencyMs, firstContentMs}
}

type Routed = Omit<OperationOutput<typeof ask>, 'text' | 'reasoning' | 'json' | 'tool_calls'>

/** How an answer came about, as the operations say it. */
export function routedOut({outcome, latencyMs, reason, warnings}: GatheredAnswer): Routed {
  return {
    request_id: outcome.requestId,
    model: outcome.model,
    provider: outcome.provider,
    deployment: outcome.deployment,
    finish_reason: reason,
    usage: usageOut(outcome.usage),
    cost_usd: usdOut(outcome.costNanoUsd),
    cache: outcome.cache,
    latency_ms: rounded(latencyMs),
    overhead_ms: rounded(outcome.overheadMs),
    attempts: outcome.attempts.map(attemptOut),
    warnings: warnings.map(warning => ({...warning})),
  }
}

export function attemptOut({deployment, provider, model, outcome, status, startedAt, durationMs}: Attempt) {
  return {deployment, provider, model, outcome, status, started_at: startedAt, duration_ms: rounded(durationMs)}
}

export function usageOut({input, output, estimated}: CompletionUsage) {
  return {
    input_tokens: input.total,
    cache_read_tokens: input.cacheRead,
    cache_write_tokens: input.cacheWrite,
    output_tokens: output.total,
    reasoning_tokens: output.reasoning,
    estimated: estimated === true,
  }
}

export function usdOut(nano: bigint | null): string | null {
  return nano === null ? null : dollarsFromNano(nano)
}

/** To a tenth. */
export function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10
}
