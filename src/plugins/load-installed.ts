import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import type {Plugin} from '../operation/plugin.ts'
import {type InstalledPlugins, Registry} from '../operation/registry.ts'
import {
  assertForeignEvents,
  assertForeignMigrations,
  assertForeignOperations,
  assertForeignPlugin,
  assertForeignPrivacy,
  takenWords,
} from './foreign-plugin.ts'
import {type InstalledPlugin, type PluginIndex, rootOf} from './installed-plugins.ts'
import {exposeKernel} from './kernel-modules.ts'

export interface LoadInstalledOptions {
  readonly program: readonly Plugin[]
  /** The first words of the program's commands. */
  readonly topics: readonly string[]
  readonly index: PluginIndex
  readonly directory: string
}

/**
 * The program's registry with the user's plugins in it. A plugin that cannot be loaded, now or later in part, is left
 * out and noted in `registry.installed.broken`: it must not take the program with it.
 */
export async function loadInstalled({program, topics, index, directory}: LoadInstalledOptions): Promise<Registry> {
  const broken = new Map<string, string>()
  const taken = takenWords(program, topics)
  const loaded = await Promise.all(index.plugins.map(record => loadGuarded(record, directory, taken, broken)))
  const plugins = loaded.filter(plugin => plugin !== undefined)
  return new Registry([...program, ...plugins], installedPlugins(index, plugins, broken))
}

/** What a registry says of plugins of which these are loaded. */
export function installedPlugins(
  {plugins, former}: PluginIndex,
  loaded: readonly Plugin[],
  broken = new Map<string, string>(),
): InstalledPlugins {
  const names = plugins.map(({name}) => name)
  const absent = [...names, ...former].filter(name => !loaded.some(plugin => plugin.name === name))
  return {names, absent, broken}
}

/** The definition of an installed plugin. Throws whatever its modules throw, and TypeError for one that has none. */
export async function importDefinition(record: InstalledPlugin, directory: string): Promise<Plugin> {
  exposeKernel()
  const path = join(rootOf(record, directory), record.definition)
  const {default: plugin} = (await import(pathToFileURL(path).href)) as {default?: Plugin}
  if (plugin === undefined) throw new TypeError(`${record.definition} has no default export`)
  return plugin
}

async function loadGuarded(
  record: InstalledPlugin,
  directory: string,
  taken: ReadonlySet<string>,
  broken: Map<string, string>,
): Promise<Plugin | undefined> {
  const {name} = record
  try {
    const plugin = await importDefinition(record, directory)
    assertForeignPlugin(plugin, taken)
    if (plugin.name !== name) throw new TypeError(`it was installed as ${name} and calls itself ${plugin.name}`)
    return guarded(plugin, message => void broken.set(name, message))
  } catch (error) {
    broken.set(name, messageOf(error))
    return undefined
  }
}

/** The plugin with each of its parts empty where it cannot be loaded. The questions of `omni init` are the program's own. */
function guarded(plugin: Plugin, report: (message: string) => void): Plugin {
  const {firstSteps: _, ...rest} = plugin
  const {name, operations, events, migrations, privacy, checks, textReaders} = rest
  const safely =
    <T>(load: () => Promise<readonly T[]>, check: (parts: readonly T[]) => void = () => {}) =>
    async (): Promise<readonly T[]> => {
      try {
        const parts = await load()
        check(parts)
        return parts
      } catch (error) {
        report(messageOf(error))
        return []
      }
    }
  return {
    ...rest,
    operations: safely(operations, parts => assertForeignOperations(name, parts)),
    ...(events ? {events: safely(events, parts => assertForeignEvents(name, parts))} : {}),
    ...(migrations ? {migrations: safely(migrations, parts => assertForeignMigrations(name, parts))} : {}),
    ...(privacy ? {privacy: safely(privacy, parts => assertForeignPrivacy(name, parts))} : {}),
    ...(checks ? {checks: safely(checks)} : {}),
    ...(textReaders ? {textReaders: safely(textReaders)} : {}),
  }
}

/** What was thrown, which need not be an error. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
