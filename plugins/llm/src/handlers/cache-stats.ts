import type {Handler} from '@omni-ops/core/operation'
import type {cacheStats} from '../operations/cache-stats.ts'
import {answerCacheOf} from '../routing/open-engine.ts'

export const handle: Handler<typeof cacheStats> = async (_, context) =>
  (await answerCacheOf(context)).statistics(context)
