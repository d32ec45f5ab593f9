import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {KeyOutput} from './key-output.ts'

export const keysList = defineOperation({
  id: 'keys.list',
  summary: 'List the API keys of a tenant, without their secrets',
  http: {method: 'GET', path: '/api/v1/keys'},
  scopes: ['keys:read'],
  effects: 'read',
  input: z.object({
    limit: z.int().min(1).max(1000).default(100).describe('How many at most'),
    cursor: z.string().max(200).optional().describe('Go on where an earlier list ended (its `next`)'),
  }),
  output: z.object({items: z.array(KeyOutput), next: z.string().nullable()}),
  cli: {
    rows: 'items',
    columns: ['name', 'prefix', 'status', 'scopes', 'last_used_at', 'expires_at'],
    examples: ['omni keys list', 'omni keys list --tenant acme --json'],
  },
  handler: () => import('../handlers/list.ts'),
})
