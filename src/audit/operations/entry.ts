import * as z from 'zod'

export const AuditEntryOutput = z.object({
  seq: z.int(),
  at: z.iso.datetime(),
  tenant: z.string(),
  principal: z.string(),
  operation: z.string(),
  action: z.string(),
  resource: z.string(),
  details: z.record(z.string(), z.unknown()),
  version: z.int(),
  prev_hash: z.string(),
  hash: z.string().describe('SHA-256 over the canonical JSON (RFC 8785) of all other members'),
})
