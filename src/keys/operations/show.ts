import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {KeyOutput, keyReference} from './key-output.ts'

export const keysShow = defineOperation({
  id: 'keys.show',
  summary: 'Show what a key may do and when it was last used',
  http: {method: 'GET', path: '/api/v1/keys/{key}'},
  scopes: ['keys:read'],
  effects: 'read',
  input: z.object({key: keyReference}),
  output: KeyOutput,
  cli: {args: ['key'], examples: ['omni keys show ci']},
  handler: () => import('../handlers/show.ts'),
})
