import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import type {Config} from '@oclif/core/config'
import type {Plugin} from '../operation/plugin.ts'
import {Registry} from '../operation/registry.ts'
import {readPluginIndex} from '../plugins/installed-plugins.ts'
import {pluginDirectory} from './plugin-directory.ts'

interface OmniPackage {
  readonly omni?: {readonly plugins?: readonly string[]}
}

/**
 * The plugins of this program and of its user. The program says under `omni.plugins` in its package.json which modules
 * hold its definitions, as paths relative to its root. Without `installed` no code of others is loaded.
 */
export async function loadRegistry(config: Config, {installed = true} = {}): Promise<Registry> {
  const paths = ((config.pjson as OmniPackage).omni?.plugins ?? []).map(path => join(config.root, path))
  const modules = await Promise.all(paths.map(path => import(pathToFileURL(path).href) as Promise<{default: Plugin}>))
  const program = modules.map(module => module.default)
  const directory = pluginDirectory()
  const index = readPluginIndex(directory)
  if (index.plugins.length === 0 && index.former.length === 0) return new Registry(program)
  const {installedPlugins, loadInstalled} = await import('../plugins/load-installed.ts')
  if (!installed) return new Registry(program, installedPlugins(index, []))
  return loadInstalled({program, topics: topicsOf(config), index, directory})
}

/** The first words of the program's own commands. */
function topicsOf(config: Config): readonly string[] {
  const own = config.getPluginsList().filter(plugin => plugin.type !== 'user')
  return [...new Set(own.flatMap(plugin => plugin.commandIDs).map(id => id.split(':')[0]!))]
}
