import {constants} from 'node:fs'
import {type FileHandle, open} from 'node:fs/promises'
import {basename, resolve} from 'node:path'
import {type AddressRules, downloadPublic, DownloadError} from '@omni-ops/core/net'
import {CancelledError} from '@omni-ops/core/operation'
import {noSuchFile} from '@omni-ops/core/reading'
import {readStandardInputBytes, StandardInputTooLargeError} from '@omni-ops/core/standard-input'
import {MediaTooLargeError, UnusableMediaError} from './errors.ts'
import {type MediaType, mediaTypeOf} from './media-type.ts'

/** A file that is read. */
export interface Media {
  /** As its user knows it: a path, a URL without its query, or `-`. */
  readonly source: string
  /** By its first bytes. */
  readonly mediaType: MediaType
  readonly bytes: Uint8Array
}

export interface MediaLimits {
  /** Bytes of a file. */
  readonly bytes: number
  /** What is accepted; of something else, by URL, no more than the beginning is read. */
  readonly types: readonly MediaType[]
}

export interface ReadMediaOptions {
  /** Relative paths begin here. */
  readonly workingDirectory: string
  readonly signal: AbortSignal
  /** Where a URL may lead; to the public internet without it. */
  readonly addresses?: AddressRules
}

/** Milliseconds for a download. */
const downloadTimeout = 120_000

/**
 * Reads a file, stdin (`-`) or an http(s) URL, within limits. What it is, its first bytes say.
 *
 * @throws NoSuchFileError, UnusableMediaError, MediaTooLargeError, CancelledError
 */
export async function readMedia(source: string, limits: MediaLimits, options: ReadMediaOptions): Promise<Media> {
  if (/^https?:\/\//i.test(source)) return fromUrl(source, limits, options)
  const bytes = source === '-' ? await fromStandardInput(limits, options) : await fromFile(source, limits, options)
  return checkedMedia(source, bytes, limits)
}

/** What somebody sent, held to the same limits. @throws UnusableMediaError, MediaTooLargeError */
export function checkedMedia(source: string, bytes: Uint8Array, limits: MediaLimits): Media {
  if (bytes.length > limits.bytes) throw tooLarge(source, limits)
  if (bytes.length === 0) throw new UnusableMediaError(`${source} is empty`)
  const mediaType = mediaTypeOf(bytes)
  if (mediaType === undefined || !limits.types.includes(mediaType)) throw unwanted(source, mediaType, limits)
  return {source, mediaType, bytes}
}

/** The last part of a path or URL, as what is sent names it. */
export function fileNameOf({source}: Pick<Media, 'source'>): string {
  return (source === '-' ? 'stdin' : basename(source.replace(/\/+$/, ''))).slice(-200) || 'file'
}

async function fromUrl(url: string, limits: MediaLimits, {signal, addresses}: ReadMediaOptions): Promise<Media> {
  const {origin, pathname} = URL.parse(url) ?? {origin: url, pathname: ''}
  // A signed address has its secret in the query.
  const source = `${origin}${pathname}`
  try {
    const bytes = await downloadPublic(url, {
      ...addresses,
      signal,
      timeout: downloadTimeout,
      largest: limits.bytes,
      accept: limits.types.join(','),
    })
    return checkedMedia(source, bytes, limits)
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error
    throw new UnusableMediaError(error.message, {...(error.hint ? {hint: error.hint} : {}), cause: error})
  }
}

async function fromStandardInput(limits: MediaLimits, {signal}: ReadMediaOptions): Promise<Uint8Array> {
  try {
    return await readStandardInputBytes(limits.bytes, signal)
  } catch (error) {
    throw error instanceof StandardInputTooLargeError ? tooLarge('stdin', limits) : error
  }
}

async function fromFile(path: string, limits: MediaLimits, options: ReadMediaOptions): Promise<Uint8Array> {
  // Without O_NONBLOCK, opening a FIFO waits for a writer.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)
  const file = await open(resolve(options.workingDirectory, path), flags).catch((error: NodeJS.ErrnoException) => {
    throw (
      noSuchFile(error, path) ??
      new UnusableMediaError(`${path} cannot be read: ${error.code ?? error.message}`, {cause: error})
    )
  })
  try {
    const found = await file.stat()
    if (!found.isFile()) throw new UnusableMediaError(`${path} is no regular file`)
    if (found.size > limits.bytes) throw tooLarge(path, limits)
    return await wholeOf(file, path, limits, options.signal)
  } finally {
    await file.close()
  }
}

/** The file may grow while it is read: no more is read than is allowed. */
async function wholeOf(file: FileHandle, path: string, limits: MediaLimits, signal: AbortSignal): Promise<Uint8Array> {
  const pieces: Buffer[] = []
  let size = 0
  for (;;) {
    if (signal.aborted) throw new CancelledError()
    const {bytesRead, buffer} = await file.read(Buffer.allocUnsafe(1 << 20))
    if (bytesRead === 0) return Buffer.concat(pieces, size)
    size += bytesRead
    if (size > limits.bytes) throw tooLarge(path, limits)
    pieces.push(buffer.subarray(0, bytesRead))
  }
}

function tooLarge(source: string, {bytes}: MediaLimits): MediaTooLargeError {
  return new MediaTooLargeError(`${source} is larger than ${Math.round(bytes / 1e5) / 10} MB`, {
    hint: 'make it smaller, or split it',
  })
}

function unwanted(source: string, mediaType: MediaType | undefined, {types}: MediaLimits): UnusableMediaError {
  const names = types.map(type => type.split('/')[1]!.replace('+xml', '').toUpperCase())
  const what =
    mediaType === undefined ? 'is none of the files that are read' : `is ${mediaType}, which is not read here`
  return new UnusableMediaError(`${source} ${what}`, {hint: `convert it to one of ${[...new Set(names)].join(', ')}`})
}
