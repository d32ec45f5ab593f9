import {createReadStream} from 'node:fs'
import {InvalidInputError} from '@omni-ops/core/operation'
import type {ImagePart} from '../model/completion-request.ts'

/** A picture cannot be sent: it is too large, or of no kind that models take. */
export class UnusableImageError extends InvalidInputError {
  override readonly code = 'llm_unusable_image'
}

export interface ImageFile {
  readonly mediaType: ImagePart['mediaType']
  readonly bytes: Uint8Array
}

/** Bytes. */
export const largestImage = 20 * 1024 * 1024

/**
 * Reads a picture. Its kind is told by its first bytes and not by its name.
 * @throws UnusableImageError, and the errors of the file system
 */
export async function readImageFile(path: string): Promise<ImageFile> {
  return readImageOf(await boundedBytes(path), path)
}

/** Bytes as a picture. @param name of where they come from, for the error. @throws UnusableImageError */
export function readImageOf(bytes: Uint8Array, name: string): ImageFile {
  if (bytes.length === 0) throw new UnusableImageError(`${name} is empty`, {hint: 'name a picture'})
  const mediaType = mediaTypeOf(bytes)
  if (mediaType) return {mediaType, bytes}
  throw new UnusableImageError(`${name} is no PNG, JPEG, WebP or GIF`, {hint: 'convert it first'})
}

/** The file may grow while it is read, or be a device: no more is read than may be sent. */
async function boundedBytes(path: string): Promise<Uint8Array> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > largestImage) throw new UnusableImageError(`${path} is larger than 20 MB`, {hint: 'make it smaller'})
    pieces.push(piece)
  }
  return new Uint8Array(Buffer.concat(pieces, size))
}

/** By the signatures of the formats (https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern). */
export function mediaTypeOf(bytes: Uint8Array): ImagePart['mediaType'] | undefined {
  const text = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).toString('latin1')
  if (text(0, 8) === '\u0089PNG\r\n\u001A\n') return 'image/png'
  if (text(0, 3) === '\u00FF\u00D8\u00FF') return 'image/jpeg'
  if (text(0, 6) === 'GIF87a' || text(0, 6) === 'GIF89a') return 'image/gif'
  if (text(0, 4) === 'RIFF' && text(8, 14) === 'WEBPVP') return 'image/webp'
  return undefined
}
