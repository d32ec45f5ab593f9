import type {Handler} from '@omni-ops/core/operation'
import type {cachePurge} from '../operations/cache-purge.ts'
import {answerCacheOf} from '../routing/open-engine.ts'

export const handle: Handler<typeof cachePurge> = async ({model}, context) => ({
  purged: await (await answerCacheOf(context)).purge(context, model),
})
