import type {Handler} from '../../operation/operation.ts'
import type {pluginsList} from '../operations/list.ts'
import {PluginShelf} from '../plugin-shelf.ts'
import {pluginOutput} from './plugin-output.ts'

export const handle: Handler<typeof pluginsList> = async (_, context) => ({
  plugins: new PluginShelf(context).list().map(pluginOutput),
})
