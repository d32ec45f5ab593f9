import * as z from 'zod'

export const promptName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be lower-case letters, digits, ., - and _, at most 63')

export const KeptPrompt = z
  .object({
    name: z.string(),
    idea: z.string(),
    prompt: z.string(),
    negative_prompt: z.string().nullable(),
    style: z.string().nullable(),
    size: z.string().nullable(),
    kept_at: z.iso.datetime(),
  })
  .meta({id: 'KeptPrompt', description: 'A prompt for pictures that is used again'})
