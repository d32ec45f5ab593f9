import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {
  countryField,
  exitCodeOf,
  ItemOutput,
  languageField,
  nameField,
  nextField,
  PlaceOutput,
  placesField,
  receivedField,
  RequestOutput,
  SignedReceiptOutput,
  subjectAliases,
  subjectFields,
  TermsOutput,
} from './request-schemas.ts'

export const gdprPortability = defineOperation({
  id: 'gdpr.portability',
  summary: 'Give a person the data that they provided, for a machine to read',
  description:
    'GDPR, article 20: what the person provided, on consent or a contract; not what was observed or inferred.',
  http: {method: 'POST', path: '/api/v1/gdpr/rights/portability'},
  scopes: ['gdpr:write'],
  effects: 'write',
  confidential: true,
  input: z.object({
    ...subjectFields,
    request: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .describe('Go on with this request, which was approved, instead of opening one'),
    name: nameField,
    places: placesField,
    received_at: receivedField,
    country: countryField,
    language: languageField,
    deliver: z.boolean().default(true).describe('Close the request where all of it is in the answer'),
  }),
  output: z.object({
    request: RequestOutput,
    terms: z.array(TermsOutput),
    places: z.array(PlaceOutput),
    recipients: z.array(z.string()),
    items: z.array(ItemOutput),
    next: nextField,
    receipt: SignedReceiptOutput.nullable(),
  }),
  cli: {
    omit: [...subjectAliases, 'deliver'],
    rows: 'items',
    examples: [
      'omni gdpr portability --user ana@example.com --out ana.json',
      'omni gdpr portability --user ana@example.com --format xml --out ana.xml',
    ],
  },
  example: {email: 'ana@example.com'},
  outcome: exitCodeOf,
  handler: () => import('../handlers/gdpr-portability.ts'),
})
