import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {variablesOf} from '@omni-ops/core/config'
import {type Plugin, Registry, type SettingDeclaration} from '@omni-ops/core/operation'
import {exitCodes} from '../src/cli/exit-codes.ts'

/** A command as the manifest has it, as far as a manual tells of it. */
export interface ManualCommand {
  readonly id: string
  readonly summary?: string
  readonly description?: string
  readonly usage?: string
  readonly examples?: readonly string[]
  readonly hidden?: boolean
  readonly args: Readonly<Record<string, ManualArgument>>
  readonly flags: Readonly<Record<string, ManualFlag>>
}

interface ManualArgument {
  readonly name: string
  readonly description?: string
  readonly required?: boolean
  readonly multiple?: boolean
}

interface ManualFlag {
  readonly name: string
  readonly char?: string
  readonly type: 'boolean' | 'option'
  readonly summary?: string
  readonly description?: string
  readonly helpValue?: string | readonly string[]
  readonly options?: readonly string[]
  readonly allowNo?: boolean
  readonly hidden?: boolean
  readonly helpGroup?: string
}

export interface ManualContent {
  readonly program: string
  readonly version: string
  readonly description: string
  readonly commands: readonly ManualCommand[]
  readonly settings: readonly SettingDeclaration[]
}

/** Writes `man/omni.1` of a built program, where its package.json names it. */
export async function writeManual(root: string): Promise<void> {
  await mkdir(join(root, 'man'), {recursive: true})
  await writeFile(join(root, 'man', 'omni.1'), await programManual(root))
}

/** The manual page of a built program: everything in it comes from the manifest and the definitions of the plugins. */
export async function programManual(root: string): Promise<string> {
  const read = async <T>(name: string) => JSON.parse(await readFile(join(root, name), 'utf8')) as T
  const {version, oclif, omni} = await read<{
    version: string
    oclif: {bin: string; description: string}
    omni: {plugins: readonly string[]}
  }>('package.json')
  const {commands} = await read<{commands: Readonly<Record<string, ManualCommand>>}>('oclif.manifest.json')
  const modules = await Promise.all(
    omni.plugins.map(path => import(pathToFileURL(join(root, path)).href) as Promise<{default: Plugin}>),
  )
  const settings = new Registry(modules.map(module => module.default)).settings()
  const {bin, description} = oclif
  return manualPage({program: bin, version, description, commands: Object.values(commands), settings})
}

/**
 * A manual page in the macros of man(7). It carries no date, so that one state of the program makes one text.
 */
export function manualPage({program, version, description, commands, settings}: ManualContent): string {
  const shown = commands.filter(command => !command.hidden).toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const [first = '', ...rest] = description.split('\n')
  const common = Object.values(shown[0]?.flags ?? {}).filter(flag => flag.helpGroup === 'GLOBAL')
  const lines = [
    `.TH ${program.toUpperCase()} 1 "" "${program} ${version}" "User Commands"`,
    // Lists of names without a blank cannot be stretched to the margin.
    '.ad l',
    '.SH NAME',
    `${program} \\- ${text(first)}`,
    '.SH SYNOPSIS',
    `.B ${program}`,
    '.RI [ TOPIC ] " COMMAND " [ ARGUMENT "] [" FLAG ]',
    '.SH DESCRIPTION',
    ...rest.map(paragraph),
    paragraph(
      'A result goes to stdout, everything else to stderr. A terminal gets tables, a pipe tab-separated values.',
    ),
    '.SH GLOBAL FLAGS',
    'Every command has these.',
    ...common.flatMap(flagLines),
    '.SH COMMANDS',
    ...shown.flatMap(command => commandLines(program, command)),
    '.SH EXIT STATUS',
    ...exitCodes.flatMap(({code, meaning}) => tagged(`\\fB${code}\\fR`, meaning)),
    '.SH ENVIRONMENT',
    ...environment.flatMap(([name, meaning]) => tagged(`\\fB${text(name)}\\fR`, meaning)),
    '.SH SETTINGS',
    paragraph(
      'Set with a flag, a variable, omni.yaml of the project, or the file of the profile, the first that says so.',
    ),
    ...settings.toSorted((a, b) => (a.name < b.name ? -1 : 1)).flatMap(settingLines),
    '.SH FILES',
    ...files.flatMap(([name, meaning]) => tagged(`\\fI${text(name)}\\fR`, meaning)),
  ]
  // A heading begins a paragraph of its own.
  return `${lines.join('\n').replaceAll(/^(\.SH .*)\n\.PP$/gm, '$1')}\n`
}

