import {spawn} from 'node:child_process'
import {existsSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {pathToFileURL} from 'node:url'
import {Args, OmniCommand, type Typed, UsageError} from '@omni-ops/core/cli'
import {ExitCode} from '@omni-ops/core/operation'

export default class PluginsTest extends OmniCommand {
  static override summary = 'Run the tests of a plugin that you write, against this omni'
  static override description =
    'Starts the test runner of Node in the directory (https://nodejs.org/api/test.html), so that @omni-ops/core/… and ' +
    'zod are those of this program. Its report goes to stdout; with --json it goes to stderr.'
  static override usage = '<%= command.id %> [DIR]'
  static override examples = ['omni plugins test', 'omni plugins test ./greeting']
  static override args = {
    dir: Args.string({description: 'The directory of its package.json', ignoreStdin: true}),
  }

  protected async execute({values, format}: Typed): Promise<ExitCode> {
    const directory = resolve((values.dir as string | undefined) ?? '.')
    if (!existsSync(join(directory, 'package.json'))) {
      throw new UsageError(`${directory} has no package.json`, {hint: 'omni plugins create NAME'})
    }
    const kernel = pathToFileURL(join(this.config.root, 'dist', 'kernel', 'register.js')).href
    // Under a test runner Node would take this one for a part of it, and report to nobody.
    const {NODE_TEST_CONTEXT: _, ...env} = process.env
    const child = spawn(process.execPath, ['--import', kernel, '--test'], {
      cwd: directory,
      env,
      stdio: ['ignore', format === 'json' ? process.stderr : 'inherit', 'inherit'],
      signal: this.signal,
    })
    const passed = await new Promise<boolean>((settle, fail) => {
      child.on('error', fail)
      child.on('close', code => settle(code === 0))
    })
    if (format === 'json') this.terminal.stdout.write(`${JSON.stringify({passed})}\n`)
    return passed ? ExitCode.done : ExitCode.failure
  }
}
