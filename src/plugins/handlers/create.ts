import type {Handler} from '../../operation/operation.ts'
import {createPlugin} from '../create-plugin.ts'
import type {pluginsCreate} from '../operations/create.ts'

export const handle: Handler<typeof pluginsCreate> = async ({name, dir}, context) => {
  const written = await createPlugin(name, dir ?? `omni-plugin-${name}`, context)
  const {directory} = written
  return {
    ...written,
    next: [`omni plugins test ${directory}`, `omni plugins link ${directory}`, `omni ${name} --help`],
  }
}
