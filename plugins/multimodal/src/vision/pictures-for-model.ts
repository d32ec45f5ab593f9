import type {LanguageModelImage} from '@omni-ops/core/llm'
import {MediaTooLargeError, UnusableMediaError} from '../media/errors.ts'
import {loadSharp} from '../media/load-sharp.ts'
import {defaultPdfLimits, PdfPages} from '../media/pdf-pages.ts'
import {decoded, defaultPictureLimits} from '../media/picture.ts'
import {pictureForUpload} from '../media/picture-for-upload.ts'
import type {Media} from '../media/read-media.ts'

/** Of one call. Claude takes pictures of more than 2,000 pixels only up to so many (docs.claude.com, Vision). */
const mostPictures = 20

/**
 * Pixels of the longer side. Larger pictures take time and are scaled down by the providers: to 1,568 by Claude
 * (docs.claude.com, Vision), to 2,048 by GPT (platform.openai.com, Images and vision).
 */
const longestSide = 2_048

/** Bytes of a picture: Claude takes 5 MB of base64 (docs.claude.com, Vision). */
const largestPicture = 3_700_000

/** At which PDF pages are drawn for a model: a page of A4 then has about that side. */
const dotsPerInch = 170

const sendable = ['image/png', 'image/jpeg', 'image/webp'] as const

/**
 * Pictures as models take them: PNG, JPEG or WebP, upright, not larger than they look at, and without EXIF unless it is
 * to be kept; of a PDF each page.
 *
 * @throws UnusableMediaError, MediaTooLargeError, CancelledError
 */
export async function picturesForModel(
  files: readonly Media[],
  {keepMetadata, signal}: {readonly keepMetadata: boolean; readonly signal: AbortSignal},
): Promise<readonly LanguageModelImage[]> {
  const pictures: LanguageModelImage[] = []
  for (const media of files) {
    const own =
      media.mediaType === 'application/pdf'
        ? await pagesOf(media, signal)
        : [await pictureForUpload(media, {limits: defaultPictureLimits, types: sendable, keepMetadata, longestSide})]
    for (const picture of own) pictures.push(await small(picture))
    if (pictures.length > mostPictures) {
      throw new MediaTooLargeError(`These are more than ${mostPictures} pictures`, {hint: 'ask about fewer at once'})
    }
  }
  return pictures
}

async function pagesOf(media: Media, signal: AbortSignal): Promise<readonly Media[]> {
  const document = await PdfPages.open(media, {...defaultPdfLimits, pages: mostPictures}, signal)
  try {
    const sharp = await loadSharp()
    const pages: Media[] = []
    for (let page = 1; page <= document.count; page++) {
      const {width, height, grey} = await document.draw(page, dotsPerInch)
      const bytes = await sharp(grey, {raw: {width, height, channels: 1}})
        .resize({width: longestSide, height: longestSide, fit: 'inside', withoutEnlargement: true})
        .png()
        .toBuffer()
      pages.push({source: media.source, mediaType: 'image/png', bytes: new Uint8Array(bytes)})
    }
    return pages
  } finally {
    await document.close()
  }
}

/** A picture of too many bytes becomes a JPEG, which at this size has fewer. */
async function small({source, mediaType, bytes}: Media): Promise<LanguageModelImage> {
  if (!isSendable(mediaType)) throw new UnusableMediaError(`${source} is ${mediaType}, which no model takes`)
  if (bytes.length <= largestPicture) return {mediaType, bytes}
  const sharp = await loadSharp()
  const jpeg = await decoded(source, () =>
    sharp(bytes, {}).flatten({background: '#ffffff'}).jpeg({quality: 85}).toBuffer(),
  )
  return {mediaType: 'image/jpeg', bytes: new Uint8Array(jpeg)}
}

function isSendable(mediaType: Media['mediaType']): mediaType is (typeof sendable)[number] {
  return (sendable as readonly string[]).includes(mediaType)
}
