import {type Handler, OmniError} from '@omni-ops/core/operation'
import {openRouter, rounded} from '../asking/asked.ts'
import type {providers} from '../operations/providers.ts'
import type {Deployment} from '../routing/deployment.ts'

export const handle: Handler<typeof providers> = async (_, context) => {
  const {engine, configuration} = await openRouter(context)
  const deployments = await Promise.all(
    [...configuration.deployments.values()].map(async deployment => {
      const state = engine.cooldowns.state(deployment.id)
      const firstContent = engine.load.firstContent(deployment.id)
      const problem = await problemOf(deployment)
      return {
        deployment: deployment.id,
        provider: deployment.provider,
        model: deployment.model,
        region: deployment.region,
        country: deployment.country ?? null,
        key: deployment.keySource,
        configured: problem === null,
        problem,
        state: state.kind,
        until: state.kind === 'cooling' ? state.until.toISOString() : null,
        reason: state.kind === 'cooling' ? state.reason : null,
        in_flight: engine.load.inFlight(deployment.id),
        first_content_ms: firstContent === undefined ? null : rounded(firstContent),
      }
    }),
  )
  return {deployments, default: configuration.defaultTarget}
}

/** What a request would lack; an adapter is opened for that without anything being sent. */
async function problemOf(deployment: Deployment): Promise<string | null> {
  try {
    await deployment.adapter()
    return null
  } catch (error) {
    return error instanceof OmniError ? error.message : 'its client cannot be opened'
  }
}
