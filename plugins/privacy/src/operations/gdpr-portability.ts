import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {
  approvedRequestField,
  countryField,
  deliverField,
  disclosedFields,
  exitCodeOf,
  languageField,
  nameField,
  placesField,
  receivedField,
  RequestOutput,
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
    request: approvedRequestField,
    name: nameField,
    places: placesField,
    received_at: receivedField,
    country: countryField,
    language: languageField,
    deliver: deliverField,
  }),
  output: z.object({
    request: RequestOutput,
    terms: z.array(TermsOutput),
    ...disclosedFields,
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
