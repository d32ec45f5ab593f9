import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {ProfileName, ProfileSummary} from './profile.ts'

export const profileUse = defineOperation({
  id: 'profile.use',
  summary: 'Choose the profile that commands use where none is named',
  description: '--profile and OMNI_PROFILE still win.',
  scopes: ['config:write'],
  effects: 'write',
  input: z.object({name: ProfileName}),
  output: ProfileSummary,
  cli: {args: ['name'], examples: ['omni profile use prod', 'omni profile use default']},
  handler: () => import('../handlers/use.ts'),
})
