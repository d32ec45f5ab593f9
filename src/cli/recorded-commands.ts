import type {Command} from '@oclif/core/command'
import type * as Interfaces from '@oclif/core/interfaces'

export interface RecordedCommandsOptions {
  /** Of the package. */
  readonly name: string
  readonly version: string
  /** Absolute. */
  readonly root: string
  readonly pjson: Interfaces.PJSON
  /** The program itself, or what its user installed. */
  readonly type: 'core' | 'user'
  readonly commands: readonly Command.Cached[]
  readonly topics: readonly Interfaces.Topic[]
}

/** Commands as oclif sees those of one of its plugins: from records alone, until one is run. */
export abstract class RecordedCommands implements Interfaces.Plugin {
  readonly _base = ''
  readonly commandsDir = undefined
  readonly hasManifest = true
  readonly hooks = {}
  readonly isRoot: boolean
  readonly moduleType = 'module'
  readonly type: 'core' | 'user'
  readonly valid = true
  readonly alias: string
  readonly name: string
  readonly options: Interfaces.Options
  readonly pjson: Interfaces.PJSON
  readonly root: string
  readonly version: string
  readonly commandIDs: string[]
  readonly commands: Command.Loadable[]
  readonly topics: Interfaces.Topic[]

  constructor({name, version, root, pjson, type, commands, topics}: RecordedCommandsOptions) {
    this.alias = name
    this.name = name
    this.options = {root}
    this.pjson = pjson
    this.root = root
    this.version = version
    this.commandIDs = commands.map(({id}) => id)
    this.topics = [...topics]
    this.type = type
    this.isRoot = type === 'core'
    this.commands = commands.map(record => ({
      ...record,
      pluginName: name,
      pluginAlias: name,
      pluginType: type,
      load: () => this.findCommand(record.id),
    }))
  }

  async load(): Promise<void> {
    // Everything is in the records.
  }

  /** The command's class, as one of this plugin. */
  async findCommand(id: string): Promise<Command.Class> {
    const command = await this.commandClass(id)
    command.id = id
    command.plugin = this
    return command
  }

  /** Loads what a record is about. */
  protected abstract commandClass(id: string): Promise<Command.Class>
}
