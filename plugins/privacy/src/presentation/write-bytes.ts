import {type Terminal, UsageError} from '@omni-ops/core/cli'
import {writeWhole} from '@omni-ops/core/files'

/** Writes a document to a file, which takes its name only when it is complete and whose directory is made, or to stdout (`-`). */
export async function writeBytes(bytes: Buffer, target: string, terminal: Terminal): Promise<void> {
  if (target !== '-') return writeWhole(target, bytes)
  if (terminal.stdout.isTerminal && bytes.subarray(0, 5).toString('latin1') === '%PDF-') {
    throw new UsageError('A PDF is not written to a terminal', {hint: 'name a file with --out'})
  }
  process.stdout.write(bytes)
}
