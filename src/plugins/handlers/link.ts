import type {Handler} from '../../operation/operation.ts'
import type {pluginsLink} from '../operations/link.ts'
import {PluginShelf} from '../plugin-shelf.ts'
import {installOutput} from './plugin-output.ts'

export const handle: Handler<typeof pluginsLink> = async ({dir}, context) =>
  installOutput(await new PluginShelf(context).link(dir))
