import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {drawingInput, drawingOutput, negativePrompt, onePicture, prompt} from './picture-output.ts'

export const imageGenerate = defineOperation({
  id: 'image.generate',
  summary: 'Draw pictures of words',
  description:
    'OpenAI, Google, Stability AI, or a Stable Diffusion server of your own (image.sdxl_url). What a model cannot draw is ' +
    'refused before anything is sent, with the models that can. After a timeout nothing is sent again: it may be paid for.',
  http: {
    method: 'POST',
    path: '/api/v1/multimodal/image/generate',
    description: 'The pictures come in base64, or one as it is with `Accept: image/*`.',
    file: onePicture,
  },
  scopes: ['image:use'],
  effects: 'write',
  repeatable: false,
  input: z.object({
    prompt: prompt.default('').describe('What to draw'),
    named: z.string().min(1).max(100).optional().describe('A prompt of the library, in front of this one'),
    ...drawingInput,
    negative_prompt: negativePrompt,
    transparent: z.boolean().default(false).describe('Nothing behind it'),
  }),
  output: drawingOutput,
  cli: {
    args: ['prompt'],
    omit: ['format'],
    names: {count: 'n', negative_prompt: 'negative'},
    hints: {prompt: '- reads it from stdin'},
    rows: 'pictures',
    columns: ['media_type', 'width', 'height', 'seed'],
    examples: [
      'omni image generate "a lighthouse in fog, ink on paper" -o lighthouse.png',
      'omni image generate "a lighthouse" --model gpt-image-2.5-flare --size 1536x1024 --n 3 -o lighthouse.png',
      'omni image generate "a lighthouse" --model sdxl --seed 7 --negative "people" -o lighthouse.png',
      'omni image generate --named product-shot "a red kettle" -o kettle.png',
    ],
  },
  example: {prompt: 'a lighthouse in fog, ink on paper', size: '1024x1024'},
  handler: () => import('../handlers/image-generate.ts'),
})
