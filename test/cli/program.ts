import {spawn} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {onTestFinished} from 'vitest'

export const root = resolve(import.meta.dirname, '../..')
export const program = join(root, 'bin', 'run.js')

/** What a finished run left behind. */
export interface Finished {
  /** Undefined where a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly home?: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  /** Another program than this checkout's `bin/run.js`. */
  readonly program?: string
  readonly node?: string
}

/** An empty home directory that goes away with the test. */
export function temporaryHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'omni-home-'))
  onTestFinished(() => rmSync(home, {recursive: true, force: true}))
  return home
}

/** Where all children of a run keep what Node compiles: see `test/build-program.ts`. */
const {NODE_COMPILE_CACHE} = process.env
const compiled = NODE_COMPILE_CACHE === undefined ? {} : {NODE_COMPILE_CACHE}

/** The environment of a child: its own home and nothing of the developer's settings. */
export function environment(home: string, env: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {PATH: process.env.PATH ?? '', HOME: home, LANG: 'C.UTF-8', TERM: 'xterm-256color', ...compiled, ...env}
}

/** Runs omni as its user does, in a process of its own, without a terminal. */
export async function omni(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const home = options.home ?? temporaryHome()
  const child = spawn(options.node ?? process.execPath, [options.program ?? program, ...argv], {
    cwd: options.cwd ?? home,
    env: environment(home, options.env),
  })
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (piece: Buffer) => stdout.push(piece))
  child.stderr.on('data', (piece: Buffer) => stderr.push(piece))
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input ?? '')
  const code = await new Promise<number | null>((settle, fail) => {
    child.on('error', fail)
    child.on('close', settle)
  })
  return {code, stdout: Buffer.concat(stdout).toString('utf8'), stderr: Buffer.concat(stderr).toString('utf8')}
}
