import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {KeyOutput, keyReference} from './key-output.ts'

export const keysRevoke = defineOperation({
  id: 'keys.revoke',
  summary: 'End a key at once',
  description: 'Servers notice within a second. The key stays in the list, for the record.',
  http: {method: 'POST', path: '/api/v1/keys/{key}/revoke'},
  scopes: ['keys:write'],
  effects: 'destructive',
  input: z.object({key: keyReference}),
  output: KeyOutput,
  cli: {
    args: ['key'],
    columns: ['name', 'prefix', 'status', 'revoked_at'],
    confirm: 'yes',
    examples: ['omni keys revoke ci --yes'],
  },
  handler: () => import('../handlers/revoke.ts'),
})
