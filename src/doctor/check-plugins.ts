import type {Context} from '../operation/context.ts'
import type {Finding} from '../operation/plugin.ts'
import {readPluginIndex} from '../plugins/installed-plugins.ts'

/** Whether the plugins that the user installed load to the last part. */
export async function checkPlugins({registry, directories}: Context): Promise<readonly Finding[]> {
  const {plugins, damage} = readPluginIndex(directories.plugins)
  if (damage !== undefined) {
    return [
      {
        name: 'plugins',
        status: 'problem',
        message: `what is installed cannot be read: ${damage}`,
        fix: 'remove that file and install the plugins again',
      },
    ]
  }
  await Promise.all([registry.operations(), registry.migrations(), registry.privacy(), registry.checks()])
  return plugins.map(({name, package: packageName, version}) => {
    const message = registry.installed.broken.get(name)
    if (message === undefined) return {name: `plugin ${name}`, status: 'ok', message: `${packageName} ${version} loads`}
    return {
      name: `plugin ${name}`,
      status: 'problem',
      message: `${packageName} ${version}: ${message}`,
      fix: `omni plugins uninstall ${name}, or install a version of it that works`,
    }
  })
}