const environment: readonly (readonly [string, string])[] = [
  ['OMNI_PROFILE', 'The profile to use where no --profile is given.'],
  ['NO_COLOR', 'Any value: print without colour. So do TERM=dumb and FORCE_COLOR=0.'],
  ['FORCE_COLOR', 'Print with colour, also into a pipe.'],
  ['CI', 'Any value: never ask.'],
  [
    'XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_CACHE_HOME, XDG_STATE_HOME',
    'Where settings, data, cache and reports are kept, each in a directory of the program.',
  ],
]

const files: readonly (readonly [string, string])[] = [
  ['omni.yaml', 'The settings of a project: the nearest one from the working directory upwards.'],
  ['~/.config/omni/profiles/NAME.yaml', 'The settings of a profile.'],
  ['~/.local/share/omni/NAME', 'The data of a profile.'],
  ['~/.local/share/omni/.plugins', 'Plugins that were installed.'],
  ['~/.local/state/omni/reports', 'Reports of errors that nobody expected.'],
]

function commandLines(program: string, command: ManualCommand): readonly string[] {
  const words = command.id.replaceAll(':', ' ')
  const {summary = '', examples = []} = command
  const own = Object.values(command.flags).filter(flag => flag.helpGroup !== 'GLOBAL' && !flag.hidden)
  return [
    `.SS "${text(`${program} ${words}`)}"`,
    `.B ${text(`${program} ${synopsis(command, words, own.length > 0)}`)}`,
    paragraph(`${summary}.`),
    ...(command.description && command.description !== summary ? [paragraph(command.description)] : []),
    ...Object.values(command.args).flatMap(argumentLines),
    ...own.flatMap(flagLines),
    ...(examples.length > 0
      ? ['.PP', 'Examples:', '.PP', '.nf', '.RS 4', ...examples.map(example => guarded(text(example))), '.RE', '.fi']
      : []),
  ]
}

function synopsis({usage, args}: ManualCommand, words: string, hasFlags: boolean): string {
  if (usage !== undefined) return usage.replace('<%= command.id %>', words)
  const places = Object.values(args).map(({name, required, multiple}) => {
    const word = `${name.toUpperCase()}${multiple ? '...' : ''}`
    return required ? word : `[${word}]`
  })
  return [words, ...places, ...(hasFlags ? ['[FLAGS]'] : [])].join(' ')
}

function argumentLines({name, description = ''}: ManualArgument): readonly string[] {
  return tagged(`\\fI${text(name.toUpperCase())}\\fR`, description)
}

function flagLines(flag: ManualFlag): readonly string[] {
  const {name, char, type, allowNo} = flag
  const value = type === 'option' ? ` \\fI${text(valueOf(flag))}\\fR` : ''
  const long = `\\fB\\-\\-${allowNo ? '[no\\-]' : ''}${text(name)}\\fR${value}`
  return tagged(char ? `\\fB\\-${char}\\fR, ${long}` : long, flag.summary ?? flag.description ?? '')
}

function valueOf({helpValue, options, name}: ManualFlag): string {
  const given = [helpValue ?? []].flat().join(' ')
  return given || options?.join('|') || name.toUpperCase()
}

function settingLines(declaration: SettingDeclaration): readonly string[] {
  const {name, description, default: fallback, secret} = declaration
  const further = [
    fallback === undefined ? [] : [`Default: ${String(fallback)}.`],
    [`${variablesOf(declaration).join(', ')}${secret ? ', or a file that the variable with _FILE names' : ''}.`],
  ].flat()
  return tagged(`\\fB${text(name)}\\fR`, [`${description}.`, ...further].join(' '))
}

/** A word and what it means, indented. */
function tagged(tag: string, meaning: string): readonly string[] {
  return ['.TP', tag, guarded(text(meaning.replaceAll(/\s+/g, ' ').trim() || '\u2014'))]
}

function paragraph(content: string): string {
  return content
    .split(/\n\s*\n/)
    .map(each => `.PP\n${guarded(text(each.replaceAll(/\s+/g, ' ').trim()))}`)
    .join('\n')
}

/** A line that begins like a macro call, as a line of text. */
function guarded(line: string): string {
  return /^[.']/.test(line) ? `\\&${line}` : line
}

/**
 * Text as roff prints it (groff_char(7)): a backslash, quotation marks that would end an argument, a minus that can be
 * copied, and everything beyond ASCII by its code point.
 */
function text(content: string): string {
  return content
    .replaceAll('\\', '\\e')
    .replaceAll('"', '\\(dq')
    .replaceAll('-', '\\-')
    .replaceAll(
      /[^\0-\x7E]/gu,
      character => `\\[u${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`,
    )
}
