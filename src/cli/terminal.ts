import {isatty} from 'node:tty'
import type {Environment} from '../config/directories.ts'

/** What is known of the streams the program talks through. */
export interface Terminal {
  readonly stdout: {readonly isTerminal: boolean; readonly columns: number; write(text: string): void}
  readonly stderr: {readonly isTerminal: boolean; readonly columns: number; write(text: string): void}
  /** A person can be asked: stdin and stderr are terminals, no CI, no `--no-input`. */
  readonly interactive: boolean
  readonly colour: {readonly stdout: boolean; readonly stderr: boolean}
}

export interface TerminalFlags {
  readonly noColour: boolean
  readonly noInput: boolean
}

/**
 * Whether to colour a stream: `--no-color` and NO_COLOR (no-color.org: any non-empty value) switch it off,
 * FORCE_COLOR (any value but `0` and `false`) on, otherwise a terminal that is not `dumb` has it.
 */
export function colourFor(isTerminal: boolean, env: Environment, noColour: boolean): boolean {
  if (noColour || (env.NO_COLOR !== undefined && env.NO_COLOR !== '')) return false
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  return isTerminal && env.TERM !== 'dumb'
}

const defaultColumns = 80

export function processTerminal(flags: TerminalFlags): Terminal {
  const {stdout, stderr, env} = process
  const streamOf = (stream: NodeJS.WriteStream) => ({
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns || Number(env.COLUMNS) || defaultColumns
    },
    write: (text: string) => void stream.write(text),
  })
  return {
    stdout: streamOf(stdout),
    stderr: streamOf(stderr),
    // `process.stdin` would open a stream, only to be asked.
    interactive: isatty(0) && stderr.isTTY === true && !env.CI && !flags.noInput,
    colour: {
      stdout: colourFor(stdout.isTTY === true, env, flags.noColour),
      stderr: colourFor(stderr.isTTY === true, env, flags.noColour),
    },
  }
}
