import type {Context, Handler} from '@omni-ops/core/operation'
import {attemptOut, openRouter, requestOf, requirementsOf, usdOut} from '../asking/asked.ts'
import {attemptsOf} from '../ledger/trail.ts'
import type {routeExplain} from '../operations/route-explain.ts'
import {ledgerOf} from '../routing/open-engine.ts'
import type {Attempt} from '../routing/routed-call.ts'

export const handle: Handler<typeof routeExplain> = async (input, context) => {
  const router = await openRouter(context)
  const attempts = input.request === undefined ? [] : await trailOf(input.request, context)
  const explanation = await router.explain({
    target: input.model ?? router.configuration.defaultTarget,
    request: requestOf(input, {messages: [{role: 'user', content: [{type: 'text', text: input.prompt}]}]}),
    requirements: {...requirementsOf(input), capabilities: input.capability},
  })
  const {order, fallbacks} = explanation
  return {
    target: explanation.target,
    group: explanation.group,
    strategy: explanation.strategy,
    input_tokens: explanation.inputTokens,
    pick: order[0] ?? null,
    candidates: explanation.candidates.map(({deployment, provider, model, region, worstCaseNanoUsd, excluded}) => ({
      deployment,
      provider,
      model,
      region,
      place: order.includes(deployment) ? order.indexOf(deployment) + 1 : null,
      worst_case_usd: usdOut(worstCaseNanoUsd),
      excluded: excluded.map(each => ({...each})),
    })),
    fallbacks: [...fallbacks.general],
    context_fallbacks: [...fallbacks.context],
    content_fallbacks: [...fallbacks.content],
    attempts: attempts.map(attemptOut),
  }
}

async function trailOf(request: string, context: Context): Promise<readonly Attempt[]> {
  await (await ledgerOf(context)).complete(context)
  return attemptsOf(await context.store(), context.tenant, request)
}
