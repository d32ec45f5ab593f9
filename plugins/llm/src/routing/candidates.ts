import {longestBreakpoint} from '../model/cache-breakpoints.ts'
import type {CompletionRequest} from '../model/completion-request.ts'
import type {Capability} from '../model/provider-adapter.ts'
import {worstCase} from '../pricing/worst-case.ts'
import type {Cooldowns} from './cooldowns.ts'
import type {Deployment} from './deployment.ts'
import type {DeploymentLoad} from './load.ts'
import type {Exclusion, Requirements} from './routed-call.ts'
import {estimateInputTokens, imagesOf, type TokenEstimate} from './token-estimate.ts'

/** What a call needs of a deployment, whichever it is. */
export interface Need {
  readonly capabilities: readonly Capability[]
  readonly input: TokenEstimate
  readonly contextTokens: number
  readonly residency: string | null
  readonly maxCostNanoUsd: bigint | null
  readonly tenant: string
  /** As the request says, or what it is bounded to where money is limited. */
  readonly outputTokens: number
  /** For how long a part of the prompt shall be kept; undefined where none shall. */
  readonly kept: '5m' | '1h' | undefined
}

export interface ExclusionFound {
  readonly by: Exclusion
  readonly why: string
  /** Milliseconds after which it may be otherwise; null where nobody knows, undefined where it stays. */
  readonly wait?: number | null
}

/** A deployment with what speaks against it, and what it would cost at most. */
export interface JudgedDeployment {
  readonly deployment: Deployment
  /** Null where no price is known; undefined where nobody asked. */
  readonly worstCaseNanoUsd: bigint | null | undefined
  readonly excluded: readonly ExclusionFound[]
}

/** What may be generated where the request does not say and money is limited: a bound has to be set. */
export const boundedOutputTokens = 4_096

export function needOf(request: CompletionRequest, tenant: string, requirements: Requirements = {}): Need {
  const input = estimateInputTokens(request)
  const outputTokens = request.maxOutputTokens ?? boundedOutputTokens
  const shown: Capability[] = [
    ...(request.messages.some(message => imagesOf(message) > 0) ? (['vision'] as const) : []),
    ...((request.tools?.length ?? 0) > 0 ? (['tools'] as const) : []),
    ...(request.responseFormat?.type === 'schema' ? (['schema'] as const) : []),
  ]
  return {
    capabilities: [...new Set([...shown, ...(requirements.capabilities ?? [])])],
    input,
    contextTokens: requirements.contextTokens ?? input.likely + (request.maxOutputTokens ?? 0),
    residency: requirements.residency ?? null,
    maxCostNanoUsd: requirements.maxCostNanoUsd ?? null,
    tenant,
    outputTokens,
    kept: longestBreakpoint(request),
  }
}

export interface JudgeOptions {
  readonly cooldowns: Cooldowns
  readonly load: DeploymentLoad
  readonly now: Date
  /** Whether the worst case is wanted, also where the call may cost what it likes. */
  readonly priced: boolean
}

/** The most that a call of this need may cost at a deployment, in nano-dollars; null where no price is known. */
export async function worstCaseOf(deployment: Deployment, need: Need, now: Date): Promise<bigint | null> {
  const {priced, maxOutputTokens} = deployment
  if (!priced) return null
  const outputTokens = Math.min(need.outputTokens, maxOutputTokens ?? Number.POSITIVE_INFINITY)
  return worstCase(priced, {inputTokens: need.input.most, outputTokens, kept: need.kept}, now)
}

/** Everything that speaks against asking a deployment now. */
export async function judge(deployment: Deployment, need: Need, options: JudgeOptions): Promise<JudgedDeployment> {
  const {cooldowns, load, now} = options
  const isPriced = options.priced || need.maxCostNanoUsd !== null
  const worstCaseNanoUsd = isPriced ? await worstCaseOf(deployment, need, now) : undefined
  const excluded = [
    ...lackOf(deployment, need),
    ...costAgainst(worstCaseNanoUsd, need),
    ...stateAgainst(deployment.id, cooldowns, now),
  ]
  const blocked = load.blocked(deployment, need.input.likely)
  if (blocked) excluded.push({by: blocked.by, why: whyBlocked(deployment, blocked.by), wait: blocked.wait})
  return {deployment, worstCaseNanoUsd, excluded}
}

function lackOf(deployment: Deployment, need: Need): ExclusionFound[] {
  const found: ExclusionFound[] = []
  const lacking = need.capabilities.filter(capability => !deployment.capabilities.has(capability))
  if (lacking.length > 0) found.push({by: 'capability', why: `it has no ${lacking.join(', ')}`})
  if (deployment.contextTokens !== null && need.contextTokens > deployment.contextTokens) {
    const why = `about ${need.contextTokens} tokens do not fit into ${deployment.contextTokens}`
    found.push({by: 'context', why})
  }
  if (need.residency !== null && deployment.region !== need.residency) {
    found.push({by: 'region', why: `it is in ${deployment.region ?? 'no known region'}, not in ${need.residency}`})
  }
  if (deployment.nonResident !== undefined) found.push({by: 'region', why: deployment.nonResident})
  if (deployment.tenants !== null && !deployment.tenants.includes(need.tenant)) {
    found.push({by: 'tenant', why: `it is not for tenant ${need.tenant}`})
  }
  return found
}

function costAgainst(worst: bigint | null | undefined, {maxCostNanoUsd}: Need): ExclusionFound[] {
  if (maxCostNanoUsd === null || worst === undefined) return []
  if (worst === null) return [{by: 'cost', why: 'its price is not known'}]
  return worst > maxCostNanoUsd ? [{by: 'cost', why: 'its worst case costs more than the call may'}] : []
}

function stateAgainst(id: string, cooldowns: Cooldowns, now: Date): ExclusionFound[] {
  const state = cooldowns.state(id)
  if (state.kind === 'probing')
    return [{by: 'cooldown', why: 'another call tries whether it answers again', wait: null}]
  if (state.kind !== 'cooling') return []
  const wait = state.until.getTime() - now.getTime()
  const until = state.until.toISOString()
  if (state.reason === 'auth') return [{by: 'auth', why: `its key was not accepted; left alone until ${until}`, wait}]
  if (state.reason === 'billing') return [{by: 'billing', why: `no money at the provider; out until ${until}`, wait}]
  return [{by: 'cooldown', why: `cooling down until ${until} (${state.reason})`, wait}]
}

function whyBlocked({rpm, tpm, maxParallel}: Deployment, by: 'rate-window' | 'parallel'): string {
  if (by === 'parallel') return `${maxParallel} requests are under way`
  const limits = [rpm === null ? '' : `${rpm} requests`, tpm === null ? '' : `${tpm} tokens`].filter(Boolean)
  return `${limits.join(' or ')} of this minute are used`
}
