import * as z from 'zod'

const subject = z.string().nullable().describe('Whom it is about, as `kind value`; null once nobody may know')

export const HoldOutput = z
  .object({
    id: z.string(),
    matter: z.string(),
    subject,
    place: z.string().nullable(),
    placed_at: z.string(),
    placed_by: z.string(),
    released_at: z.string().nullable(),
  })
  .meta({id: 'PrivacyHold', description: 'A legal matter that needs data'})

export const RecipientOutput = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.string(),
    country: z.string(),
    channel: z.string(),
    contact: z.string().nullable(),
    places: z.array(z.string()),
  })
  .meta({id: 'PrivacyRecipient', description: 'To whom personal data go'})

export const DisclosureOutput = z
  .object({
    id: z.string(),
    recipient: z.string(),
    subject,
    place: z.string().nullable(),
    purpose: z.string(),
    disclosed_at: z.string(),
  })
  .meta({id: 'PrivacyDisclosure', description: 'A line of the ledger of disclosures'})

export const NoticeOutput = z
  .object({
    id: z.string(),
    request: z.string(),
    recipient: z.string(),
    measure: z.string().describe('The right that was carried out'),
    channel: z.string(),
    subjects: z.array(z.string()).describe('Whom it is about, as `kind value`; empty once it was told'),
    state: z.string(),
    created_at: z.string(),
    settled_at: z.string().nullable(),
    note: z.string().nullable(),
  })
  .meta({id: 'PrivacyNotice', description: 'What a recipient is told of a correction, an erasure or a restriction'})

export const LimitOutput = z
  .object({
    id: z.string(),
    kind: z.string().describe('`restriction`, `objection`, `opt_out` or `limit`'),
    purpose: z.string().describe('What the data may not serve; * for everything but storage'),
    subject,
    since: z.string(),
    lifted_at: z.string().nullable(),
    request: z.string().nullable(),
  })
  .meta({id: 'PrivacyLimit', description: 'For what somebody’s data may not be used'})
