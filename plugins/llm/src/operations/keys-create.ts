import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {targetField, usdField} from './schemas.ts'

export const VirtualKeyOutput = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  tenant: z.string(),
  status: z.enum(['active', 'expired', 'revoked']),
  scopes: z.array(z.string()),
  targets: z.array(z.string()).describe('What it may ask; everything where it is empty'),
  rpm: z.int().nullable(),
  tpm: z.int().nullable(),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime().nullable(),
})

export const keysCreate = defineOperation({
  id: 'llm.keys.create',
  summary: 'Make a key for the gateway, with limits of its own, and print it once',
  description:
    'It is an API key like those of `omni keys`, of which only a digest is stored, with what it may ask and how much: ' +
    'for programs that speak to `omni serve` as if it were OpenAI or Anthropic.',
  http: {method: 'POST', path: '/api/v1/llm/keys'},
  scopes: ['llm:admin', 'keys:write'],
  effects: 'write',
  confidential: true,
  input: z.object({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be lower-case letters, digits, ., - and _, at most 63')
      .describe('What it is for'),
    targets: z
      .array(targetField)
      .max(1000)
      .default([])
      .describe('Groups or deployments that it may ask; all without it'),
    scopes: z
      .array(z.string().min(1).max(100))
      .min(1)
      .max(100)
      .default(['llm:use', 'llm:read'])
      .describe('What it may do'),
    rpm: z.int().min(1).max(1_000_000).optional().describe('Requests in a minute'),
    tpm: z.int().min(1).max(1_000_000_000).optional().describe('Tokens in a minute'),
    budget: usdField.optional().describe('US dollars that it may spend in each window'),
    window: z.enum(['day', 'week', 'month', 'total']).default('month').describe('How often the budget begins anew'),
    expires_in_days: z.number().positive().max(3650).optional().describe('End of its life; never without it'),
  }),
  output: VirtualKeyOutput.extend({
    key: z.string().describe('The key. It is shown this once and cannot be had again'),
    budget_usd: z.string().nullable(),
  }),
  cli: {
    args: ['name'],
    commas: ['targets', 'scopes'],
    columns: ['key', 'name', 'prefix', 'targets', 'rpm', 'tpm', 'budget_usd', 'expires_at'],
    examples: ['omni llm keys create editor --targets fast --rpm 60 --budget 20'],
  },
  handler: () => import('../handlers/keys-create.ts'),
})
