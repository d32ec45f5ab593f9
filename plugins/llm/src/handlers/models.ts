import type {Handler} from '@omni-ops/core/operation'
import {openRouter} from '../asking/asked.ts'
import type {models} from '../operations/models.ts'

export const handle: Handler<typeof models> = async ({capability}, context) => {
  const router = await openRouter(context)
  const able = router.models().filter(({capabilities}) => capability.every(each => capabilities.includes(each)))
  return {
    models: able.map(({name, kind, providers, deployments, capabilities, contextTokens}) => ({
      name,
      kind,
      providers: [...providers],
      deployments: [...deployments],
      capabilities: [...capabilities],
      context_tokens: contextTokens,
    })),
  }
}
