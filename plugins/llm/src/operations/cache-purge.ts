import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'

export const cachePurge = defineOperation({
  id: 'llm.cache.purge',
  summary: 'Forget the answers that are kept',
  http: {method: 'DELETE', path: '/api/v1/llm/cache'},
  scopes: ['llm:admin'],
  effects: 'destructive',
  input: z.object({model: z.string().min(1).max(200).optional().describe('Only the answers of this model')}),
  output: z.object({purged: z.int()}),
  cli: {confirm: 'yes', examples: ['omni llm cache purge --yes']},
  handler: () => import('../handlers/cache-purge.ts'),
})
