import {type AddressRules, downloadPublic, DownloadError} from '@omni-ops/core/net'
import {type ImageFile, largestImage, mediaTypeOf, UnusableImageError} from './image-file.ts'

export interface ImageUrlOptions extends AddressRules {
  readonly signal?: AbortSignal
  /** Bytes. */
  readonly largest?: number
  /** For the whole exchange, redirects included, in milliseconds. */
  readonly timeout?: number
}

/**
 * Fetches a picture from the public internet (`downloadPublic`). What it is, its first bytes say and not its server.
 *
 * @throws UnusableImageError, CancelledError
 */
export async function readImageUrl(url: string, options: ImageUrlOptions = {}): Promise<ImageFile> {
  try {
    const bytes = await downloadPublic(url, {
      largest: largestImage,
      ...options,
      accept: 'image/png,image/jpeg,image/webp,image/gif',
      refuse: head => (mediaTypeOf(head) === undefined ? 'is no PNG, JPEG, WebP or GIF' : undefined),
    })
    return {mediaType: mediaTypeOf(bytes)!, bytes}
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error
    throw new UnusableImageError(error.message, {hint: 'send the picture itself', cause: error})
  }
}
