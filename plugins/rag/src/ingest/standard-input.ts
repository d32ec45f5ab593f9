import {CancelledError} from '@omni-ops/core/operation'
import {DocumentTooLargeError} from '../documents/errors.ts'

/** All of stdin. Throws DocumentTooLargeError above the limit, CancelledError when aborted. */
export async function readStandardInputBytes(maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of process.stdin as AsyncIterable<Buffer>) {
    if (signal.aborted) throw new CancelledError()
    size += piece.length
    if (size > maxBytes) {
      throw new DocumentTooLargeError('-', `is larger than ${Math.round(maxBytes / 1e6)} MB`, {
        hint: 'raise rag.max_file_mb, or split it',
      })
    }
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
