import type {Handler} from '@omni-ops/core/operation'
import {openRouter, rounded} from '../asking/asked.ts'
import type {providers} from '../operations/providers.ts'
import type {Deployment} from '../routing/deployment.ts'

export const handle: Handler<typeof providers> = async (_, context) => {
  const {engine, configuration} = await openRouter(context)
  const deployments = await Promise.all(
    [...configuration.deployments.values()].map(async deployment => {
      const state = engine.cooldowns.state(deployment.id)
      const firstContent = engine.load.firstContent(deployment.id)
      return {
        deployment: deployment.id,
        provider: deployment.provider,
        model: deployment.model,
        region: deployment.region,
        country: deployment.country ?? null,
        key: deployment.keySource,
        configured: await isConfigured(deployment),
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

/** An adapter is opened without anything being sent. */
async function isConfigured(deployment: Deployment): Promise<boolean> {
  try {
    await deployment.adapter()
    return true
  } catch {
    return false
  }
}
