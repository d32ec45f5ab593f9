import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {SettingName} from './setting.ts'

export const configUnset = defineOperation({
  id: 'config.unset',
  summary: 'Remove a value from the profile’s file, or from the project’s',
  scopes: ['config:write'],
  effects: 'write',
  input: z.object({
    name: SettingName,
    project: z.boolean().default(false).describe('Remove it from omni.yaml of this project'),
  }),
  output: z.object({name: z.string(), file: z.string()}),
  cli: {args: ['name'], examples: ['omni config unset llm.backend']},
  handler: () => import('../handlers/unset.ts'),
})
