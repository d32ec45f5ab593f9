import type {ChildProcess} from 'node:child_process'
import {onTestFinished} from 'vitest'
import type {Finished} from '../cli/program.ts'
import type {Workspace} from './workspace.ts'

/** `omni serve` as a process of its own. */
export interface ServerProcess {
  readonly url: string
  readonly child: ChildProcess
  readonly finished: Promise<Finished>
  stderr(): string
}

/** Starts the built program on a free port and waits until it is ready; it goes away with the test. */
export async function startServer(workspace: Workspace, flags: readonly string[] = []): Promise<ServerProcess> {
  const {child, finished} = workspace.start(['serve', '--port', '0', ...flags])
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await finished
  })
  let stderr = ''
  child.stderr?.on('data', (piece: string) => (stderr += piece))
  const ready = new Promise<string>((resolve, reject) => {
    let stdout = ''
    child.stdout?.on('data', (piece: string) => {
      stdout += piece
      const line = /^(https?:\/\/\S+)\n/.exec(stdout)
      if (line?.[1]) resolve(line[1])
    })
    void finished.then(({code, stderr: told}) => reject(new Error(`omni serve ended with ${code}: ${told}`)))
  })
  return {url: await ready, child, finished, stderr: () => stderr}
}

/** A new key of the workspace. */
export async function makeKey(workspace: Workspace, name: string, ...scopes: readonly string[]): Promise<string> {
  const {code, stdout, stderr} = await workspace.omni([
    'keys',
    'create',
    name,
    ...scopes.flatMap(scope => ['--scopes', scope]),
  ])
  if (code !== 0) throw new Error(stderr)
  return stdout.trim()
}
