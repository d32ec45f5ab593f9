import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'

const identifier = z.string().trim().min(1).max(320)

export const gdprVerify = defineOperation({
  id: 'gdpr.verify',
  summary: 'Prove that nothing of a person is left',
  description:
    'Looks for the person in every place that can be read, and for the identifiers in every byte of the files behind them: database and log, index and old versions, copies, reports, temporary files. Exit code 7 where something is left, 3 where a place could not be looked into.',
  http: {method: 'POST', path: '/api/v1/gdpr/verify'},
  scopes: ['gdpr:read'],
  effects: 'read',
  input: z.object({
    user: identifier.optional().describe('Who it is about: an e-mail address, a phone number or an identifier'),
    email: identifier.optional().describe('An e-mail address of the person'),
    phone: identifier.optional().describe('A phone number of the person'),
    user_id: identifier.optional().describe('An identifier of the person'),
    customer_id: identifier.optional().describe('The number of the person as a customer'),
  }),
  output: z.object({
    verdict: z.enum(['clean', 'left', 'unknown']).describe('Unknown: nothing was found, and not everything was seen'),
    residues: z
      .array(
        z.object({
          store: z.string(),
          place: z.string().describe('A table or a file'),
          kind: z
            .enum(['record', 'bytes', 'unverifiable'])
            .describe('Whether it can be read as ever, or stands in a file'),
          found: z.int().describe('How many'),
          message: z.string(),
        }),
      )
      .describe('What is left, and what could not be looked into'),
    kept: z
      .array(z.object({place: z.string(), found: z.int(), reason: z.string()}))
      .describe('What is kept for a declared reason, and no residue'),
    searched_in_bytes: z
      .boolean()
      .describe('Whether an identifier is telling enough to be looked for in files: an e-mail address, a phone number'),
  }),
  cli: {
    omit: ['email', 'phone', 'user_id', 'customer_id'],
    rows: 'residues',
    examples: ['omni gdpr verify --user ana@example.com'],
  },
  example: {email: 'ana@example.com'},
  outcome: ({verdict}) => (({clean: 0, left: 7, unknown: 3}) as const)[verdict],
  handler: () => import('../handlers/gdpr-verify.ts'),
})
