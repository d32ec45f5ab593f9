import {stripVTControlCharacters} from 'node:util'
import pty from '@lydell/node-pty'
import {onTestFinished} from 'vitest'
import {environment, temporaryHome} from './program.ts'

export interface TerminalOptions {
  readonly home?: string
  readonly cwd?: string
  readonly columns?: number
  readonly env?: Readonly<Record<string, string>>
}

/** A program in a real terminal. */
export interface RunningTerminal {
  /** Everything shown so far, escape sequences included. */
  readonly raw: () => string
  readonly type: (keys: string) => void
  /** Resolves when the text shown since the last match matches, without escape sequences. Fails when the program ends without it. */
  readonly until: (pattern: RegExp) => Promise<string>
  readonly ended: Promise<{readonly code: number; readonly signal: number | undefined}>
}

/** How long nothing may be shown before a wait is given up, only to say what was shown instead. */
const patienceMs = 4_000

/** Starts a program in a pseudo-terminal; it is killed with the test. */
export function inTerminal(file: string, argv: readonly string[], options: TerminalOptions = {}): RunningTerminal {
  const home = options.home ?? temporaryHome()
  const child = pty.spawn(file, [...argv], {
    cols: options.columns ?? 80,
    rows: 30,
    cwd: options.cwd ?? home,
    env: environment(home, options.env),
    name: options.env?.TERM ?? 'xterm-256color',
  })
  let shown = ''
  let from = 0
  let over = false
  let wake: (() => void) | undefined
  child.onData(data => {
    shown += data
    wake?.()
  })
  const ended = new Promise<{code: number; signal: number | undefined}>(settle => {
    child.onExit(({exitCode, signal}) => {
      over = true
      wake?.()
      settle({code: exitCode, signal})
    })
  })
  onTestFinished(() => {
    if (!over) child.kill()
  })
  const until = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const text = stripVTControlCharacters(shown).replaceAll('\b', '').replaceAll('\r', '\n')
      const match = pattern.exec(text.slice(from))
      if (match) {
        from += match.index + match[0].length
        return match[0]
      }
      if (over) throw new Error(`The program ended and never showed ${pattern}; it showed:\n${shown}`)
      let overdue: NodeJS.Timeout | undefined
      await new Promise<void>((settle, fail) => {
        wake = settle
        overdue = setTimeout(() => fail(new Error(`Waited in vain for ${pattern}; it showed:\n${shown}`)), patienceMs)
      })
      clearTimeout(overdue)
    }
  }
  return {raw: () => shown, type: keys => child.write(keys), until, ended}
}
