import {Worker} from 'node:worker_threads'
import {CancelledError, FailureError} from '../operation/errors.ts'
import {PluginRefusedError} from './foreign-plugin.ts'
import type {CommandRecord} from './installed-plugins.ts'

/** What to look at. */
export interface PluginCheckTask {
  /** The package's directory. */
  readonly root: string
  /** The module of its definition, relative to the root. */
  readonly definition: string
  /** The directory of its hand-made commands, relative to the root. */
  readonly commands: string | undefined
  /** Where the other plugins are. */
  readonly directory: string
}

/** What a plugin brings. */
export interface PluginCheckReport {
  readonly name: string
  readonly summary: string
  readonly topics: Readonly<Record<string, string>>
  readonly operations: readonly string[]
  readonly settings: readonly string[]
  readonly tables: readonly string[]
  readonly commands: Readonly<Record<string, CommandRecord>>
  /** The version of the program that looked. */
  readonly checkedWith: string
}

export type PluginCheckAnswer =
  | {readonly report: PluginCheckReport}
  | {readonly failure: {readonly message: string; readonly hint: string | undefined; readonly refused: boolean}}

/** A plugin cannot be loaded as it is. */
export class PluginCheckError extends FailureError {
  override readonly code = 'plugin_check'
}

/** The thread runs on the bundle alone, beside whose chunks this module is. */
const threadFile = import.meta.url.endsWith('.ts')
  ? '../../dist/workers/plugin-check-thread.js'
  : './workers/plugin-check-thread.js'

const patienceMs = 60_000

/**
 * Loads a plugin in a thread of its own and makes everything of the program that it has a part in. This runs code of
 * the plugin.
 * @throws PluginRefusedError where it breaks a rule, PluginCheckError where it does not load or end in time
 */
export async function checkPlugin(task: PluginCheckTask, signal: AbortSignal): Promise<PluginCheckReport> {
  const worker = new Worker(new URL(threadFile, import.meta.url), {workerData: task, stdout: true, stderr: true})
  const answer = await new Promise<PluginCheckAnswer>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new PluginCheckError(`The plugin did not load within ${patienceMs / 1000} s`)),
      patienceMs,
    )
    const cancel = () => reject(new CancelledError())
    signal.addEventListener('abort', cancel, {once: true})
    worker.once('message', resolve)
    worker.once('error', (error: Error) =>
      reject(new PluginCheckError(`The plugin does not load: ${error.message}`, {cause: error})),
    )
    worker.once('exit', code => {
      clearTimeout(timer)
      signal.removeEventListener('abort', cancel)
      reject(new PluginCheckError(`The plugin ended the thread that loaded it, with code ${code}`))
    })
    if (signal.aborted) cancel()
  }).finally(() => worker.terminate())
  if ('report' in answer) return answer.report
  const {message, hint, refused} = answer.failure
  if (refused) throw new PluginRefusedError(message, hint === undefined ? {} : {hint})
  throw new PluginCheckError(`The plugin does not load: ${message}`)
}
