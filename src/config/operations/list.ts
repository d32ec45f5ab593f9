import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {Setting} from './setting.ts'

export const configList = defineOperation({
  id: 'config.list',
  summary: 'List every setting with its value',
  description: 'Precedence: flags, environment, omni.yaml of the project, the profile’s file, defaults.',
  scopes: ['config:read'],
  effects: 'read',
  input: z.object({
    show_origin: z.boolean().default(false).describe('Show what sets each value'),
  }),
  output: z.object({settings: z.array(Setting.partial({origin: true}))}),
  cli: {rows: 'settings', examples: ['omni config list', 'omni config list --show-origin']},
  handler: () => import('../handlers/list.ts'),
})
