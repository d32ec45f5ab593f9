import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'

export const providers = defineOperation({
  id: 'llm.providers',
  summary: 'List the deployments, where their keys come from and how they are',
  description: 'Nothing is sent to a provider: `omni llm providers test` does.',
  http: {method: 'GET', path: '/api/v1/llm/providers'},
  scopes: ['llm:read'],
  effects: 'read',
  input: z.object({}),
  output: z.object({
    deployments: z.array(
      z.object({
        deployment: z.string(),
        provider: z.string(),
        model: z.string(),
        region: z.string().nullable(),
        country: z.string().nullable().describe('That data stay in, where the provider promises it of the region'),
        key: z.string().describe('Where the key comes from, never the key'),
        configured: z.boolean().describe('Whether everything is there that a request needs'),
        problem: z.string().nullable().describe('What is missing; null where it is configured'),
        state: z.enum(['healthy', 'cooling', 'half-open', 'probing']).describe('In the process that answers'),
        until: z.iso.datetime().nullable(),
        reason: z.string().nullable(),
        in_flight: z.int(),
        first_content_ms: z.number().nullable().describe('Smoothed; null before the first answer'),
      }),
    ),
    default: z.string().describe('What is asked where no model is named'),
  }),
  cli: {
    rows: 'deployments',
    columns: ['deployment', 'provider', 'model', 'region', 'key', 'configured', 'state', 'until', 'problem'],
    examples: ['omni llm providers', 'omni llm providers --json'],
  },
  handler: () => import('../handlers/providers.ts'),
})
