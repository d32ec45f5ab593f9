import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {VirtualKeyOutput} from './keys-create.ts'

export const keysList = defineOperation({
  id: 'llm.keys.list',
  summary: 'List the keys that have limits for models',
  http: {method: 'GET', path: '/api/v1/llm/keys'},
  scopes: ['llm:read', 'keys:read'],
  effects: 'read',
  input: z.object({}),
  output: z.object({keys: z.array(VirtualKeyOutput)}),
  cli: {
    rows: 'keys',
    columns: ['name', 'prefix', 'status', 'targets', 'rpm', 'tpm', 'expires_at'],
    examples: ['omni llm keys list'],
  },
  handler: () => import('../handlers/keys-list.ts'),
})
