import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'

export const cacheStats = defineOperation({
  id: 'llm.cache.stats',
  summary: 'Show what the cache of answers holds',
  http: {method: 'GET', path: '/api/v1/llm/cache'},
  scopes: ['llm:read'],
  effects: 'read',
  input: z.object({}),
  output: z.object({
    entries: z.int(),
    expired: z.int(),
    hits: z.int(),
    oldest: z.iso.datetime().nullable(),
  }),
  cli: {columns: ['entries', 'expired', 'hits', 'oldest'], examples: ['omni llm cache stats']},
  handler: () => import('../handlers/cache-stats.ts'),
})
