import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'

export const keysRevoke = defineOperation({
  id: 'llm.keys.revoke',
  summary: 'End a key at once',
  description: 'The next call with it is refused, also by servers that have seen it a moment ago.',
  http: {method: 'POST', path: '/api/v1/llm/keys/{key}/revoke'},
  scopes: ['llm:admin', 'keys:write'],
  effects: 'destructive',
  input: z.object({key: z.string().min(1).max(200).describe('Name, prefix or id of the key')}),
  output: z.object({name: z.string(), prefix: z.string(), status: z.enum(['active', 'expired', 'revoked'])}),
  cli: {args: ['key'], confirm: 'yes', examples: ['omni llm keys revoke editor --yes']},
  handler: () => import('../handlers/keys-revoke.ts'),
})
