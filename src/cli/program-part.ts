import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import type {Command} from '@oclif/core/command'
import type * as Interfaces from '@oclif/core/interfaces'
import {RecordedCommands} from './recorded-commands.ts'

/** What the build writes beside each command's module: the command's part of the manifest. */
type CommandRecord = Command.Cached & {readonly relativePath: string[]}

/** What the build writes for the help of a topic, or of the program: what stands directly below it. */
export interface HelpRecord {
  readonly commands: readonly CommandRecord[]
  readonly topics: readonly Interfaces.Topic[]
}

/** These look at the whole program. */
const readers: ReadonlySet<string> = new Set(['help', 'completion', 'plugins'])
/** No command has a longer name. */
const mostWords = 5

/**
 * The part of the program that a command line is about, as oclif sees a program: the manifest of all commands, which
 * grows with every domain, is not read.
 */
class ProgramPart extends RecordedCommands {
  readonly #paths: ReadonlyMap<string, readonly string[]>

  constructor(root: string, pjson: Interfaces.PJSON, {commands, topics}: HelpRecord) {
    super({name: pjson.name, version: pjson.version, root, pjson, type: 'core', commands, topics})
    this.#paths = new Map(commands.map(({id, relativePath}) => [id, relativePath]))
  }

  protected async commandClass(id: string): Promise<Command.Class> {
    const path = join(this.root, ...this.#paths.get(id)!)
    return ((await import(pathToFileURL(path).href)) as {default: Command.Class}).default
  }
}

/**
 * The command that a command line runs, or what stands below the topic that it wants help about, as a program of its
 * own; undefined where it names neither, or a command that looks at the others.
 */
export function programPart(
  argv: readonly string[],
  root: string,
  pjson: Interfaces.PJSON,
): Map<string, Interfaces.Plugin> | undefined {
  const record = argv.length === 0 || argv.some(isHelp) ? helpAsked(argv, root) : commandNamed(argv, root)
  return record && new Map([[pjson.name, new ProgramPart(root, pjson, record)]])
}

function commandNamed(argv: readonly string[], root: string): HelpRecord | undefined {
  if (readers.has(argv[0] ?? '')) return undefined
  const other = argv.findIndex(word => !isName(word))
  const words = argv.slice(0, Math.min(mostWords, other === -1 ? argv.length : other))
  for (let count = words.length; count > 0; count--) {
    const command = commandAt(words.slice(0, count), root)
    if (command) return {commands: [command], topics: []}
  }
  return undefined
}

/** Nothing but words of a topic or a command, and the wish for help behind them. */
function helpAsked(argv: readonly string[], root: string): HelpRecord | undefined {
  const words = isHelp(argv.at(-1) ?? '') ? argv.slice(0, -1) : argv
  if (words[0] === 'help' || !words.every(isName)) return undefined
  if (words.length === 0) return read<HelpRecord>(join(root, 'dist', 'help.json'))
  const topic = read<HelpRecord>(`${join(root, 'dist', 'help', ...words)}.json`)
  const command = topic ? undefined : commandAt(words, root)
  return command ? {commands: [command], topics: []} : topic
}

const isHelp = (word: string) => word === '--help' || word === '-h'
const isName = (word: string) => /^[a-z][a-z0-9-]*$/u.test(word)

function commandAt(words: readonly string[], root: string): CommandRecord | undefined {
  return read<CommandRecord>(`${join(root, 'dist', 'commands', ...words)}.json`)
}

function read<Content>(path: string): Content | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Content) : undefined
}
