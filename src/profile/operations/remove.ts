import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {ProfileName} from './profile.ts'

export const profileRemove = defineOperation({
  id: 'profile.remove',
  summary: 'Remove a profile’s settings and key; data stays where it is',
  scopes: ['config:write'],
  effects: 'destructive',
  input: z.object({name: ProfileName, dry_run: z.boolean().default(false).describe('Only tell what would be removed')}),
  output: z.object({
    name: z.string(),
    files: z.array(z.string()),
    removed: z.boolean(),
    data: z.string().nullable().describe('Where its data is left on this machine; null where there is none'),
  }),
  cli: {args: ['name'], confirm: 'yes', examples: ['omni profile remove prod --yes']},
  handler: () => import('../handlers/remove.ts'),
})
