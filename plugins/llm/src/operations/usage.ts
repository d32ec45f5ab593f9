import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'

/** Whether a text of that form is a duration, or a time on a day that the calendar has. */
function isReal(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return true
  const time = new Date(text)
  // A 31st of February is read as a day of March.
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text.slice(0, 10))
}

export const usage = defineOperation({
  id: 'llm.usage',
  summary: 'Show what was used and what it cost',
  http: {method: 'GET', path: '/api/v1/llm/usage'},
  scopes: ['llm:read'],
  effects: 'read',
  input: z.object({
    by: z
      .enum(['model', 'provider', 'deployment', 'tenant', 'key', 'operation', 'day'])
      .default('model')
      .describe('What a line is'),
    since: z
      .string()
      .regex(/^(\d{1,4}[hdw]|\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?)$/, 'must be 24h, 30d, 4w or a date such as 2026-01-31')
      .refine(isReal, 'must be a day that there is')
      .default('30d')
      .describe('From when on: 24h, 30d, 4w or a date in UTC'),
  }),
  output: z.object({
    since: z.iso.datetime(),
    rows: z.array(
      z.object({
        name: z.string(),
        calls: z.int(),
        failed: z.int(),
        cached: z.int().describe('Calls that were answered from the cache of answers'),
        input_tokens: z.int(),
        cache_read_tokens: z.int().describe('Of the input, what a provider read from its own cache'),
        cache_write_tokens: z.int().describe('Of the input, what a provider wrote to its own cache'),
        output_tokens: z.int(),
        audio_seconds: z.number().describe('Of sound that was written down'),
        characters: z.int().describe('Of text that was spoken'),
        images: z.int().describe('That were made or changed'),
        cost_usd: z.string().describe('Of the calls whose price is known'),
        unpriced: z.int().describe('Calls whose price nobody knows'),
        estimated: z.int().describe('Calls whose tokens omni counted, because the provider did not say'),
      }),
    ),
  }),
  cli: {
    rows: 'rows',
    columns: [
      'name',
      'calls',
      'failed',
      'cached',
      'input_tokens',
      'cache_read_tokens',
      'cache_write_tokens',
      'output_tokens',
      'audio_seconds',
      'characters',
      'images',
      'cost_usd',
      'unpriced',
      'estimated',
    ],
    examples: ['omni llm usage', 'omni llm usage --by day --since 2026-01-01 --csv'],
  },
  handler: () => import('../handlers/usage.ts'),
})
