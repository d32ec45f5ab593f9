import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {capabilityNames} from './schemas.ts'

export const models = defineOperation({
  id: 'llm.models',
  summary: 'List what can be asked, and what each can do',
  http: {method: 'GET', path: '/api/v1/llm/models'},
  scopes: ['llm:read'],
  effects: 'read',
  input: z.object({
    capability: z.array(z.enum(capabilityNames)).default([]).describe('Only what can do all of these'),
  }),
  output: z.object({
    models: z.array(
      z.object({
        name: z.string(),
        kind: z.enum(['group', 'deployment']),
        providers: z.array(z.string()),
        deployments: z.array(z.string()),
        capabilities: z.array(z.string()),
        context_tokens: z.int().nullable(),
      }),
    ),
  }),
  cli: {
    rows: 'models',
    columns: ['name', 'kind', 'providers', 'deployments', 'capabilities', 'context_tokens'],
    commas: ['capability'],
    examples: ['omni llm models', 'omni llm models --capability vision,tools'],
  },
  handler: () => import('../handlers/models.ts'),
})
