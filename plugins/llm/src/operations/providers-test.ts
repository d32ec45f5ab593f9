import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'

export const providersTest = defineOperation({
  id: 'llm.providers.test',
  summary: 'Ask each deployment for one word, and say whether it answers',
  description:
    'A few tokens each are paid for. A deployment that answers is let in again, also where it was out of money.',
  http: {method: 'POST', path: '/api/v1/llm/providers/test'},
  scopes: ['llm:admin'],
  effects: 'write',
  repeatable: false,
  input: z.object({
    deployments: z.array(z.string().min(1).max(200)).max(1000).default([]).describe('Only these; all without it'),
  }),
  output: z.object({
    results: z.array(
      z.object({
        deployment: z.string(),
        provider: z.string(),
        model: z.string(),
        reachable: z.boolean(),
        latency_ms: z.number(),
        failure: z.string().nullable().describe('The class of the failure'),
        status: z.int().nullable(),
        message: z.string().nullable(),
      }),
    ),
  }),
  cli: {
    args: ['deployments'],
    rows: 'results',
    columns: ['deployment', 'provider', 'model', 'reachable', 'latency_ms', 'failure', 'status', 'message'],
    examples: ['omni llm providers test', 'omni llm providers test claude'],
  },
  outcome: ({results}) => (results.every(({reachable}) => reachable) ? 0 : 9),
  handler: () => import('../handlers/providers-test.ts'),
})
