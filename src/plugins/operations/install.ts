import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {InstallOutput} from './schemas.ts'

export const pluginsInstall = defineOperation({
  id: 'plugins.install',
  summary: 'Install a plugin, whose code will run with all of your rights',
  description:
    'npm brings the package, without running its scripts. It is then loaded once and checked against everything that ' +
    'is there; where that fails, nothing has changed. Install it again for another version. --dry-run runs nothing of it.',
  scopes: ['plugins:write'],
  effects: 'destructive',
  input: z.object({
    source: z.string().min(1).describe('A name, name@version, tarball, directory or git URL, as npm takes them'),
    dry_run: z.boolean().default(false).describe('Only tell what would be installed'),
  }),
  output: InstallOutput,
  cli: {
    args: ['source'],
    confirm: 'yes',
    columns: ['package', 'version', 'replaced', 'commands'],
    examples: [
      'omni plugins install omni-plugin-greeting --yes',
      'omni plugins install omni-plugin-greeting@1.2.0 --yes',
      'omni plugins install ./greeting-1.0.0.tgz --yes',
    ],
  },
  handler: () => import('../handlers/install.ts'),
})
