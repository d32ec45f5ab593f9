import * as z from 'zod'

export const ProfileName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'must be lower-case letters, digits, - and _, at most 63')
  .describe('The profile’s name')

export const ProfileSummary = z.object({
  name: z.string(),
  current: z.boolean().describe('Whether commands use it where none is named'),
  url: z.string().nullable().describe('The deployment that holds its data; null for this machine'),
  tenant: z.string().nullable().describe('The tenant it works in; null for the default or the key’s own'),
  key: z.enum(['file', 'none']).describe('Where its key is, apart from the environment'),
})
