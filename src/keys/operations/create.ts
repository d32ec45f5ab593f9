import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {daysField, NewKeyOutput} from './key-output.ts'

export const keysCreate = defineOperation({
  id: 'keys.create',
  summary: 'Make an API key and print it once',
  description:
    'Only a digest of the key is stored. Whoever makes a key over HTTP cannot give it more than they have themselves.',
  http: {method: 'POST', path: '/api/v1/keys'},
  scopes: ['keys:write'],
  effects: 'write',
  confidential: true,
  input: z.object({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be lower-case letters, digits, ., - and _, at most 63')
      .describe('What it is for'),
    scopes: z.array(z.string().min(1).max(100)).min(1).max(100).describe('What it may do, such as rag:read or rag:*'),
    tenants: z
      .array(z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/))
      .max(1000)
      .default([])
      .describe('Further tenants that it may enter, besides its own'),
    groups: z.array(z.string().min(1).max(200)).max(100).default([]).describe('Groups whose documents it may see'),
    expires_in_days: daysField.optional().describe('End of its life; without it, it works until it is revoked'),
  }),
  output: NewKeyOutput,
  cli: {
    args: ['name'],
    columns: ['key', 'name', 'scopes', 'tenant', 'expires_at'],
    examples: [
      'omni keys create ci --scopes rag:read',
      "omni keys create nightly --scopes 'rag:*' --tenant acme --expires-in-days 90",
    ],
  },
  handler: () => import('../handlers/create.ts'),
})
