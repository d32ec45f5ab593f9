import type {Handler} from '@omni-ops/core/operation'
import {draw} from '../image/draw.ts'
import type {imageVary} from '../operations/image-vary.ts'
import {drawingOutputOf, givenPicture} from './drawing-output.ts'

export const handle: Handler<typeof imageVary> = async (input, context) => {
  const {picture, negative_prompt: negative, keep_exif: keepMetadata, ...rest} = input
  const sources = [givenPicture(picture)]
  return drawingOutputOf(
    await draw({task: 'vary', ...rest, negative, keepMetadata, transparent: false, sources}, context),
  )
}
