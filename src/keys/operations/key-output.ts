import * as z from 'zod'

export const KeyOutput = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string().describe('The part of the key that is no secret: omni_<prefix>_…'),
  tenant: z.string(),
  status: z.enum(['active', 'expired', 'revoked']),
  scopes: z.array(z.string()),
  tenants: z.array(z.string()).describe('Further tenants that it may enter'),
  groups: z.array(z.string()),
  created_at: z.iso.datetime(),
  created_by: z.string(),
  expires_at: z.iso.datetime().nullable(),
  revoked_at: z.iso.datetime().nullable(),
  last_used_at: z.iso.datetime().nullable().describe('To the minute'),
  replaced_by: z.string().nullable().describe('The id of the key that takes its place'),
})

/** With the key itself, which is told this once. */
export const NewKeyOutput = z.object({
  key: z.string().describe('The key. It is shown this once and cannot be had again'),
  ...KeyOutput.shape,
})

export const keyReference = z.string().min(1).max(200).describe('Name, prefix or id of the key')

export const daysField = z.number().positive().max(3650)
