import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {SettingName} from './setting.ts'

export const configSet = defineOperation({
  id: 'config.set',
  summary: 'Set a value in the profile’s file, or in the project’s',
  scopes: ['config:write'],
  effects: 'write',
  input: z.object({
    name: SettingName,
    value: z.string().describe('The new value'),
    project: z.boolean().default(false).describe('Write to omni.yaml of this project instead of the profile’s file'),
  }),
  output: z.object({name: z.string(), value: z.unknown(), file: z.string()}),
  cli: {
    args: ['name', 'value'],
    examples: ['omni config set llm.backend ollama', 'omni config set tenant acme --project'],
  },
  handler: () => import('../handlers/set.ts'),
})
