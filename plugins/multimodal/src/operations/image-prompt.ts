import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {promptName} from './kept-prompt.ts'

export const imagePrompt = defineOperation({
  id: 'image.prompt',
  summary: 'Make a prompt for a picture of a short idea',
  description:
    "The router's language model writes it, with a style, what is not to be in it and a size, and reviews it against the " +
    'idea. With --save it goes into the library: `omni image generate --named`.',
  http: {method: 'POST', path: '/api/v1/multimodal/image/prompt'},
  scopes: ['image:use', 'llm:use'],
  effects: 'write',
  repeatable: false,
  input: z.object({
    idea: z.string().min(1).max(4_000).describe('What it is to be, in a few words'),
    style: z.string().min(1).max(500).optional().describe('How it is to look'),
    save: promptName.optional().describe('The name under which it is kept'),
    force: z.boolean().default(false).describe('Put it in the place of a kept one'),
    model: z.string().min(1).max(200).optional().describe('The language model'),
  }),
  output: z.object({
    prompt: z.string(),
    negative_prompt: z.string().nullable(),
    style: z.string().nullable(),
    size: z.string().nullable(),
    changes: z.array(z.string()).describe('What the review changed'),
    written_by: z.string(),
    saved: z.string().nullable().describe('The name under which it is kept'),
  }),
  cli: {
    args: ['idea'],
    hints: {idea: '- reads it from stdin'},
    columns: ['prompt', 'negative_prompt', 'style', 'size'],
    examples: [
      'omni image prompt "a kettle for our catalogue"',
      'omni image prompt "a kettle for our catalogue" --style "studio photograph" --save product-shot',
    ],
  },
  handler: () => import('../handlers/image-prompt.ts'),
})
