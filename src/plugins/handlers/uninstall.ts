import type {Handler} from '../../operation/operation.ts'
import type {pluginsUninstall} from '../operations/uninstall.ts'
import {PluginShelf} from '../plugin-shelf.ts'
import {pluginOutput} from './plugin-output.ts'

export const handle: Handler<typeof pluginsUninstall> = async ({name}, context) => ({
  uninstalled: pluginOutput(await new PluginShelf(context).uninstall(name)),
})
