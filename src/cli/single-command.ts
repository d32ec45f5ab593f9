import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import type {Command} from '@oclif/core/command'
import type * as Interfaces from '@oclif/core/interfaces'

/** What the build writes beside each command's module: the command's part of the manifest. */
type CommandRecord = Command.Cached & {readonly relativePath: string[]}

/** These look at the whole program. */
const readers: ReadonlySet<string> = new Set(['help', 'completion', 'plugins'])
/** No command has a longer name. */
const mostWords = 5

/**
 * A program of the one command that a command line names, as oclif sees it: the manifest of all commands, which grows
 * with every domain, is not read.
 */
class SingleCommand implements Interfaces.Plugin {
  readonly _base = ''
  readonly commandsDir = undefined
  readonly hasManifest = true
  readonly hooks = {}
  readonly isRoot = true
  readonly moduleType = 'module'
  readonly options: Interfaces.Options
  readonly pjson: Interfaces.PJSON
  readonly type = 'core'
  readonly valid = true
  readonly alias: string
  readonly name: string
  readonly root: string
  readonly version: string
  readonly commandIDs: string[]
  readonly commands: Command.Loadable[]
  readonly topics: Interfaces.Topic[] = []
  readonly #path: string

  constructor(root: string, pjson: Interfaces.PJSON, record: CommandRecord) {
    this.root = root
    this.options = {root}
    this.pjson = pjson
    this.name = pjson.name
    this.alias = pjson.name
    this.version = pjson.version
    this.commandIDs = [record.id]
    this.#path = join(root, ...record.relativePath)
    const loadable: Command.Loadable = {
      ...record,
      pluginName: this.name,
      pluginAlias: this.alias,
      pluginType: this.type,
      load: () => this.findCommand(record.id),
    }
    this.commands = [loadable]
  }

  async load(): Promise<void> {
    // Everything is in the record.
  }

  async findCommand(id: string): Promise<Command.Class> {
    const {default: command} = (await import(pathToFileURL(this.#path).href)) as {default: Command.Class}
    command.id = id
    command.plugin = this
    return command
  }
}

/**
 * The command that a command line runs, as a program of its own; undefined where it names none, or one that looks at
 * the others, or asks for help.
 */
export function singleCommand(
  argv: readonly string[],
  root: string,
  pjson: Interfaces.PJSON,
): Map<string, Interfaces.Plugin> | undefined {
  if (readers.has(argv[0] ?? '') || argv.some(word => word === '--help' || word === '-h')) return undefined
  const other = argv.findIndex(word => !/^[a-z][a-z0-9-]*$/u.test(word))
  const words = argv.slice(0, Math.min(mostWords, other === -1 ? argv.length : other))
  for (let count = words.length; count > 0; count--) {
    const path = `${join(root, 'dist', 'commands', ...words.slice(0, count))}.json`
    if (!existsSync(path)) continue
    const record = JSON.parse(readFileSync(path, 'utf8')) as CommandRecord
    return new Map([[pjson.name, new SingleCommand(root, pjson, record)]])
  }
  return undefined
}
