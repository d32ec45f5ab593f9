import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {KeptPrompt} from './kept-prompt.ts'

export const imagePrompts = defineOperation({
  id: 'image.prompts',
  summary: 'List the prompts that are kept',
  http: {method: 'GET', path: '/api/v1/multimodal/image/prompts'},
  scopes: ['image:use'],
  effects: 'read',
  input: z.object({}),
  output: z.object({prompts: z.array(KeptPrompt)}),
  cli: {
    rows: 'prompts',
    columns: ['name', 'prompt', 'size', 'kept_at'],
    examples: ['omni image prompts', 'omni image prompts --json'],
  },
  handler: () => import('../handlers/image-prompts.ts'),
})
