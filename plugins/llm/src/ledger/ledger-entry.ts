import type {Quantities} from '@omni-ops/core/llm'
import type {CompletionUsage} from '../model/completion-event.ts'
import type {Attempt} from '../routing/routed-call.ts'

/** What is written down of a call. */
export interface LedgerEntry {
  readonly id: string
  readonly at: string
  readonly purpose: string
  readonly principal: string
  readonly key: string | null
  readonly target: string
  readonly deployment: string | null
  readonly provider: string
  readonly model: string
  readonly outcome: 'answered' | 'cached' | 'failed' | 'interrupted' | 'cancelled'
  readonly error: string | null
  readonly attempts: readonly Attempt[]
  readonly usage: CompletionUsage
  /** What was used beside text. */
  readonly quantities?: Quantities
  readonly costNanoUsd: bigint | null
  readonly durationMs: number
  readonly firstContentMs: number | null
  readonly overheadMs: number
  readonly content?: {readonly subject: string | null; readonly prompt: string; readonly answer: string}
}

/** A call that is under way, as it is known when it begins. */
export interface OpenCall {
  readonly id: string
  readonly at: string
  readonly purpose: string
  readonly principal: string
  readonly key: string | null
  readonly target: string
  /** ISO 8601; after that the call is taken for dead. */
  readonly expiresAt: string
  /** What it has come to. Asked for when the call is noted, and most are not: they end before. */
  readonly state: () => Promise<OpenCallState>
}

export interface OpenCallState {
  readonly deployment: string | null
  readonly provider: string
  readonly model: string
  readonly attempts: number
  readonly inputTokens: number
  /** What it costs at the least; null where no price is known. */
  readonly costNanoUsd: bigint | null
}

export type OpenRow = ReturnType<typeof openRow>
export type RequestRow = ReturnType<typeof requestRow>
export type AttemptRow = ReturnType<typeof attemptRows>[number]
export type QuantityRow = ReturnType<typeof quantityRows>[number]

export function openRow(call: OpenCall, state: OpenCallState) {
  return {
    id: call.id,
    at: call.at,
    purpose: call.purpose,
    principal: call.principal,
    key: call.key,
    target: call.target,
    deployment: state.deployment,
    provider: state.provider,
    model: state.model,
    attempts: state.attempts,
    input_tokens: state.inputTokens,
    cost_nano_usd: state.costNanoUsd,
    expires_at: call.expiresAt,
  }
}

/** Of a call whose end nobody has seen, hence no times are known. */
export function abandonedRow({expires_at: _, ...call}: OpenRow): RequestRow {
  return {
    ...call,
    outcome: 'interrupted',
    error: 'llm_process_ended',
    cache_read_tokens: null,
    cache_write_tokens: null,
    output_tokens: null,
    reasoning_tokens: null,
    estimated: true,
    duration_ms: 0,
    first_content_ms: null,
    overhead_ms: 0,
  }
}

export function requestRow(entry: LedgerEntry) {
  const {usage} = entry
  return {
    id: entry.id,
    at: entry.at,
    purpose: entry.purpose,
    principal: entry.principal,
    key: entry.key,
    target: entry.target,
    deployment: entry.deployment,
    provider: entry.provider,
    model: entry.model,
    outcome: entry.outcome,
    error: entry.error,
    attempts: entry.attempts.length,
    input_tokens: usage.input.total,
    cache_read_tokens: usage.input.cacheRead,
    cache_write_tokens: usage.input.cacheWrite,
    output_tokens: usage.output.total,
    reasoning_tokens: usage.output.reasoning,
    estimated: usage.estimated === true,
    cost_nano_usd: entry.costNanoUsd,
    duration_ms: Math.round(entry.durationMs),
    first_content_ms: entry.firstContentMs === null ? null : Math.round(entry.firstContentMs),
    overhead_ms: Math.round(entry.overheadMs),
  }
}

export function attemptRows({id, attempts}: LedgerEntry) {
  return attempts.map((attempt, index) => ({
    request: id,
    number: index + 1,
    deployment: attempt.deployment,
    provider: attempt.provider,
    model: attempt.model,
    started_at: attempt.startedAt,
    duration_ms: Math.round(attempt.durationMs),
    outcome: attempt.outcome,
    status: attempt.status,
  }))
}

export function quantityRows({id, quantities = {}}: LedgerEntry) {
  return Object.entries(quantities).map(([unit, quantity]) => ({
    request: id,
    unit,
    thousandths: BigInt(Math.ceil(quantity * 1_000)),
  }))
}
