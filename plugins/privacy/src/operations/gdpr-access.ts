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

export const gdprAccess = defineOperation({
  id: 'gdpr.access',
  summary: 'Give a person everything that is held about them',
  description:
    'GDPR, article 15. Opens a request, looks through every place, takes out what tells of others (15(4)) and writes one archive where you are. A place that cannot be read makes it partial: exit code 3.',
  http: {method: 'POST', path: '/api/v1/gdpr/rights/access'},
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
    terms: z.array(TermsOutput).describe('Why, how long and for whom each place holds data'),
    ...disclosedFields,
  }),
  cli: {
    omit: [...subjectAliases, 'deliver'],
    rows: 'items',
    examples: ['omni gdpr access --user ana@example.com --out ana.zip'],
  },
  example: {email: 'ana@example.com'},
  outcome: exitCodeOf,
  handler: () => import('../handlers/gdpr-access.ts'),
})
