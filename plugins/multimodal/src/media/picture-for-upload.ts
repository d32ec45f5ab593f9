import {decoded, inspectPicture, openPicture, type PictureLimits} from './picture.ts'
import type {Media} from './read-media.ts'

export interface UploadOptions {
  readonly limits: PictureLimits
  /** What the receiver takes; a picture of another kind becomes a PNG. */
  readonly types: readonly Media['mediaType'][]
  /** Send EXIF, XMP and IPTC along, such as where a photograph was taken. */
  readonly keepMetadata: boolean
  /** Pixels; a longer side is scaled down to it. */
  readonly longestSide: number
}

/** Of a JPEG that has to be written again; what it loses is not seen. */
const jpegQuality = 95

/**
 * A picture as it may leave this machine: upright, of a kind that its receiver takes, and without what a camera or a
 * person wrote into it. What needs no change is sent as it is, to the bit. Of a moving picture the first frame is sent, of a TIFF all
 * pages where its receiver takes TIFF.
 *
 * @throws UnusableMediaError, MediaTooLargeError
 */
export async function pictureForUpload(media: Media, options: UploadOptions): Promise<Media> {
  const {source, mediaType} = media
  const {limits, keepMetadata, longestSide, types} = options
  const facts = await inspectPicture(media, limits)
  const isLarge = Math.max(facts.width, facts.height) > longestSide
  const isWhole = types.includes(mediaType) && mediaType !== 'image/gif' && !isLarge
  const isBook = facts.pages > 1 && types.includes('image/tiff')
  if (isWhole && (keepMetadata || (!facts.hasMetadata && facts.orientation === 1 && !hasText(media)))) return media
  const image = await openPicture(media, limits, isBook ? 'all' : 0)
  if (isLarge) image.resize({width: longestSide, height: longestSide, fit: 'inside'})
  if (keepMetadata) image.keepMetadata()
  const isPhotograph = mediaType === 'image/jpeg'
  if (isBook) image.tiff({compression: 'deflate'})
  else if (isPhotograph) image.jpeg({quality: jpegQuality, chromaSubsampling: '4:4:4'})
  else image.png()
  const bytes = await decoded(source, () => image.toBuffer())
  const type = isBook ? 'image/tiff' : isPhotograph ? 'image/jpeg' : 'image/png'
  return {source, mediaType: type, bytes: new Uint8Array(bytes)}
}

/** Comments and the like, which are no EXIF: PNG's texts, and JPEG's application segments and comments. */
function hasText({mediaType, bytes}: Media): boolean {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (mediaType === 'image/png') return ['tEXt', 'iTXt', 'zTXt', 'eXIf'].some(chunk => data.includes(chunk))
  return mediaType === 'image/jpeg' && hasComment(data)
}

/**
 * Whether a JPEG has segments before its pixels that others than decoders read: a comment, or an application's data
 * other than JFIF (0), the colour profile (2) and Adobe's colour transform (14) (ITU-T T.81, B.2.4).
 */
function hasComment(data: Buffer): boolean {
  let at = 2
  while (at + 4 <= data.length && data[at] === 0xff) {
    const marker = data[at + 1]!
    if (marker === 0xda) return false
    if (marker === 0xfe || (marker > 0xe0 && marker < 0xf0 && marker !== 0xe2 && marker !== 0xee)) return true
    at += marker === 0xff ? 1 : 2 + data.readUInt16BE(at + 2)
  }
  return false
}
