import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import type {Command} from '@oclif/core/command'
import {Plugin} from '@oclif/core/config'
import type * as Interfaces from '@oclif/core/interfaces'
import {FailureError} from '../../operation/errors.ts'
import {exposeKernel} from '../../plugins/kernel-modules.ts'
import {type InstalledPlugin, rootOf} from '../../plugins/installed-plugins.ts'

/** A plugin's code does not load. */
export class PluginBrokenError extends FailureError {
  override readonly code = 'plugin_broken'
}

/**
 * The commands of an installed plugin as oclif sees them: from the index alone until one is run. A command that has no
 * file of its own follows from its operation.
 */
export class InstalledCommands implements Interfaces.Plugin {
  readonly _base = ''
  readonly commandsDir = undefined
  readonly hasManifest = true
  readonly hooks = {}
  readonly isRoot = false
  readonly moduleType = 'module'
  readonly options: Interfaces.Options
  readonly pjson: Interfaces.PJSON
  readonly type = 'user'
  readonly valid = true
  readonly alias: string
  readonly name: string
  readonly root: string
  readonly version: string
  readonly commandIDs: string[]
  readonly commands: Command.Loadable[]
  readonly topics: Interfaces.Topic[]
  readonly #record: InstalledPlugin
  readonly #directory: string

  constructor(record: InstalledPlugin, directory: string) {
    this.#record = record
    this.#directory = directory
    this.alias = record.package
    this.name = record.package
    this.root = rootOf(record, directory)
    this.version = record.version
    this.options = {root: this.root}
    this.pjson = {name: record.package, version: record.version, oclif: {}} as Interfaces.PJSON
    this.commandIDs = Object.keys(record.commands)
    this.topics = Object.entries(record.topics).map(([name, description]) => ({name, description}))
    this.commands = Object.values(record.commands).map(command => ({
      ...(command as unknown as Command.Cached),
      pluginName: record.package,
      pluginAlias: record.package,
      pluginType: 'user',
      load: () => this.findCommand(command.id),
    }))
  }

  async load(): Promise<void> {
    // Everything is in the record.
  }

  /** @throws PluginBrokenError */
  async findCommand(id: string): Promise<Command.Class> {
    try {
      const command = await this.#commandClass(id)
      command.id = id
      command.plugin = this
      return command
    } catch (error) {
      const {name} = this.#record
      throw new PluginBrokenError(`Plugin ${name} does not load: ${(error as Error).message}`, {
        hint: `omni plugins uninstall ${name}, or install a version of it that works`,
        cause: error,
      })
    }
  }

  async #commandClass(id: string): Promise<Command.Class> {
    const {relativePath} = this.#record.commands[id] ?? {}
    if (relativePath !== undefined) {
      exposeKernel()
      const path = join(this.root, ...relativePath)
      return ((await import(pathToFileURL(path).href)) as {default: Command.Class}).default
    }
    const [{importDefinition}, {commandFor}] = await Promise.all([
      import('../../plugins/load-installed.ts'),
      import('../command-for.ts'),
    ])
    const {operations} = await importDefinition(this.#record, this.#directory)
    const operation = (await operations()).find(each => each.id === id.replaceAll(':', '.'))
    if (operation === undefined) throw new TypeError(`it has no operation for ${id.replaceAll(':', ' ')}`)
    return commandFor(operation) as unknown as Command.Class
  }
}

/** The program and the plugins of its user, for oclif. A plugin whose name the program has taken since is left out. */
export async function programWithPlugins(
  root: string,
  pjson: Interfaces.PJSON,
  installed: readonly InstalledPlugin[],
  directory: string,
): Promise<Map<string, Interfaces.Plugin>> {
  const program = new Plugin({root, pjson, isRoot: true})
  await program.load()
  const own = new Set(program.commandIDs.map(id => id.split(':')[0]))
  const records = installed.filter(({name}) => !own.has(name))
  const plugins = records.map(record => new InstalledCommands(record, directory))
  return new Map<string, Interfaces.Plugin>([program, ...plugins].map(plugin => [plugin.name, plugin]))
}
