import {fstatSync} from 'node:fs'
import {CancelledError, InvalidInputError} from '../operation/errors.ts'

const longestArgument = 1_000_000

/** More came from stdin than its reader takes. */
export class StandardInputTooLargeError extends InvalidInputError {
  override readonly code = 'stdin_too_large'
}

/** What came from stdin is no text in UTF-8. */
export class StandardInputNotTextError extends InvalidInputError {
  override readonly code = 'stdin_not_text'
}

/**
 * Whether stdin is a pipe or a file, which somebody has put there to be read. A socket or a device may be left over from
 * whoever started the program, and never end; a closed stdin is nothing.
 */
export function isStandardInputGiven(): boolean {
  try {
    const kind = fstatSync(0)
    return kind.isFIFO() || kind.isFile()
  } catch {
    return false
  }
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

/**
 * All of stdin as text, for an argument `-`. Throws StandardInputTooLargeError above 1 MB, StandardInputNotTextError for
 * what is not UTF-8, CancelledError when aborted.
 */
export async function readStandardInput(signal: AbortSignal): Promise<string> {
  const bytes = await readStandardInputBytes(longestArgument, signal)
  try {
    const text = new TextDecoder('utf-8', {fatal: true}).decode(bytes)
    if (!text.includes('\0')) return text.trim()
  } catch {
    // Told below.
  }
  throw new StandardInputNotTextError('stdin is no text in UTF-8', {
    hint: 'convert it first, such as with `iconv -f WINDOWS-1252 -t UTF-8`',
  })
}
