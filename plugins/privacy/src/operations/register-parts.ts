import * as z from 'zod'

/** What is written more than once in registers. Texts are of people who keep a register, in their own language. */

export const text = z.string().trim().min(1).max(10_000)
export const texts = z.array(text).min(1)
export const identifier = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be small letters, digits, ., - and _, at most 63')
const ofOurTime = (date: string) => date >= '1900' && date < '2200'
const otherTime = {error: 'must be of the years 1900 to 2199'}

export const day = z.iso.date().refine(ofOurTime, otherTime).describe('A day: 2026-11-23')
export const moment = z.iso
  .datetime({offset: true})
  .refine(ofOurTime, otherTime)
  .describe('A time with its offset: 2026-11-23T09:30:00+01:00')
export const country = z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters, as ISO 3166-1 has them')

export const Party = z
  .strictObject({
    name: text,
    address: text.optional(),
    email: z.email().optional(),
    phone: text.optional(),
  })
  .refine(({address, email, phone}) => [address, email, phone].some(each => each !== undefined), {
    error: 'needs contact details: address, email or phone',
  })

export const Transfer = z
  .strictObject({
    country: country.describe('The third country; XX for an international organisation, named as recipient'),
    recipient: text,
    safeguards: text.optional().describe('Which ones: adequacy decision, standard contractual clauses, …'),
    article_49: z.boolean().default(false).describe('Under the second subparagraph of Article 49(1)'),
  })
  .refine(({article_49: exceptional, safeguards}) => !exceptional || safeguards !== undefined, {
    error: 'a transfer under Article 49(1) documents its safeguards (GDPR, Article 30(1)(e))',
    path: ['safeguards'],
  })

/** What every register begins with. `version` is that of its form; the file itself is versioned with the project. */
export const head = {
  version: z.literal(1).describe('The version of this form'),
  updated: day.describe('When it was last gone through'),
}
