import * as z from 'zod'

export const AuditEntryOutput = z
  .object({
    seq: z.int().describe('Its number in the tenant’s log, from 1, without gaps'),
    at: z.iso.datetime().describe('When it happened'),
    tenant: z.string().describe('Whose log it is'),
    principal: z.string().describe('Who did it'),
    operation: z.string().describe('By which operation, such as rag.ingest'),
    action: z.string().describe('What happened, such as documents.ingested'),
    resource: z.string().describe('To what, such as collection:default'),
    details: z.record(z.string(), z.unknown()).describe('Facts about it, without personal data'),
    version: z.int().describe('The form of the entry, which the hash depends on'),
    prev_hash: z.string().describe('The hash of the entry before'),
    hash: z.string().describe('SHA-256 over the canonical JSON (RFC 8785) of all other members'),
  })
  .meta({id: 'AuditEntry', description: 'An entry of the audit log'})
