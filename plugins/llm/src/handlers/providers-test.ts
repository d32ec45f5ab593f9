import {CancelledError, type Context, type Handler, OmniError} from '@omni-ops/core/operation'
import {gather, openRouter, rounded} from '../asking/asked.ts'
import type {providersTest} from '../operations/providers-test.ts'
import type {Deployment} from '../routing/deployment.ts'
import type {Router} from '../routing/router.ts'
import {resolveTarget} from '../routing/targets.ts'

export const handle: Handler<typeof providersTest> = async ({deployments: named}, context) => {
  const router = await openRouter(context)
  const {configuration} = router
  const chosen =
    named.length === 0
      ? [...configuration.deployments.values()]
      : named.flatMap(name => resolveTarget(configuration, name).deployments)
  return {results: await Promise.all(chosen.map(deployment => probe(router, deployment, context)))}
}

/** Room for a model that thinks first. */
const probeTokens = 64

async function probe(router: Router, deployment: Deployment, context: Context) {
  const {id, provider, model} = deployment
  // Whoever asks wants to know now, cooling or not; a failure cools it again.
  router.engine.cooldowns.reset(id)
  const began = context.clock.elapsed()
  const base = {deployment: id, provider, model}
  try {
    await gather(
      router,
      {model: id},
      {messages: [{role: 'user', content: [{type: 'text', text: 'Answer with: ok'}]}], maxOutputTokens: probeTokens},
      context,
      {show: false, cache: 'off'},
    )
    const latency_ms = rounded(context.clock.elapsed() - began)
    return {...base, reachable: true, latency_ms, failure: null, status: null, message: null}
  } catch (error) {
    if (!(error instanceof OmniError) || error instanceof CancelledError) throw error
    const details = (error.details ?? {}) as {readonly class?: string; readonly status?: number | null}
    return {
      ...base,
      reachable: false,
      latency_ms: rounded(context.clock.elapsed() - began),
      failure: details.class ?? error.code,
      status: details.status ?? null,
      message: error.message,
    }
  }
}
