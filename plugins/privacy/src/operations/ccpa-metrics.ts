import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'

export const ccpaMetrics = defineOperation({
  id: 'ccpa.metrics',
  summary: 'Print the table of requests that is published each year',
  description:
    '11 CCR 7102: required of who handles the data of ten million consumers a year, and good practice for others.',
  http: {method: 'GET', path: '/api/v1/ccpa/metrics'},
  scopes: ['gdpr:read'],
  effects: 'read',
  input: z.object({
    year: z.int().min(2020).max(2100).optional().describe('The calendar year; the previous one where it is not given'),
  }),
  output: z.object({
    year: z.int(),
    rows: z.array(
      z.object({
        request: z.string(),
        received: z.int(),
        complied: z.int().describe('In whole or in part'),
        denied: z.int(),
        median_days: z.number().nullable(),
        mean_days: z.number().nullable(),
      }),
    ),
    citation: z.string(),
  }),
  cli: {
    rows: 'rows',
    columns: ['request', 'received', 'complied', 'denied', 'median_days', 'mean_days'],
    examples: ['omni ccpa metrics --year 2026'],
  },
  handler: () => import('../handlers/ccpa-metrics.ts'),
})
