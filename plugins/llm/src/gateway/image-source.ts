import type {ImagePart} from '../model/completion-request.ts'
import {InvalidRequestError} from './request-error.ts'

export type CheckedImage = Pick<ImagePart, 'mediaType' | 'bytes'>

/** Pictures by the URL under which the request names them, those of `data:` URLs left out. */
export type FetchedImages = ReadonlyMap<string, CheckedImage>

const dataUrl = /^data:([a-z]+\/[a-z0-9.+-]+);base64,/i
const base64 = /^[A-Za-z0-9+/]*={0,2}$/

/** The picture that a URL of the request stands for. @throws InvalidRequestError */
export function imageAt(url: string, images: FetchedImages, parameter: string): CheckedImage {
  const fetched = images.get(url)
  if (fetched) return fetched
  const declared = dataUrl.exec(url)
  if (declared === null) throw new InvalidRequestError(`${parameter}: is no data: URL with base64`, parameter)
  return imageOfBase64(url.slice(declared[0].length), parameter)
}

/** A picture from base64. What it is, its first bytes say and not its sender. @throws InvalidRequestError */
export function imageOfBase64(text: string, parameter: string): CheckedImage {
  if (!base64.test(text)) throw new InvalidRequestError(`${parameter}: is not base64`, parameter)
  const bytes = Buffer.from(text, 'base64')
  const mediaType = mediaTypeOf(bytes)
  if (mediaType === undefined) {
    throw new InvalidRequestError(`${parameter}: is no PNG, JPEG, WebP or GIF`, parameter)
  }
  return {mediaType, bytes}
}

/**
 * By the signatures of PNG (ISO/IEC 15948, 5.2), JPEG (SOI and the next marker), GIF (87a and 89a) and WebP (RFC 9649,
 * section 2.3); undefined for everything else.
 */
export function mediaTypeOf(bytes: Uint8Array): ImagePart['mediaType'] | undefined {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1')
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (head.startsWith('GIF87a') || head.startsWith('GIF89a')) return 'image/gif'
  return head.startsWith('RIFF') && head.slice(8) === 'WEBP' ? 'image/webp' : undefined
}

/** Whether somebody has to fetch it. */
export function isRemote(url: string): boolean {
  return /^https?:/i.test(url)
}
