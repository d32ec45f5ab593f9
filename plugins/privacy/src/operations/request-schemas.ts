import * as z from 'zod'
import type {Outcome, State} from '../requests/progress.ts'
import type {Regime, Right} from '../requests/right.ts'

export const states = [
  'received',
  'identity_pending',
  'verified',
  'collecting',
  'review',
  'executing',
  'notifying',
  'closed',
] as const satisfies readonly State[]

export const outcomes = [
  'fulfilled',
  'partly_refused',
  'refused',
  'not_found',
  'withdrawn',
] as const satisfies readonly Outcome[]

export const regimes = ['gdpr', 'zvop', 'ccpa'] as const satisfies readonly Regime[]

export const rights = [
  'access',
  'rectification',
  'erasure',
  'restriction',
  'portability',
  'objection',
  'know_categories',
  'know_specific',
  'delete',
  'correct',
  'opt_out',
  'limit',
] as const satisfies readonly Right[]

const identifier = z.string().trim().min(1).max(320)

/** The ways to say who a request is about. */
export const subjectFields = {
  user: identifier.optional().describe('Who it is about: an e-mail address, a phone number or an identifier'),
  email: identifier.optional().describe('An e-mail address of the person'),
  phone: identifier.optional().describe('A phone number of the person'),
  user_id: identifier.optional().describe('An identifier of the person'),
  customer_id: identifier.optional().describe('The number of the person as a customer'),
}

/** Those that only programs use: on the command line `--user` takes all of them. */
export const subjectAliases = ['email', 'phone', 'user_id', 'customer_id'] as const

export const nameField = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .optional()
  .describe('The name of the person, so that it is not taken out as somebody else’s; it finds nobody')

export const placesField = z
  .array(z.string().regex(/^[a-z]+ .{1,100}$/))
  .max(200)
  .optional()
  .describe('Only these places, as `store table`')

export const requestField = z.string().min(1).max(64).describe('The id of the request')

export const limitField = z.int().min(1).max(1000).default(100).describe('How many at most')
export const cursorField = z.string().max(200).optional().describe('Go on where an earlier list ended (its `next`)')
export const nextField = z.string().nullable().describe('The `cursor` of the next page; null after the last')

export const receivedField = z.iso.datetime().optional().describe('When it was received; now where it is not given')
export const countryField = z
  .string()
  .regex(/^[A-Z]{2}$/)
  .optional()
  .describe('Whose holidays count, as ISO 3166-1 writes it: SI')
export const languageField = z.enum(['en', 'sl']).default('en').describe('In which language letters are written')

export const RequestOutput = z
  .object({
    id: z.string(),
    regime: z.enum(regimes),
    right: z.enum(rights),
    state: z.enum(states),
    outcome: z.enum(outcomes).nullable().describe('How it ended; null while it is open'),
    waiting: z.string().nullable().describe('What it waits for; null where nothing is missing'),
    received_at: z.string(),
    confirm_by: z.string().nullable().describe('The last day to confirm that it was received'),
    due_by: z.string().describe('The last day to answer'),
    overdue: z.boolean(),
    extended_due_by: z.string().nullable().describe('The last day if it is extended'),
    extend_by: z.string().nullable().describe('The last day to tell the person of an extension'),
    deadline_rule: z.string().describe('Where these days come from'),
    deadline_verified: z.boolean().describe('Whether the text of that rule was read'),
    extension_reason: z.string().nullable(),
    verification: z.string().nullable().describe('How it was made sure who asks'),
    found: z.int().nullable().describe('Records of the person; null before everything was looked through'),
    kept: z.int().describe('Records left as they are, for cited reasons'),
    to_review: z.int().describe('Matters that a person has to look at'),
    unreachable: z.int().describe('Places that could not be read or changed'),
    refusal: z.object({reason: z.string(), citation: z.string()}).nullable(),
    country: z.string(),
    language: z.string(),
    closed_at: z.string().nullable(),
  })
  .meta({id: 'SubjectRequest', description: 'A request of a data subject as it stands'})

