import {spawn} from 'node:child_process'
import {onTestFinished} from 'vitest'
import {environment, omni, program} from '../cli/program.ts'

export interface RunningServer {
  readonly url: string
  /** An API key with these scopes. */
  key(scopes: readonly string[], flags?: readonly string[]): Promise<string>
  /** Ends it as an operator would; resolves with its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** `omni serve` on the data of a home directory, in a process of its own; it ends with the test. */
export async function startServer(home: string, flags: readonly string[] = []): Promise<RunningServer> {
  const server = spawnServer(home, flags)
  onTestFinished(() => void server.child.kill('SIGKILL'))
  return server.ready
}

/** The same, for several tests: whoever starts it ends it. */
export function spawnServer(home: string, flags: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [program, 'serve', '--port', '0', ...flags], {env: environment(home, env)})
  const ended = new Promise<number | null>(settle => child.on('close', settle))
  let told = ''
  const url = new Promise<string>((settle, fail) => {
    child.stdout.on('data', (piece: Buffer) => settle(piece.toString().trim()))
    child.stderr.on('data', (piece: Buffer) => (told += piece.toString()))
    void ended.then(code => fail(new Error(`The server ended with ${code}: ${told}`)))
  })
  return {child, ready: url.then(running)}

  function running(address: string): RunningServer {
    return {
      url: address,
      async key(scopes, more = []) {
        const asked = scopes.flatMap(scope => ['--scopes', scope])
        const made = await omni(['keys', 'create', 'test', '--json', ...asked, ...more], {home})
        return (JSON.parse(made.stdout) as {key: string}).key
      },
      stop: (signal = 'SIGTERM') => {
        child.kill(signal)
        return ended
      },
    }
  }
}
