import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {drawingInput, drawingOutput, keepExif, negativePrompt, onePicture, prompt} from './picture-output.ts'
import {MediaFile} from './schemas.ts'

export const imageEdit = defineOperation({
  id: 'image.edit',
  summary: 'Change pictures as words say',
  description:
    'Up to 16 pictures become one (OpenAI), or one is changed where a mask is transparent. What a camera wrote into a ' +
    'picture, such as the place, is not sent along.',
  http: {
    method: 'POST',
    path: '/api/v1/multimodal/image/edit',
    files: 'pictures',
    description:
      'Pictures come in base64, or as files of a form; the mask in base64. The answer is one as it is with `Accept: image/*`.',
    file: onePicture,
  },
  scopes: ['image:use'],
  effects: 'write',
  repeatable: false,
  input: z.object({
    prompt: prompt.min(1).describe('What is to be otherwise'),
    pictures: z.array(MediaFile).min(1).max(16).describe('What it starts from'),
    mask: MediaFile.shape.data.optional().describe('A PNG, transparent where it is to be drawn anew, in base64'),
    ...drawingInput,
    negative_prompt: negativePrompt,
    transparent: z.boolean().default(false).describe('Nothing behind it'),
    keep_exif: keepExif,
  }),
  output: drawingOutput,
  cli: {
    omit: ['prompt', 'pictures', 'mask', 'format'],
    names: {count: 'n', negative_prompt: 'negative'},
    rows: 'pictures',
    columns: ['media_type', 'width', 'height', 'seed'],
    examples: [
      'omni image edit photo.jpg "make it night" -o night.png',
      'omni image edit room.png --mask wall.png "a blue wall" -o blue.png',
      'omni image edit kettle.png --with table.jpg "the kettle on the table" -o scene.png',
    ],
  },
  example: {prompt: 'make it night', pictures: [{name: 'photo.png', data: 'iVBORw0KGgo='}]},
  handler: () => import('../handlers/image-edit.ts'),
})
