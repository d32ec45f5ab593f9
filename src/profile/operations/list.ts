import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {ProfileSummary} from './profile.ts'

export const profileList = defineOperation({
  id: 'profile.list',
  summary: 'List the profiles of this user',
  scopes: ['config:read'],
  effects: 'read',
  input: z.object({}),
  output: z.object({profiles: z.array(ProfileSummary)}),
  cli: {
    rows: 'profiles',
    columns: ['name', 'current', 'url', 'tenant', 'key'],
    examples: ['omni profile list', 'omni profile list --json'],
  },
  handler: () => import('../handlers/list.ts'),
})
