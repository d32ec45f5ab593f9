import type {Config} from '@oclif/core/config'

/** What may stand where a value is expected. */
export type Values =
  {readonly kind: 'any'} | {readonly kind: 'paths'} | {readonly kind: 'options'; readonly options: readonly string[]}

/** A flag as a shell completes it: `--name`, and `-char` where it has one. */
export interface CompletedFlag {
  readonly name: string
  readonly char?: string
  readonly description: string
  readonly many: boolean
  /** Undefined for a flag without a value. */
  readonly values?: Values
}

export interface CompletedArgument {
  readonly name: string
  readonly many: boolean
  readonly values: Values
}

/** A word of the command line that leads to a command, with what may follow it. */
export interface CommandNode {
  /** The words before, and this one, joined by blanks; empty for the program itself. */
  readonly words: string
  readonly description: string
  /** The next words. */
  readonly next: readonly {readonly word: string; readonly description: string}[]
  readonly flags: readonly CompletedFlag[]
  readonly args: readonly CompletedArgument[]
}

interface ManifestFlag {
  readonly name: string
  readonly char?: string
  readonly type: 'boolean' | 'option'
  readonly summary?: string
  readonly description?: string
  readonly helpValue?: string | readonly string[]
  readonly options?: readonly string[]
  readonly multiple?: boolean
  readonly allowNo?: boolean
  readonly hidden?: boolean
}

interface ManifestArgument {
  readonly name: string
  readonly options?: readonly string[]
  readonly multiple?: boolean
}

/** Placeholders whose value is a path: a value called so is completed with files and directories. */
const pathWords = new Set(['PATH', 'FILE', 'DIR', 'DIRECTORY'])

/** The commands of the program as a shell completes them, from the manifest alone: no command is loaded. */
export function commandTable(config: Pick<Config, 'commands' | 'topics'>): readonly CommandNode[] {
  const commands = config.commands.filter(command => !command.hidden)
  const described = new Map<string, string>(config.topics.map(topic => [spaced(topic.name), topic.description ?? '']))
  for (const command of commands) described.set(spaced(command.id), command.summary ?? command.description ?? '')
  const paths = new Set(commands.flatMap(command => prefixes(spaced(command.id))))
  const nodes = ['', ...paths].toSorted()
  return nodes.map(words => {
    const command = commands.find(each => spaced(each.id) === words)
    return {
      words,
      description: firstLine(described.get(words) ?? ''),
      next: nodes
        .filter(other => other !== '' && parentOf(other) === words)
        .map(other => ({
          word: other.slice(other.lastIndexOf(' ') + 1),
          description: firstLine(described.get(other) ?? ''),
        })),
      flags: command ? flagsOf(Object.values(command.flags) as unknown as ManifestFlag[]) : [],
      args: command ? argumentsOf(Object.values(command.args) as unknown as ManifestArgument[]) : [],
    }
  })
}

function flagsOf(flags: readonly ManifestFlag[]): readonly CompletedFlag[] {
  const help: CompletedFlag = {name: 'help', description: 'Explain this command', many: false}
  return [...flags.filter(flag => !flag.hidden).flatMap(flagOf), help].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function flagOf(flag: ManifestFlag): readonly CompletedFlag[] {
  const description = firstLine(flag.summary ?? flag.description ?? '')
  const common = {name: flag.name, ...(flag.char ? {char: flag.char} : {}), description, many: flag.multiple === true}
  if (flag.type === 'option')
    return [{...common, values: valuesOf([flag.helpValue ?? ''].flat().join(' '), flag.options)}]
  return flag.allowNo ? [common, {name: `no-${flag.name}`, description: `Not: ${description}`, many: false}] : [common]
}

function argumentsOf(args: readonly ManifestArgument[]): readonly CompletedArgument[] {
  return args.map(({name, options, multiple}) => ({
    name,
    many: multiple === true,
    values: valuesOf(name.toUpperCase(), options),
  }))
}

function valuesOf(placeholder: string, options: readonly string[] | undefined): Values {
  if (options && options.length > 0) return {kind: 'options', options}
  return placeholder.split(/[^A-Z]+/).some(word => pathWords.has(word)) ? {kind: 'paths'} : {kind: 'any'}
}

function spaced(id: string): string {
  return id.replaceAll(':', ' ')
}

function parentOf(words: string): string {
  return words.slice(0, Math.max(0, words.lastIndexOf(' ')))
}

function prefixes(words: string): readonly string[] {
  const each = words.split(' ')
  return each.map((_, index) => each.slice(0, index + 1).join(' '))
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
