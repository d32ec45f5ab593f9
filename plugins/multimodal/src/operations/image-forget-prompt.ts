import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {promptName} from './kept-prompt.ts'

export const imageForgetPrompt = defineOperation({
  id: 'image.forget-prompt',
  summary: 'Remove a prompt from the library',
  http: {method: 'DELETE', path: '/api/v1/multimodal/image/prompts/{name}'},
  scopes: ['image:use'],
  effects: 'destructive',
  input: z.object({name: promptName.describe('As `omni image prompts` lists it')}),
  output: z.object({removed: z.string()}),
  cli: {args: ['name'], confirm: 'yes', examples: ['omni image forget-prompt product-shot --yes']},
  handler: () => import('../handlers/image-forget-prompt.ts'),
})
