import type {Sharp} from 'sharp'
import {MediaTooLargeError, UnusableMediaError} from './errors.ts'
import {loadSharp} from './load-sharp.ts'
import type {Media} from './read-media.ts'
import {assertSelfContained} from './svg.ts'

export interface PictureLimits {
  /** Of one picture, unpacked. A photograph of a current telephone has up to 50 million. */
  readonly pixels: number
  /** Pages of a TIFF. Of a moving picture only the first is read. */
  readonly pages: number
}

export const defaultPictureLimits: PictureLimits = {pixels: 100_000_000, pages: 500}

/** What the head of a picture says. */
export interface PictureFacts {
  /** Pixels, as stored: before the turn that EXIF asks for. */
  readonly width: number
  readonly height: number
  /** More than one in a TIFF of several pages. */
  readonly pages: number
  /** EXIF, XMP or IPTC: where it was taken, by whom, with what. */
  readonly hasMetadata: boolean
  /** EXIF's 1 to 8; 1 is upright. */
  readonly orientation: number
}

/** Dots per inch at which a drawing without pixels is drawn: 72 would be its size on a screen of old. */
const drawingDensity = 192

/**
 * Looks at the head of a picture, which is enough to tell how large it is unpacked: of a decompression bomb no more is
 * read.
 *
 * @throws UnusableMediaError, MediaTooLargeError
 */
export async function inspectPicture(media: Media, limits: PictureLimits): Promise<PictureFacts> {
  const {source, mediaType, bytes} = media
  if (mediaType === 'image/svg+xml') assertSelfContained(source, bytes)
  const sharp = await loadSharp()
  const found = await decoded(source, () => sharp(bytes, optionsOf(media, {...limits, pixels: 0})).metadata())
  const {width, height, pages = 1, pageHeight, orientation = 1} = found
  const tall = pageHeight ?? height
  if (width * tall > limits.pixels) {
    throw new MediaTooLargeError(`${source} has ${width} × ${tall} pixels, more than ${limits.pixels / 1e6} million`, {
      hint: 'make it smaller',
    })
  }
  const own = mediaType === 'image/tiff' ? pages : 1
  if (own > limits.pages) throw new MediaTooLargeError(`${source} has ${own} pages, more than ${limits.pages}`)
  const hasMetadata = [found.exif, found.xmp, found.iptc, found.tifftagPhotoshop].some(each => each !== undefined)
  return {width, height: tall, pages: own, hasMetadata, orientation}
}

/**
 * One page of a picture, to be read from: upright, as EXIF says, and within the limits whatever its head claims.
 *
 * @param page From 0.
 */
export async function openPicture(media: Media, limits: PictureLimits, page: number | 'all' = 0): Promise<Sharp> {
  const sharp = await loadSharp()
  const which = page === 'all' ? {pages: -1} : {page}
  return sharp(media.bytes, {...optionsOf(media, limits), ...which, autoOrient: page !== 'all'})
}

function optionsOf({mediaType}: Media, {pixels}: PictureLimits) {
  return {
    // 0 would be no limit: for a look at the head alone.
    limitInputPixels: pixels === 0 ? (false as const) : pixels,
    // What is cut off is an error and not a picture with a grey end.
    failOn: 'truncated' as const,
    sequentialRead: true,
    ...(mediaType === 'image/svg+xml' ? {density: drawingDensity} : {}),
  }
}

/** Runs a decoder. Whatever it throws says that the picture is damaged. @throws UnusableMediaError */
export async function decoded<T>(source: string, decode: () => Promise<T>): Promise<T> {
  try {
    return await decode()
  } catch (error) {
    const {message} = error as Error
    if (/exceeds pixel limit/i.test(message)) {
      throw new MediaTooLargeError(`${source} has too many pixels`, {hint: 'make it smaller', cause: error})
    }
    throw new UnusableMediaError(`${source} is damaged or cut off`, {
      hint: 'open it in an image viewer and save it again',
      cause: error,
    })
  }
}
