import * as z from 'zod'

/** A file that is sent; what it is, its first bytes say. */
export const MediaFile = z
  .object({
    name: z.string().min(1).max(255).optional().describe('How to name it in answers'),
    data: z
      .string()
      .min(1)
      .max(400_000_000)
      .regex(/^[A-Za-z0-9+/]+={0,2}$/, 'must be base64')
      .describe('Its content in base64'),
  })
  .meta({id: 'MediaFile', description: 'A file'})

/** What was wrong with one of several files. */
export const FileFailure = z
  .object({
    source: z.string(),
    code: z.string(),
    message: z.string(),
    hint: z.string().nullable(),
  })
  .meta({id: 'FileFailure', description: 'Why a file was left out'})
