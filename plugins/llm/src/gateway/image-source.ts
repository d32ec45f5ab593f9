import {mediaTypeOf} from '../asking/image-file.ts'
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

/** Whether somebody has to fetch it. */
export function isRemote(url: string): boolean {
  return /^https?:/i.test(url)
}
