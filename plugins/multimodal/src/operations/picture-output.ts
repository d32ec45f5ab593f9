import * as z from 'zod'

export const DrawnPicture = z
  .object({
    data: z.string().describe('The picture in base64'),
    media_type: z.string(),
    width: z.int().describe('Pixels'),
    height: z.int(),
    seed: z.number().nullable().describe('With which the same picture comes again, where the model has seeds'),
    revised_prompt: z.string().nullable().describe('What the model made of the prompt, where it says'),
  })
  .meta({id: 'DrawnPicture', description: 'A picture that a model drew'})

export const drawingOutput = z.object({
  pictures: z.array(DrawnPicture),
  provider: z.string(),
  model: z.string(),
  request_ids: z.array(z.string()),
  cost_usd: z.string().nullable().describe('Null where no price is known'),
})

/** The one picture of an answer. */
export const onePicture = {
  types: 'image/*',
  of: ({pictures: [first, ...others]}: z.output<typeof drawingOutput>) =>
    first === undefined || others.length > 0 ? undefined : {data: first.data, mediaType: first.media_type},
} as const

const size = z
  .string()
  .regex(/^(auto|[1-9]\d{0,4}x[1-9]\d{0,4}|[1-9]\d?:[1-9]\d?)$/, 'must be 1024x1024, 16:9 or auto')
  .optional()
  .describe('Pixels as 1536x1024, or a shape as 16:9')

/** Fields that every way to draw has. */
export const drawingInput = {
  model: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('A model, or provider/model: openai, gemini, stability or sdxl'),
  size,
  count: z.int().min(1).max(20).default(1).describe('How many pictures'),
  seed: z.int().min(0).max(4_294_967_294).optional().describe('The same seed draws the same picture again'),
  quality: z
    .enum(['low', 'medium', 'high', 'xhigh', 'max', 'auto', 'standard', 'hd'])
    .optional()
    .describe('The more, the dearer'),
  format: z.enum(['png', 'jpeg', 'webp']).default('png').describe('The kind of file'),
}

export const prompt = z.string().max(32_000)
export const negativePrompt = z.string().min(1).max(10_000).optional().describe('What is not to be in it')
export const keepExif = z.boolean().default(false).describe('Send along what the camera wrote, such as the place')
