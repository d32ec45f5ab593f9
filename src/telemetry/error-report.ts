import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {redact} from './redact.ts'

export interface ErrorReportOptions {
  readonly directory: string
  readonly error: unknown
  readonly command: string
  readonly version: string
  readonly home: string
  readonly now: Date
}

/**
 * Writes what a maintainer needs to find a bug, without what they must not see: arguments' values, secrets and the
 * home directory are left out. Returns the file's path, or undefined where it could not be written.
 */
export async function writeErrorReport(options: ErrorReportOptions): Promise<string | undefined> {
  const {directory, error, command, version, home, now} = options
  const chain: string[] = []
  for (let each: unknown = error; each !== undefined && chain.length < 5; each = (each as {cause?: unknown}).cause) {
    chain.push(each instanceof Error ? (each.stack ?? each.message) : String(each))
    if (typeof each !== 'object' || each === null) break
  }
  const text = [
    `omni ${version}, Node ${process.version}, ${process.platform} ${process.arch}`,
    `time ${now.toISOString()}`,
    `command ${command}`,
    '',
    chain.join('\ncaused by '),
    '',
  ].join('\n')
  const path = join(directory, 'reports', `${now.toISOString().replaceAll(':', '-')}.txt`)
  try {
    await mkdir(join(directory, 'reports'), {recursive: true, mode: 0o700})
    await writeFile(path, redact(home === '' ? text : text.replaceAll(home, '~')), {mode: 0o600})
    return path
  } catch {
    return undefined
  }
}
