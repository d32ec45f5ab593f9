import * as z from 'zod'
import type {Channel} from '../consent/consent-ledger.ts'

const channels = [
  'web',
  'app',
  'email',
  'phone',
  'paper',
  'in_person',
  'api',
  'other',
] as const satisfies readonly Channel[]

export const userField = z
  .string()
  .min(1)
  .max(320)
  .describe('The person: an e-mail address, a phone number with +, or an identifier of your own')

export const purposeField = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be small letters, digits, ., - and _, at most 63')
  .describe('One purpose; each has a consent of its own')

export const languageField = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a language tag such as sl')
  .default('en')
  .describe('The language of the words, such as en or sl')

export const channelField = z.enum(channels).default('other').describe('How it was said')

export const evidenceField = z
  .string()
  .max(500)
  .optional()
  .describe("Where the proof is: a form's number, a message's id")

export const hashField = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')
  .describe('SHA-256 over the canonical JSON of language, purpose and text')

export const ConsentEntryOutput = z
  .object({
    id: z.string(),
    action: z.enum(['given', 'withdrawn']),
    purpose: z.string(),
    at: z.iso.datetime().describe('When it was said'),
    recorded_at: z.iso.datetime().describe('When it was written down'),
    channel: z.string(),
    language: z.string().nullable(),
    wording_hash: z.string().nullable().describe('The text that was shown'),
    country: z.string().nullable(),
    age_check: z.string().nullable().describe('not_asked, of_age or guardian'),
    guardian: z.string().nullable().describe('Who consented for a child'),
    evidence: z.string().nullable(),
    recorded_by: z.string(),
  })
  .meta({id: 'ConsentEntry', description: 'A consent that was given or withdrawn'})

export const ConsentStateOutput = z
  .object({
    purpose: z.string(),
    status: z
      .enum(['given', 'withdrawn', 'never', 'wording_changed'])
      .describe('wording_changed: given to another text than the one that is asked now, so that one has to ask again'),
    given: z.boolean().describe('Whether one may act on it'),
    since: z.iso.datetime().nullable(),
    entry: ConsentEntryOutput.nullable().describe('What it follows from'),
  })
  .meta({id: 'ConsentState', description: 'How the consent to one purpose stands'})

export const WordingOutput = z
  .object({
    purpose: z.string(),
    language: z.string(),
    version: z.int(),
    hash: z.string(),
    text: z.string(),
    added_at: z.iso.datetime(),
  })
  .meta({id: 'ConsentWording', description: 'The words in which people are asked'})
