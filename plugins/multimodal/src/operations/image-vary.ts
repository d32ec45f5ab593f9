import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {drawingInput, drawingOutput, keepExif, negativePrompt, onePicture, prompt} from './picture-output.ts'
import {MediaFile} from './schemas.ts'

export const imageVary = defineOperation({
  id: 'image.vary',
  summary: 'Draw variations of a picture',
  description:
    'OpenAI has ended its variations with DALL·E 2: its present models draw another picture like the given one as an edit. ' +
    'A server of your own that still has DALL·E 2 is asked for a variation.',
  http: {
    method: 'POST',
    path: '/api/v1/multimodal/image/vary',
    files: 'picture',
    description:
      'The picture comes in base64, or as a file of a form. The answer is one as it is with `Accept: image/*`.',
    file: onePicture,
  },
  scopes: ['image:use'],
  effects: 'write',
  repeatable: false,
  input: z.object({
    picture: MediaFile.describe('What it starts from'),
    prompt: prompt.default('').describe('What is to be otherwise'),
    ...drawingInput,
    negative_prompt: negativePrompt,
    keep_exif: keepExif,
  }),
  output: drawingOutput,
  cli: {
    omit: ['picture', 'format'],
    names: {count: 'n', negative_prompt: 'negative'},
    rows: 'pictures',
    columns: ['media_type', 'width', 'height', 'seed'],
    examples: [
      'omni image vary logo.png -o another.png',
      'omni image vary photo.jpg --n 4 --prompt "in autumn" -o autumn.png',
    ],
  },
  example: {picture: {name: 'logo.png', data: 'iVBORw0KGgo='}},
  handler: () => import('../handlers/image-vary.ts'),
})
