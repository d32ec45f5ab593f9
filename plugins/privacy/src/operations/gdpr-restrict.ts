import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {
  countryField,
  exitCodeOf,
  languageField,
  receivedField,
  RunOutput,
  subjectAliases,
  subjectFields,
} from './request-schemas.ts'

export const gdprRestrict = defineOperation({
  id: 'gdpr.restrict',
  summary: 'Store what is held about a person and use it for nothing else',
  description:
    'GDPR, article 18. From now on searches leave out what mentions the person, until `omni gdpr limit lift`.',
  http: {method: 'POST', path: '/api/v1/gdpr/rights/restriction'},
  scopes: ['gdpr:write'],
  effects: 'write',
  input: z.object({
    ...subjectFields,
    ground: z.string().max(40).optional().describe('Why, as article 18(1) numbers it: 18(1)(a)'),
    received_at: receivedField,
    country: countryField,
    language: languageField,
  }),
  output: RunOutput,
  cli: {
    omit: [...subjectAliases],
    rows: 'places',
    columns: ['place', 'found'],
    examples: ['omni gdpr restrict --user ana@example.com --ground "18(1)(a)"'],
  },
  example: {email: 'ana@example.com', ground: '18(1)(a)'},
  outcome: exitCodeOf,
  handler: () => import('../handlers/gdpr-restrict.ts'),
})
