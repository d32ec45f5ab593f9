import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {AttemptOutput, capabilityNames, generation, promptField, targetField} from './schemas.ts'

export const routeExplain = defineOperation({
  id: 'llm.route.explain',
  summary: 'Show which deployment would be asked, and why the others would not',
  description: 'Nothing is sent. With --request it shows the trail of a call that was made.',
  http: {method: 'POST', path: '/api/v1/llm/route/explain'},
  scopes: ['llm:read'],
  effects: 'read',
  input: z.object({
    prompt: promptField.default('Hello').describe('What would be asked'),
    model: targetField.optional(),
    ...generation,
    capability: z.array(z.enum(capabilityNames)).default([]).describe('What the deployment must be able to do'),
    request: z.string().min(1).max(100).optional().describe('The id of a call that was made'),
  }),
  output: z.object({
    target: z.string(),
    group: z.string().nullable(),
    strategy: z.string(),
    input_tokens: z.int().describe('Estimated'),
    pick: z.string().nullable(),
    candidates: z.array(
      z.object({
        deployment: z.string(),
        provider: z.string(),
        model: z.string(),
        region: z.string().nullable(),
        place: z.int().nullable().describe('In the order in which they would be asked'),
        worst_case_usd: z.string().nullable(),
        excluded: z.array(z.object({by: z.string(), why: z.string()})),
      }),
    ),
    fallbacks: z.array(z.string()),
    context_fallbacks: z.array(z.string()),
    content_fallbacks: z.array(z.string()),
    attempts: z.array(AttemptOutput).describe('Of the call that --request names'),
  }),
  cli: {
    args: ['prompt'],
    chars: {model: 'm', system: 's'},
    hints: {prompt: '- reads it from stdin'},
    commas: ['capability'],
    rows: 'candidates',
    columns: ['deployment', 'provider', 'model', 'region', 'place', 'worst_case_usd', 'excluded'],
    examples: ['omni llm route explain "What is a notice period?" --model fast --region eu'],
  },
  handler: () => import('../handlers/route-explain.ts'),
})
