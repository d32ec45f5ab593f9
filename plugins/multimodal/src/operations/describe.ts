import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {MediaFile} from './schemas.ts'

export const defaultPrompt = 'Describe what can be seen: what it is, what is in it, and any text that can be read.'

export const describe = defineOperation({
  id: 'vision.describe',
  summary: 'Let a model look at pictures',
  description:
    'Describes pictures, compares several, answers what --prompt asks of them, or extracts data as --schema says. ' +
    'Asks the models of `omni llm`, with their budgets; a model that sees nothing is refused before anything is sent. ' +
    'Pictures are sent without EXIF, such as the place where they were taken.',
  http: {
    method: 'POST',
    path: '/api/v1/multimodal/vision/describe',
    files: 'files',
    description:
      'Files as JSON (base64) or as a form. The models of `omni llm` are asked, with their budgets; pictures are sent ' +
      'on without EXIF unless `keep_exif` is true.',
  },
  scopes: ['vision:use', 'llm:use'],
  effects: 'write',
  repeatable: false,
  input: z.object({
    files: z.array(MediaFile).min(1).max(20).describe('Pictures and PDFs'),
    prompt: z.string().min(1).max(200_000).default(defaultPrompt).describe('What to ask of them'),
    schema: z.record(z.string(), z.unknown()).optional().describe('JSON schema that the answer has to satisfy'),
    model: z.string().min(1).max(200).optional().describe('A group, a deployment, or provider/model'),
    max_tokens: z.int().min(1).max(100_000).default(2_000).describe('The most tokens to generate, thoughts included'),
    max_cost: z
      .string()
      .regex(/^\d{1,9}(\.\d{1,9})?$/, 'must be US dollars, such as 0.05')
      .optional()
      .describe('The most US dollars that it may cost, by its worst case'),
    region: z.string().min(1).max(60).optional().describe('Only deployments of this region'),
    keep_exif: z.boolean().default(false).describe('Also send EXIF, XMP and IPTC, such as where a picture was taken'),
  }),
  output: z.object({
    text: z.string(),
    json: z.unknown().describe('The answer as data, where a schema was given; else null'),
    pictures: z.int().describe('How many were sent: of a PDF each page'),
    truncated: z.boolean().describe('Cut off by max_tokens'),
    provider: z.string(),
    model: z.string(),
    request_id: z.string().nullable(),
    usage: z.object({input_tokens: z.int().nullable(), output_tokens: z.int().nullable()}),
    cost_usd: z.string().nullable().describe('Null where no price is known'),
  }),
  cli: {
    omit: ['files', 'schema'],
    columns: ['text', 'model', 'usage.output_tokens', 'cost_usd'],
    examples: [
      'omni vision describe photo.jpg',
      'omni vision describe before.png after.png --prompt "What has changed?"',
      'omni vision describe receipt.jpg --schema receipt.schema.json --max-cost 0.05 --json',
    ],
  },
  example: {files: [{name: 'photo.png', data: 'iVBORw0KGgo='}], prompt: 'What is on the sign?'},
  handler: () => import('../handlers/describe.ts'),
})
