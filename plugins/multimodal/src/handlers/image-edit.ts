import type {Handler} from '@omni-ops/core/operation'
import {draw} from '../image/draw.ts'
import type {imageEdit} from '../operations/image-edit.ts'
import {drawingOutputOf, givenPicture} from './drawing-output.ts'

export const handle: Handler<typeof imageEdit> = async (input, context) => {
  const {mask, pictures, negative_prompt: negative, keep_exif: keepMetadata, ...rest} = input
  const drawing = await draw(
    {
      task: 'edit',
      ...rest,
      negative,
      keepMetadata,
      sources: pictures.map(givenPicture),
      mask: mask === undefined ? undefined : givenPicture({name: 'The mask', data: mask}),
    },
    context,
  )
  return drawingOutputOf(drawing)
}
