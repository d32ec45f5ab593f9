import {appendFile, mkdir, readFile, writeFile} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'
import {directoriesOf, type Machine} from '../../config/directories.ts'

export const completionShells = ['bash', 'zsh', 'fish'] as const
export type CompletionShell = (typeof completionShells)[number]

/** Where a shell finds a completion script of its user. */
export interface CompletionPlace {
  readonly script: string
  /** A line that the shell's own start file needs, where it looks into no directory by itself. */
  readonly line?: {readonly file: string; readonly text: string}
}

/** The user's shell, as far as completion is there for it. */
export function shellOf({env}: Machine): CompletionShell | undefined {
  const name = basename(env.SHELL ?? '')
  return completionShells.find(shell => shell === name)
}

/**
 * bash-completion 2 looks into `$XDG_DATA_HOME/bash-completion/completions` for a file named after the command; fish
 * into `$XDG_CONFIG_HOME/fish/completions`; zsh has no directory of the user's and gets one line in `.zshrc`.
 */
export function completionPlace(shell: CompletionShell, machine: Machine, program: string): CompletionPlace {
  const {env, home} = machine
  if (shell === 'bash') {
    const data = env.XDG_DATA_HOME || join(home, '.local', 'share')
    return {script: join(data, 'bash-completion', 'completions', program)}
  }
  if (shell === 'fish') {
    const config = env.XDG_CONFIG_HOME || join(home, '.config')
    return {script: join(config, 'fish', 'completions', `${program}.fish`)}
  }
  const script = join(directoriesOf('default', machine).config, 'completion.zsh')
  return {script, line: {file: join(env.ZDOTDIR || home, '.zshrc'), text: `source ${quoted(script)}`}}
}

/** Writes the script, and the line where one is needed and not there yet. Safe to run twice. */
export async function installCompletion({script, line}: CompletionPlace, text: string): Promise<void> {
  await mkdir(dirname(script), {recursive: true})
  await writeFile(script, text)
  if (line === undefined) return
  const present = await readFile(line.file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  if (present.split('\n').includes(line.text)) return
  await appendFile(line.file, `${present === '' || present.endsWith('\n') ? '' : '\n'}${line.text}\n`)
}

/** One word of a POSIX shell. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
