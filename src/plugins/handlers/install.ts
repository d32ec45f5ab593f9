import type {Handler} from '../../operation/operation.ts'
import type {pluginsInstall} from '../operations/install.ts'
import {PluginShelf} from '../plugin-shelf.ts'
import {installOutput} from './plugin-output.ts'

export const handle: Handler<typeof pluginsInstall> = async ({source, dry_run}, context) => {
  const shelf = new PluginShelf(context)
  if (!dry_run) return installOutput(await shelf.install(source))
  const {name, version} = await shelf.look(source)
  const present = shelf.list().find(plugin => plugin.package === name)
  return {
    plugin: null,
    package: name,
    version,
    replaced: present?.version ?? null,
    operations: [],
    commands: [],
    settings: [],
    tables: [],
  }
}
