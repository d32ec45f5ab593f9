import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {PJSON} from '@oclif/core/interfaces'
import {run} from '@oclif/core/run'
import {ExitCode} from '../operation/errors.ts'
import {classify, fromParser, printError} from './error-display.ts'
import {readPluginIndex} from '../plugins/installed-plugins.ts'
import {withLeadingFlagsBehind} from './leading-flags.ts'
import {pluginDirectory} from './plugin-directory.ts'
import {processTerminal} from './terminal.ts'

// oclif finds its hook here: a module of its own would cost every command a file.
export {commandNotFound} from './command-not-found.ts'

/**
 * Runs one command line and ends the process with its exit code. Commands handle their own errors; what arrives here
 * is an unknown command or a bug before a command began.
 */
export async function main(typed: string[], root: string): Promise<void> {
  const argv = withLeadingFlagsBehind(typed)
  try {
    await run(argv, await optionsOf(root))
  } catch (error) {
    const exit = (error as {oclif?: {exit?: number}}).oclif?.exit
    if (exit !== 0) {
      const terminal = processTerminal({noColour: argv.includes('--no-color'), noInput: true})
      const {report, exitCode} = classify(fromParser(error, 'omni'), new AbortController().signal)
      if (argv.includes('--json')) terminal.stdout.write(`${JSON.stringify({error: report})}\n`)
      else printError(report, terminal, argv.includes('--debug') ? (error as Error).stack : undefined)
      process.exitCode = exitCode
    }
  }
  await Promise.all([drained(process.stdout), drained(process.stderr)])
  process.exit(process.exitCode ?? ExitCode.done)
}

/**
 * What oclif is started with. Its own way of finding plugins of the user is off: what it would load from the data
 * directory, nobody has checked.
 */
async function optionsOf(root: string) {
  const pjson = packageOf(root)
  const options = {root, pjson, userPlugins: false, devPlugins: false}
  const directory = pluginDirectory()
  const {plugins} = readPluginIndex(directory)
  if (plugins.length === 0) return options
  const {programWithPlugins} = await import('./plugins/installed-commands.ts')
  return {...options, plugins: await programWithPlugins(root, pjson, plugins, directory)}
}

/** The program's package.json, read here because oclif would look for it first. */
function packageOf(root: string): PJSON {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PJSON
}

/** Resolves when all that was written has left the process. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise(resolve => {
    stream.write('', () => resolve())
  })
}
