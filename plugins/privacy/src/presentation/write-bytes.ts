import {mkdir, rename, rm, writeFile} from 'node:fs/promises'
import {dirname} from 'node:path'
import {type Terminal, UsageError} from '@omni-ops/core/cli'

/** Writes a document to a file, which takes its name only when it is complete and whose directory is made, or to stdout (`-`). */
export async function writeBytes(bytes: Buffer, target: string, terminal: Terminal): Promise<void> {
  if (target !== '-') {
    const partial = `${target}.partial`
    try {
      await mkdir(dirname(target), {recursive: true})
      await writeFile(partial, bytes, {mode: 0o600})
      await rename(partial, target)
    } catch (error) {
      await rm(partial, {force: true})
      throw error
    }
    return
  }
  if (terminal.stdout.isTerminal && bytes.subarray(0, 5).toString('latin1') === '%PDF-') {
    throw new UsageError('A PDF is not written to a terminal', {hint: 'name a file with --out'})
  }
  process.stdout.write(bytes)
}
