import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import type {Config} from '@oclif/core/config'
import type {Plugin} from '../operation/plugin.ts'
import {Registry} from '../operation/registry.ts'

interface OmniPackage {
  readonly omni?: {readonly plugins?: readonly string[]}
}

/**
 * The plugins of this program: every oclif plugin says under `omni.plugins` in its package.json which modules hold its
 * definitions, as paths relative to its root.
 */
export async function loadRegistry(config: Config): Promise<Registry> {
  const paths = config
    .getPluginsList()
    .flatMap(plugin => ((plugin.pjson as OmniPackage).omni?.plugins ?? []).map(path => join(plugin.root, path)))
  const modules = await Promise.all(paths.map(path => import(pathToFileURL(path).href) as Promise<{default: Plugin}>))
  return new Registry(modules.map(module => module.default))
}
