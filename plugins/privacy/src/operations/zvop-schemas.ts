import * as z from 'zod'
import type {LoggedAction} from '../zvop/processing-log.ts'

export const loggedActions = [
  'collection',
  'change',
  'consultation',
  'disclosure',
  'erasure',
  'other',
] as const satisfies readonly LoggedAction[]

export const LogEntryOutput = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    action: z.enum(loggedActions),
    system: z.string(),
    actor: z.string().describe('Who did it'),
    recipient: z.string().nullable().describe('Who got the data'),
    subject: z.string().nullable(),
    purpose: z.string().nullable(),
    details: z.string().nullable(),
    recorded_by: z.string(),
    kept_until: z.string().describe('The last day of keeping'),
  })
  .meta({id: 'ProcessingLogEntry', description: 'What was done with personal data (ZVOP-2, Article 22)'})

export const RuleOutput = z
  .object({
    id: z.string(),
    citation: z.string(),
    since: z.string(),
    summary: z.string(),
    verified: z.boolean().describe('Whether the text of the law was read when this was written'),
    read_at: z.string().nullable().describe('Where and when it was read'),
    source: z.string().describe('Where the law is published'),
  })
  .meta({id: 'LegalRule', description: 'A rule of a law, in our words'})
