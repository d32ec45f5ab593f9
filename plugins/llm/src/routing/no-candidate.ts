import type {OmniError} from '@omni-ops/core/operation'
import type {Configuration} from '../configuration/configuration.ts'
import type {Capability} from '../model/provider-adapter.ts'
import type {Need} from './candidates.ts'
import type {Deployment} from './deployment.ts'
import {BudgetExceededError, ContextExceededError, NoCandidateError} from './errors.ts'

/** Why no deployment behind a target can do what a call needs, and what to do about it. */
export function noCandidate(
  target: string,
  need: Need,
  deployments: readonly Deployment[],
  configuration: Configuration,
): OmniError {
  const {capabilities, maxCostNanoUsd} = need
  const lacking = capabilities.filter(each => !deployments.some(deployment => deployment.capabilities.has(each)))
  if (lacking.length > 0) {
    const able = ableOf(capabilities, need.tenant, configuration)
    const names = able.slice(0, 5).join(', ')
    return new NoCandidateError(`${target} has no ${lacking.join(' and no ')}`, {
      hint:
        names === ''
          ? `configure a model with ${capabilities.join(' and ')}, or name one with --model PROVIDER/MODEL`
          : `name one that has: --model ${names}`,
      details: {target, capabilities, lacking, able},
    })
  }
  if (maxCostNanoUsd !== null) {
    return new BudgetExceededError(`No deployment of ${target} answers for what this call may cost`, {
      hint: 'raise --max-cost, lower --max-tokens; `omni llm route explain` shows why',
      details: {reason: 'max_cost', max_cost_nano_usd: String(maxCostNanoUsd)},
    })
  }
  return new NoCandidateError(`No deployment of ${target} can do what this call needs`, {
    hint: '`omni llm route explain` shows why each was left out',
    details: {target, capabilities},
  })
}

/** Why nobody was asked about a prompt. */
export function tooLong(target: string, {contextTokens}: Need): OmniError {
  return new ContextExceededError(`About ${contextTokens} tokens of prompt and answer do not fit into ${target}`, {
    hint: 'shorten the prompt, ask for a shorter answer, or set context_fallbacks of the group',
    details: {target, context_tokens: contextTokens},
  })
}

/** The deployments that a tenant may use and that have all of these capabilities. */
function ableOf(capabilities: readonly Capability[], tenant: string, {deployments}: Configuration): readonly string[] {
  return [...deployments.values()]
    .filter(({tenants}) => tenants?.includes(tenant) ?? true)
    .filter(deployment => capabilities.every(each => deployment.capabilities.has(each)))
    .map(({id}) => id)
}
