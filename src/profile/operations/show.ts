import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {ProfileName, ProfileSummary} from './profile.ts'

export const profileShow = defineOperation({
  id: 'profile.show',
  summary: 'Show one profile and its settings; never its key',
  scopes: ['config:read'],
  effects: 'read',
  input: z.object({name: ProfileName.optional().describe('The profile’s name; the one in use by default')}),
  output: ProfileSummary.extend({
    file: z.string().describe('Its settings file, which need not exist'),
    settings: z.record(z.string(), z.unknown()).describe('What its file sets'),
  }),
  cli: {args: ['name'], examples: ['omni profile show prod']},
  handler: () => import('../handlers/show.ts'),
})
