import {largestImage, UnusableImageError} from '../asking/image-file.ts'
import {readImageUrl} from '../asking/image-url.ts'
import {type CheckedImage, type FetchedImages} from './image-source.ts'
import {InvalidRequestError, UnsupportedParameterError} from './request-error.ts'

/**
 * Fetches a picture from an address that a client named, which no fetch may follow to places it must not reach.
 * @param largest bytes
 */
export type FetchImage = (url: string, signal: AbortSignal, largest: number) => Promise<CheckedImage>

/** So many pictures by URL may one request name. */
const mostImages = 16

/**
 * Fetches all that a request names, each once, and together no more than one picture may have: a request of some bytes
 * must not fill the memory.
 * @throws UnsupportedParameterError, and what fetching throws
 */
export async function fetchedImages(
  urls: readonly string[],
  fetchImage: FetchImage,
  signal: AbortSignal,
): Promise<FetchedImages> {
  if (urls.length === 0) return noImages
  const each = new Set(urls)
  if (each.size > mostImages) {
    throw new UnsupportedParameterError(`More than ${mostImages} pictures by URL in one request`, null)
  }
  const images = new Map<string, CheckedImage>()
  let left = largestImage
  for (const url of each) {
    const image = await fetchImage(url, signal, left)
    images.set(url, image)
    left -= image.bytes.length
  }
  return images
}

const noImages: FetchedImages = new Map()

/** From the public internet alone. @throws InvalidRequestError, CancelledError */
export const fetchPublicImage: FetchImage = async (url, signal, largest) => {
  try {
    return await readImageUrl(url, {signal, largest})
  } catch (error) {
    if (error instanceof UnusableImageError) throw new InvalidRequestError(error.message, null, error.hint)
    throw error
  }
}
