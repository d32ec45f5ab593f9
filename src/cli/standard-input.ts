import {CancelledError, InvalidInputError} from '../operation/errors.ts'

const maximumBytes = 1_000_000

/** All of stdin as text, for an argument `-`. Throws InvalidInputError above 1 MB, CancelledError when aborted. */
export async function readStandardInput(signal: AbortSignal): Promise<string> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of process.stdin.iterator() as AsyncIterable<Buffer>) {
    if (signal.aborted) throw new CancelledError()
    bytes += piece.length
    if (bytes > maximumBytes) throw new InvalidInputError('stdin holds more than 1 MB, too much for an argument')
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8').trim()
}
