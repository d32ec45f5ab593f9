import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {PluginOutput} from './schemas.ts'

export const pluginsUninstall = defineOperation({
  id: 'plugins.uninstall',
  summary: 'Uninstall a plugin; its tables and settings stay where they are',
  description: 'Loads nothing of it, so that it works for a plugin that is broken.',
  scopes: ['plugins:write'],
  effects: 'write',
  input: z.object({name: z.string().min(1).describe('The plugin, or its package')}),
  output: z.object({uninstalled: PluginOutput}),
  cli: {
    args: ['name'],
    columns: ['uninstalled.name', 'uninstalled.package', 'uninstalled.version'],
    examples: ['omni plugins uninstall greeting'],
  },
  handler: () => import('../handlers/uninstall.ts'),
})
