import {type CheckedImage, type FetchedImages} from './image-source.ts'
import {UnsupportedParameterError} from './request-error.ts'

/** Fetches a picture from an address that a client named, which no fetch may follow to places it must not reach. */
export type FetchImage = (url: string, signal: AbortSignal) => Promise<CheckedImage>

/** So many pictures by URL may one request name. */
const mostImages = 16

/** Fetches all that a request names, each once. @throws UnsupportedParameterError, and what fetching throws */
export async function fetchedImages(
  urls: readonly string[],
  fetchImage: FetchImage,
  signal: AbortSignal,
): Promise<FetchedImages> {
  if (urls.length === 0) return noImages
  const each = [...new Set(urls)]
  if (each.length > mostImages) {
    throw new UnsupportedParameterError(`More than ${mostImages} pictures by URL in one request`, null)
  }
  return new Map(await Promise.all(each.map(async url => [url, await fetchImage(url, signal)] as const)))
}

const noImages: FetchedImages = new Map()

/** Without a guard of its addresses a server fetches nothing that its clients name. */
export const refuseRemoteImage: FetchImage = () => {
  throw new UnsupportedParameterError('Pictures by http(s) URL are not supported: send a data: URL', null)
}
