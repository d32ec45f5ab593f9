import {MediaTooLargeError} from '../media/errors.ts'
import {defaultPdfLimits, PdfPages} from '../media/pdf-pages.ts'
import {decoded, defaultPictureLimits, inspectPicture, openPicture, type PictureLimits} from '../media/picture.ts'
import type {Media} from '../media/read-media.ts'
import type {Raster} from './raster.ts'

/** A page of a file, ready to be read. */
export interface PageRaster extends Raster {
  /** From 1. */
  readonly page: number
  /** Of the file. */
  readonly pages: number
}

/** At which PDF pages are drawn: what tesseract is trained for. */
const dotsPerInch = 300

/**
 * The pages of a picture or PDF in shades of grey, one after the other: upright as far as the file says so, on white
 * where there is nothing.
 *
 * @throws UnusableMediaError, MediaTooLargeError, MediaEncryptedError, CancelledError
 */
export async function* pageRasters(
  media: Media,
  isWanted: (page: number) => boolean,
  signal: AbortSignal,
  limits: PictureLimits = defaultPictureLimits,
): AsyncGenerator<PageRaster> {
  if (media.mediaType === 'application/pdf') yield* pdfRasters(media, isWanted, signal)
  else yield* pictureRasters(media, isWanted, limits)
}

async function* pdfRasters(
  media: Media,
  isWanted: (page: number) => boolean,
  signal: AbortSignal,
): AsyncGenerator<PageRaster> {
  const document = await PdfPages.open(media, defaultPdfLimits, signal)
  try {
    for (let page = 1; page <= document.count; page++) {
      if (isWanted(page)) yield {...(await document.draw(page, dotsPerInch)), pages: document.count}
    }
  } finally {
    await document.close()
  }
}

async function* pictureRasters(
  media: Media,
  isWanted: (page: number) => boolean,
  limits: PictureLimits,
): AsyncGenerator<PageRaster> {
  const {pages} = await inspectPicture(media, limits)
  for (let page = 1; page <= pages; page++) {
    if (!isWanted(page)) continue
    const image = await openPicture(media, limits, page - 1)
    const {data, info} = await decoded(media.source, () =>
      image.flatten({background: '#ffffff'}).toColourspace('b-w').raw().toBuffer({resolveWithObject: true}),
    )
    // The pages of a TIFF need not be of one size, and the head told that of the first.
    if (info.width * info.height > limits.pixels) throw new MediaTooLargeError(`${media.source} has too many pixels`)
    yield {
      page,
      pages,
      width: info.width,
      height: info.height,
      grey: new Uint8Array(data.buffer, data.byteOffset, data.length),
    }
  }
}
