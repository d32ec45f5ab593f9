import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {Setting, SettingName} from './setting.ts'

export const configGet = defineOperation({
  id: 'config.get',
  summary: 'Show one setting',
  scopes: ['config:read'],
  effects: 'read',
  input: z.object({name: SettingName}),
  output: Setting,
  cli: {args: ['name'], columns: ['value'], examples: ['omni config get llm.backend']},
  handler: () => import('../handlers/get.ts'),
})
