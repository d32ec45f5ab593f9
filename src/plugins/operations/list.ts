import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {PluginOutput} from './schemas.ts'

export const pluginsList = defineOperation({
  id: 'plugins.list',
  summary: 'List the plugins that you installed',
  description: 'Loads none of them. `omni doctor` tells whether they work.',
  scopes: ['plugins:read'],
  effects: 'read',
  input: z.object({}),
  output: z.object({plugins: z.array(PluginOutput)}),
  cli: {
    rows: 'plugins',
    columns: ['name', 'version', 'package', 'summary', 'source'],
    examples: ['omni plugins list', 'omni plugins list --json'],
  },
  handler: () => import('../handlers/list.ts'),
})
