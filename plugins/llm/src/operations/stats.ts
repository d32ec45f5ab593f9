import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'

export const stats = defineOperation({
  id: 'llm.stats',
  summary: 'Show how calls of the last 24 hours went',
  http: {method: 'GET', path: '/api/v1/llm/stats'},
  scopes: ['llm:read'],
  effects: 'read',
  input: z.object({}),
  output: z.object({
    since: z.iso.datetime(),
    calls: z.int(),
    outcomes: z.record(z.string(), z.int()),
    cost_usd: z.string(),
    unpriced: z.int(),
    latency_ms: z.object({p50: z.number().nullable(), p95: z.number().nullable(), p99: z.number().nullable()}),
    first_content_ms: z.object({p50: z.number().nullable(), p95: z.number().nullable(), p99: z.number().nullable()}),
    failovers: z.int().describe('Calls that more than one request was made for'),
  }),
  cli: {
    columns: ['calls', 'outcomes', 'cost_usd', 'unpriced', 'latency_ms.p50', 'latency_ms.p95', 'failovers'],
    examples: ['omni llm stats --json'],
  },
  handler: () => import('../handlers/stats.ts'),
})
