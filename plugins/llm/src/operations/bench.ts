import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {promptField, targetField, usdField} from './schemas.ts'

const Percentiles = z.object({p50: z.number(), p95: z.number(), p99: z.number()})

export const bench = defineOperation({
  id: 'llm.bench',
  summary: 'Measure how fast a model answers',
  description: 'Each request is paid for, counts for budgets, and is written down like any other.',
  http: {method: 'POST', path: '/api/v1/llm/bench'},
  scopes: ['llm:use'],
  effects: 'write',
  repeatable: false,
  input: z.object({
    model: targetField.optional(),
    prompt: promptField.default('Count from one to twenty in words.').describe('What to ask'),
    requests: z.int().min(1).max(1_000).default(10).describe('How many requests'),
    concurrency: z.int().min(1).max(64).default(1).describe('How many at once'),
    max_tokens: z.int().min(1).max(8_192).default(64).describe('The most tokens to generate for each'),
    max_cost: usdField.optional().describe('The most US dollars that each may cost, by its worst case'),
  }),
  output: z.object({
    target: z.string(),
    requests: z.int(),
    failed: z.int(),
    first_content_ms: Percentiles.nullable(),
    latency_ms: Percentiles.nullable(),
    overhead_ms: Percentiles.nullable(),
    output_tokens_per_second: z.number().nullable(),
    requests_per_second: z.number(),
    cost_usd: z.string().nullable(),
    failures: z.record(z.string(), z.int()).describe('Codes of errors, and how often'),
  }),
  cli: {
    chars: {model: 'm'},
    columns: [
      'target',
      'requests',
      'failed',
      'first_content_ms.p50',
      'latency_ms.p50',
      'latency_ms.p95',
      'overhead_ms.p50',
      'output_tokens_per_second',
      'requests_per_second',
      'cost_usd',
      'failures',
    ],
    examples: ['omni llm bench --model fast --requests 20 --concurrency 4'],
  },
  outcome: ({requests, failed}) => (failed === 0 ? 0 : failed === requests ? 1 : 3),
  handler: () => import('../handlers/bench.ts'),
})
