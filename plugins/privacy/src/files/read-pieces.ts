import {createReadStream} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {CancelledError, InvalidInputError} from '@omni-ops/core/operation'
import {noSuchFile} from '@omni-ops/core/reading'

const pieceBytes = 256 * 1024

/** A file holds bytes that are no UTF-8 text. */
export class NotTextError extends InvalidInputError {
  override readonly code = 'not_text'
}

export interface ReadPiecesOptions {
  /** How the file is called in an error. */
  readonly name: string
  readonly signal: AbortSignal
  /** Told after each piece: bytes since the one before. */
  readonly read?: (bytes: number) => void
}

/** The pieces of a file's text. Throws NoSuchFileError, NotTextError, CancelledError, and what the file system throws. */
export async function* readPieces(path: string, options: ReadPiecesOptions): AsyncIterable<string> {
  try {
    yield* decodePieces(createReadStream(path, {highWaterMark: pieceBytes}), options)
  } catch (error) {
    throw noSuchFile(error, options.name) ?? error
  }
}

/** A small file's text as a whole. Throws NoSuchFileError, and what the file system throws. */
export async function readWhole(path: string, name: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw noSuchFile(error, name) ?? error
  }
}

/** Bytes as text: UTF-8, nothing replaced. A byte order mark stays, so that what is written back is the same. */
export async function* decodePieces(
  source: AsyncIterable<Uint8Array>,
  options: ReadPiecesOptions,
): AsyncIterable<string> {
  const decoder = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true})
  const decode = (bytes?: Uint8Array) => {
    try {
      return bytes ? decoder.decode(bytes, {stream: true}) : decoder.decode()
    } catch (cause) {
      throw new NotTextError(`${options.name} is not UTF-8 text`, {
        hint: 'convert it to UTF-8 first, such as with iconv',
        cause,
      })
    }
  }
  for await (const bytes of source) {
    if (options.signal.aborted) throw new CancelledError()
    const text = decode(bytes)
    options.read?.(bytes.length)
    if (text !== '') yield text
  }
  const rest = decode()
  if (rest !== '') yield rest
}
