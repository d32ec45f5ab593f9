import type {Drawing} from '../image/draw.ts'
import {pictureTypes} from '../media/media-type.ts'
import {checkedMedia, type Media} from '../media/read-media.ts'
import {dollars} from '../providers/dollars.ts'

/** Bytes of a picture that is given: "each image should be … less than 50MB" (openai 7.57.0, `ImageEditParams.image`). */
const largest = 50_000_000

/** A picture that somebody sent. @throws UnusableMediaError, MediaTooLargeError */
export function givenPicture({name = 'The picture', data}: {name?: string | undefined; data: string}): Media {
  const bytes = new Uint8Array(Buffer.from(data, 'base64'))
  return checkedMedia(name, bytes, {bytes: largest, types: pictureTypes})
}

export function drawingOutputOf({pictures, requestIds, costNanoUsd, provider, model}: Drawing) {
  return {
    pictures: pictures.map(({bytes, mediaType, width, height, seed, revisedPrompt}) => ({
      data: Buffer.from(bytes).toString('base64'),
      media_type: mediaType,
      width,
      height,
      seed,
      revised_prompt: revisedPrompt,
    })),
    provider,
    model,
    request_ids: [...requestIds],
    cost_usd: dollars(costNanoUsd),
  }
}
