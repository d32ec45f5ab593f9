import type {Context} from '@omni-ops/core/operation'
import {pictureTypes} from './media-type.ts'
import {fileNameOf, type MediaLimits, readMedia} from './read-media.ts'

/** What is read of pictures and scanned pages. */
export function scannedMediaLimits({settings}: Pick<Context, 'settings'>): MediaLimits {
  return {
    bytes: Number(settings.get('vision.max_file_mb')) * 1_000_000,
    types: [...pictureTypes, 'application/pdf'],
  }
}

/**
 * Files, stdin and URLs as an operation takes them. Where it runs on another machine, pictures go there without what a
 * camera wrote into them, such as the place.
 *
 * @throws NotFoundError, UnusableMediaError, CancelledError
 */
export async function filesToSend(
  sources: readonly string[],
  {keepMetadata}: {readonly keepMetadata: boolean},
  context: Context,
): Promise<{name: string; data: string}[]> {
  const limits = scannedMediaLimits(context)
  const files: {name: string; data: string}[] = []
  for (const source of sources) {
    const media = await readMedia(source, limits, context)
    const sent = context.remote === undefined || keepMetadata ? media : await withoutMetadata(media)
    files.push({name: fileNameOf(media), data: Buffer.from(sent.bytes).toString('base64')})
  }
  return files
}

async function withoutMetadata(media: Awaited<ReturnType<typeof readMedia>>) {
  if (media.mediaType === 'application/pdf') return media
  const [{pictureForUpload}, {defaultPictureLimits}] = await Promise.all([
    import('./picture-for-upload.ts'),
    import('./picture.ts'),
  ])
  return pictureForUpload(media, {
    limits: defaultPictureLimits,
    types: pictureTypes,
    keepMetadata: false,
    longestSide: Number.POSITIVE_INFINITY,
  })
}
