import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {PJSON} from '@oclif/core/interfaces'
import {run} from '@oclif/core/run'
import {ExitCode} from '../operation/errors.ts'
import {classify, fromParser, printError} from './error-display.ts'
import {readPluginIndex} from '../plugins/installed-plugins.ts'
import {beforeSeparator, wantsJson, withLeadingFlagsBehind} from './leading-flags.ts'
import {pluginDirectory} from './plugin-directory.ts'
import {programPart} from './program-part.ts'
import {processTerminal} from './terminal.ts'

// oclif finds its hooks here: modules of their own would cost every command a file.
export {commandNotFound} from './command-not-found.ts'
export {topicFlags} from './topic-flags.ts'

/**
 * Runs one command line and ends the process with its exit code. Commands handle their own errors; what arrives here
 * is an unknown command or a bug before a command began.
 */
export async function main(typed: string[], root: string): Promise<void> {
  const argv = withLeadingFlagsBehind(typed)
  try {
    await run(argv, await optionsOf(argv, root))
  } catch (error) {
    const exit = (error as {oclif?: {exit?: number}}).oclif?.exit
    if (exit !== 0) {
      const terminal = processTerminal({noColour: argv.includes('--no-color'), noInput: true})
      const {report, exitCode} = classify(fromParser(error, 'omni'), new AbortController().signal)
      if (wantsJson(beforeSeparator(argv))) terminal.stdout.write(`${JSON.stringify({error: report})}\n`)
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
async function optionsOf(argv: readonly string[], root: string) {
  const pjson = packageOf(root)
  const options = {root, pjson, userPlugins: false, devPlugins: false}
  const directory = pluginDirectory()
  const {plugins, former} = readPluginIndex(directory)
  if (plugins.length === 0) {
    const part = former.length === 0 ? programPart(argv, root, pjson) : undefined
    return part === undefined ? options : {...options, plugins: part}
  }
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
