import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {daysField, keyReference, NewKeyOutput} from './key-output.ts'

export const keysRotate = defineOperation({
  id: 'keys.rotate',
  summary: 'Replace a key by a new one with the same rights',
  description: 'The old key goes on working for the overlap, so that nothing stops while the new one is put in place.',
  http: {method: 'POST', path: '/api/v1/keys/{key}/rotate'},
  scopes: ['keys:write'],
  effects: 'write',
  confidential: true,
  input: z.object({
    key: keyReference,
    overlap_hours: z.number().min(0).max(720).default(24).describe('How long the old key goes on working'),
    expires_in_days: daysField.optional().describe('End of the new key; without it, as long as the old one had'),
  }),
  output: NewKeyOutput.extend({
    replaces: z.object({id: z.string(), prefix: z.string(), ends_at: z.iso.datetime()}),
  }),
  cli: {
    args: ['key'],
    columns: ['key', 'name', 'replaces.prefix', 'replaces.ends_at', 'expires_at'],
    examples: ['omni keys rotate ci', 'omni keys rotate ci --overlap-hours 1'],
  },
  handler: () => import('../handlers/rotate.ts'),
})
