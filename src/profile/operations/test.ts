import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {ProfileName} from './profile.ts'
import {Identity} from './whoami.ts'

export const profileTest = defineOperation({
  id: 'profile.test',
  summary: 'Reach a profile’s deployment and tell what its key may do there',
  scopes: ['config:read'],
  effects: 'read',
  input: z.object({name: ProfileName.optional().describe('The profile’s name; the one in use by default')}),
  output: Identity.extend({
    name: z.string(),
    url: z.string(),
    version: z.string().nullable().describe('Of the omni that runs there'),
    milliseconds: z.number().describe('From the request to its answer'),
  }),
  cli: {args: ['name'], examples: ['omni profile test prod']},
  handler: () => import('../handlers/test.ts'),
})
