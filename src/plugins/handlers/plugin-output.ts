import type {InstalledPlugin} from '../installed-plugins.ts'
import type {Shelved} from '../plugin-shelf.ts'

export function pluginOutput(plugin: InstalledPlugin) {
  const {name, package: packageName, version, summary, source, linked} = plugin
  return {name, package: packageName, version, summary, source, linked}
}

export function installOutput({plugin, report, replaced}: Shelved) {
  const {operations, settings, tables, commands} = report
  return {
    plugin: pluginOutput(plugin),
    package: plugin.package,
    version: plugin.version,
    replaced,
    operations: [...operations],
    commands: Object.keys(commands).map(id => id.replaceAll(':', ' ')),
    settings: [...settings],
    tables: [...tables],
  }
}
