import {existsSync} from 'node:fs'
import {readFile, writeFile} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {CancelledError, FailureError, InvalidInputError, NotConfiguredError} from '../operation/errors.ts'

/** npm could not get a package. */
export class NpmError extends FailureError {
  override readonly code = 'npm'
}

const patienceMs = 10 * 60_000

/**
 * Has npm put a package and what it depends on below an empty directory, without running any of its scripts. The
 * kernel, which a plugin names as a peer, comes from the program and not from npm.
 * Returns the directory of the package.
 * @throws NpmError, NotConfiguredError where there is no npm, CancelledError
 */
export async function npmInstall(specifier: string, directory: string, signal: AbortSignal): Promise<string> {
  await writeFile(join(directory, 'package.json'), '{"private": true}\n')
  const {execa} = await import('execa')
  const flags = ['--ignore-scripts', '--legacy-peer-deps', '--install-links', '--omit=dev', '--no-audit', '--no-fund']
  const finished = await execa('npm', ['install', '--prefix', directory, ...flags, '--', specifier], {
    cwd: directory,
    reject: false,
    stdin: 'ignore',
    timeout: patienceMs,
    cancelSignal: signal,
    forceKillAfterDelay: 1_000,
    // Inside `npx omni` npm speaks of the project that it was started in.
    env: {
      npm_config_local_prefix: directory,
      npm_config_global: 'false',
      npm_config_workspaces: 'false',
      // Nor is it to ask the registry for an npm newer than itself, which takes longer than the package and is told nobody.
      npm_config_update_notifier: 'false',
    },
  })
  if (signal.aborted) throw new CancelledError()
  if (finished.code === 'ENOENT') {
    throw new NotConfiguredError('There is no npm on this machine', {hint: 'install Node with npm: https://nodejs.org'})
  }
  if (finished.failed) {
    throw new NpmError(`npm could not install ${specifier}: ${explanation(finished.stderr) || finished.shortMessage}`, {
      hint: 'try `npm view` or `npm install` with the same name in an empty directory',
    })
  }
  return join(directory, 'node_modules', await installedName(directory, specifier))
}

/** npm writes down what it installed under the package's own name, whatever was asked for. */
async function installedName(directory: string, specifier: string): Promise<string> {
  const {dependencies = {}} = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as {
    dependencies?: Readonly<Record<string, string>>
  }
  const [name] = Object.keys(dependencies)
  if (name === undefined) throw new NpmError(`npm installed nothing for ${specifier}`)
  return name
}

/** The lines in which npm says why, without its own debug log. */
function explanation(stderr: string): string {
  const lines = stderr
    .split('\n')
    .flatMap(line => /^npm (?:ERR!|error) (?!code |A complete log|\s*$)(.*)$/.exec(line)?.[1] ?? [])
  return lines.slice(0, 3).join(' ').trim()
}

/**
 * What npm is told to install: a path becomes absolute, because npm runs elsewhere; everything else is npm's to read.
 * @throws InvalidInputError for what npm would take for a flag
 */
export function npmSpecifier(given: string, workingDirectory: string): string {
  if (given.startsWith('-')) throw new InvalidInputError(`"${given}" is no package`)
  const path = resolve(workingDirectory, given)
  const isPath = /^\.{0,2}[\\/]/.test(given) || given === '.' || given === '..'
  return isPath || (!given.startsWith('@') && existsSync(path)) ? path : given
}
