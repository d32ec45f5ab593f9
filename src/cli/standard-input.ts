import {CancelledError, InvalidInputError} from '../operation/errors.ts'

const longestArgument = 1_000_000

/** More came from stdin than its reader takes. */
export class StandardInputTooLargeError extends InvalidInputError {
  override readonly code = 'stdin_too_large'
}

/** All of stdin. Throws StandardInputTooLargeError as soon as there are more bytes, CancelledError when aborted. */
export async function readStandardInputBytes(maximumBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of process.stdin as AsyncIterable<Buffer>) {
    if (signal.aborted) throw new CancelledError()
    bytes += piece.length
    if (bytes > maximumBytes) {
      throw new StandardInputTooLargeError(`stdin holds more than ${maximumBytes / 1e6} MB`)
    }
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** All of stdin as text, for an argument `-`. Throws StandardInputTooLargeError above 1 MB, CancelledError when aborted. */
export async function readStandardInput(signal: AbortSignal): Promise<string> {
  return Buffer.from(await readStandardInputBytes(longestArgument, signal))
    .toString('utf8')
    .trim()
}
