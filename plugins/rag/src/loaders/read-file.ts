import {closeSync, constants, fstatSync, openSync, readSync} from 'node:fs'
import {setImmediate} from 'node:timers/promises'
import {CancelledError} from '@omni-ops/core/operation'
import {
  ChangedWhileReadError,
  DocumentTooLargeError,
  SourceNotFoundError,
  UnreadableFileError,
} from '../documents/errors.ts'
import {defaultLoadLimits, type LoadLimits} from './limits.ts'

export interface ReadOptions {
  readonly source: string
  readonly limits?: Partial<LoadLimits>
  readonly signal?: AbortSignal
}

/** A file that changes while it is read is read again so many times. */
const RETRIES = 1
const PART = 1 << 20

/**
 * The content of a regular file, all of one state: if the file changes while it is read, it is read once more. A file
 * above the limit is refused by its size, without being read; a FIFO, socket or device is refused without blocking.
 *
 * Reads synchronously, and lets others have their turn after each megabyte: for the thousands of small files of an
 * ingest, five trips to the thread pool cost several times what the reading does.
 *
 * @throws SourceNotFoundError, UnreadableFileError, DocumentTooLargeError, ChangedWhileReadError, CancelledError
 */
export async function readSourceFile(path: string | Buffer, options: ReadOptions): Promise<Uint8Array> {
  const {source, signal} = options
  const maxBytes = options.limits?.maxBytes ?? defaultLoadLimits.maxBytes
  for (let attempt = 0; attempt <= RETRIES; attempt++) {
    const bytes = await readOnce(path, source, maxBytes, signal)
    if (bytes !== undefined) return bytes
  }
  throw new ChangedWhileReadError(source, 'changed while it was read', {hint: 'ingest it again when it is complete'})
}

/** The content, or undefined if it changed meanwhile. */
async function readOnce(
  path: string | Buffer,
  source: string,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | undefined> {
  let descriptor: number | undefined
  try {
    // Without O_NONBLOCK, opening a FIFO waits for a writer.
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const before = fstatSync(descriptor, {bigint: true})
    if (!before.isFile()) throw new UnreadableFileError(source, 'is no regular file')
    if (before.size > BigInt(maxBytes)) throw tooLarge(source, maxBytes)
    const bytes = await readAll(descriptor, Number(before.size), maxBytes, source, signal)
    const after = fstatSync(descriptor, {bigint: true})
    const isSame = before.mtimeNs === after.mtimeNs && before.size === after.size && bytes.length === Number(after.size)
    // Kernel files (/proc) say size 0 whatever they hold.
    return isSame || (before.size === 0n && after.size === 0n) ? bytes : undefined
  } catch (error) {
    throw readError(error, source)
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

async function readAll(
  descriptor: number,
  expected: number,
  maxBytes: number,
  source: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  // One byte more than expected, so that growth is noticed.
  let buffer = Buffer.allocUnsafeSlow(expected + 1)
  let length = 0
  while (true) {
    if (signal?.aborted) throw new CancelledError()
    if (length === buffer.length) {
      if (length > maxBytes) throw tooLarge(source, maxBytes)
      buffer = Buffer.concat([buffer], Math.min(length * 2 + 4096, maxBytes + 1))
    }
    const bytesRead = readSync(descriptor, buffer, length, Math.min(PART, buffer.length - length), null)
    if (bytesRead === 0) return buffer.subarray(0, length)
    length += bytesRead
    if (bytesRead === PART) await setImmediate()
  }
}

function tooLarge(source: string, maxBytes: number): DocumentTooLargeError {
  return new DocumentTooLargeError(source, `is larger than ${Math.round(maxBytes / 1e6)} MB`, {
    hint: 'split it, or raise the limit',
  })
}

const MESSAGES: Readonly<Record<string, string>> = {
  EACCES: 'may not be read: permission denied',
  EPERM: 'may not be read: not permitted',
  EISDIR: 'is a directory',
  ELOOP: 'is a loop of symbolic links',
  ENXIO: 'is a socket or a device that is not there',
  EMFILE: 'could not be opened: too many open files',
  EIO: 'could not be read: the disk fails',
  ENAMETOOLONG: 'has a name that is too long',
}

/** An error of the file system as a DocumentError; other errors as they are. */
function readError(error: unknown, source: string): unknown {
  const {code} = error as NodeJS.ErrnoException
  if (!(error instanceof Error) || typeof code !== 'string' || !/^E[A-Z0-9]+$/.test(code)) return error
  if (code === 'ENOENT' || code === 'ENOTDIR') return new SourceNotFoundError(source, 'does not exist', {cause: error})
  return new UnreadableFileError(source, MESSAGES[code] ?? `could not be read (${code})`, {cause: error})
}
