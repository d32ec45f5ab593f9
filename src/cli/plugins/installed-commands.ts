import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import type {Command} from '@oclif/core/command'
import {Plugin} from '@oclif/core/config'
import type * as Interfaces from '@oclif/core/interfaces'
import {FailureError} from '../../operation/errors.ts'
import {exposeKernel} from '../../plugins/kernel-modules.ts'
import {type InstalledPlugin, rootOf} from '../../plugins/installed-plugins.ts'
import {RecordedCommands} from '../recorded-commands.ts'

/** A plugin's code does not load. */
export class PluginBrokenError extends FailureError {
  override readonly code = 'plugin_broken'
}

/**
 * The commands of an installed plugin as oclif sees them: from the index alone until one is run. A command that has no
 * file of its own follows from its operation.
 */
export class InstalledCommands extends RecordedCommands {
  readonly #record: InstalledPlugin
  readonly #directory: string

  constructor(record: InstalledPlugin, directory: string) {
    const {package: name, version} = record
    super({
      name,
      version,
      root: rootOf(record, directory),
      type: 'user',
      pjson: {name, version, oclif: {}} as Interfaces.PJSON,
      commands: Object.values(record.commands) as unknown as Command.Cached[],
      topics: Object.entries(record.topics).map(([topic, description]) => ({name: topic, description})),
    })
    this.#record = record
    this.#directory = directory
  }

  /** @throws PluginBrokenError */
  override async findCommand(id: string): Promise<Command.Class> {
    try {
      return await super.findCommand(id)
    } catch (error) {
      const {name} = this.#record
      throw new PluginBrokenError(`Plugin ${name} does not load: ${(error as Error).message}`, {
        hint: `omni plugins uninstall ${name}, or install a version of it that works`,
        cause: error,
      })
    }
  }

  protected async commandClass(id: string): Promise<Command.Class> {
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
