import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {InstallOutput} from './schemas.ts'

export const pluginsLink = defineOperation({
  id: 'plugins.link',
  summary: 'Use a plugin from the directory that it is written in',
  description: 'Its code is loaded from there at every run. Link it again when it has other commands than before.',
  scopes: ['plugins:write'],
  effects: 'write',
  input: z.object({dir: z.string().min(1).default('.').describe('The directory of its package.json')}),
  output: InstallOutput,
  cli: {
    args: ['dir'],
    columns: ['package', 'version', 'replaced', 'commands'],
    examples: ['omni plugins link', 'omni plugins link ../greeting'],
  },
  handler: () => import('../handlers/link.ts'),
})