export const PlaceOutput = z
  .object({
    place: z.string().describe('`store table`'),
    state: z.string().describe('`found`, `done`, `unreachable` or `failed`'),
    found: z.int(),
    changed: z.int().describe('Records erased or corrected'),
    kept: z.int(),
    verified: z.boolean().describe('Looked at again afterwards, and as it should be'),
    message: z.string().nullable(),
  })
  .meta({id: 'RequestPlace', description: 'What was found and done in one place'})

export const KeptOutput = z
  .object({reason: z.string(), citation: z.string().nullable(), records: z.int()})
  .meta({id: 'KeptRecords', description: 'Why records were left as they are'})

/** What a request that is made and answered in one go comes to. */
export const RunOutput = z.object({
  request: RequestOutput.nullable().describe('Null in a dry run, which opens none'),
  places: z.array(PlaceOutput),
  kept: z.array(KeptOutput),
  records: z
    .array(
      z.object({
        place: z.string(),
        record: z.string().describe('Its key in the place'),
        label: z.string().nullable().describe('What a person recognises it by'),
        match: z.string().describe('`identity`, or `free-text` where it mentions the person'),
        decision: z.string(),
      }),
    )
    .describe('What a dry run found, record by record; empty otherwise'),
  dry_run: z.boolean(),
})

export const ItemOutput = z
  .object({
    item: z.int().describe('Its number in the request'),
    place: z.string(),
    record: z.string().describe('Its key in the place'),
    label: z.string().nullable().describe('What a person recognises it by; gone when the request is closed'),
    match: z.string().describe('`identity`, or `free-text` where it mentions the person'),
    decision: z.string(),
    reason: z.string().nullable(),
    citation: z.string().nullable(),
    redacted: z.int().describe('Pieces of others’ data that were taken out'),
    data: z.record(z.string(), z.unknown()).nullable().describe('What is given out'),
  })
  .meta({id: 'RequestItem', description: 'A record of the person and what is decided about it'})

export const TermsOutput = z
  .object({
    place: z.string(),
    purpose: z.string(),
    basis: z.string(),
    origin: z.string(),
    categories: z.array(z.string()),
    recipients: z.array(z.string()),
    retention: z.string(),
    residency: z.string().nullable(),
  })
  .meta({id: 'ProcessingTerms', description: 'What GDPR, article 15(1), wants told of one place'})

export const SignedReceiptOutput = z
  .object({
    receipt: z.record(z.string(), z.unknown()),
    algorithm: z.literal('Ed25519'),
    public_key: z.string(),
    key_id: z.string(),
    signature: z.string(),
  })
  .meta({id: 'SignedReceipt', description: 'What a closed request leaves behind, signed over its canonical JSON'})

interface Ended {
  readonly request: z.output<typeof RequestOutput> | null
}

/** What a program may rely on: 0 closed, 3 a place was missing, 5 nobody is known, 8 somebody has to do something. */
export function exitCodeOf({request}: Ended) {
  if (request === null) return 0
  if (request.state === 'closed') return request.outcome === 'not_found' ? 5 : 0
  return request.unreachable > 0 ? 3 : 8
}

export const correctionsField = z
  .record(z.string().min(1).max(100), z.string().max(10_000))
  .describe('New values by the name of their field')

export const rehearseCorrectionField = z.boolean().default(false).describe('Only tell what would be corrected')

export const deliverField = z.boolean().default(true).describe('Close the request where all of it is in the answer')

export const approvedRequestField = z
  .string()
  .min(1)
  .max(64)
  .optional()
  .describe('Go on with this request, which was approved, instead of opening one')

/** What is given out, beside the request and the terms of its places. */
export const disclosedFields = {
  places: z.array(PlaceOutput),
  recipients: z.array(z.string()),
  items: z.array(ItemOutput),
  next: nextField,
  receipt: SignedReceiptOutput.nullable(),
}
