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

export const gdprObject = defineOperation({
  id: 'gdpr.object',
  summary: 'Stop using what is held about a person for a purpose',
  description: 'GDPR, article 21. An objection to direct marketing needs no reason and has no exception (21(3)).',
  http: {method: 'POST', path: '/api/v1/gdpr/rights/objection'},
  scopes: ['gdpr:write'],
  effects: 'write',
  input: z.object({
    ...subjectFields,
    purposes: z
      .array(z.string().regex(/^[a-z][a-z0-9_-]{0,60}$/))
      .min(1)
      .max(20)
      .default(['marketing'])
      .describe('What the data may not serve any more'),
    received_at: receivedField,
    country: countryField,
    language: languageField,
  }),
  output: RunOutput,
  cli: {
    omit: [...subjectAliases],
    names: {purposes: 'purpose'},
    rows: 'places',
    columns: ['place', 'found'],
    examples: ['omni gdpr object --user ana@example.com --purpose marketing'],
  },
  example: {email: 'ana@example.com', purposes: ['marketing']},
  outcome: exitCodeOf,
  handler: () => import('../handlers/gdpr-object.ts'),
})
