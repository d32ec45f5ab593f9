import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {
  correctionsField,
  countryField,
  exitCodeOf,
  languageField,
  receivedField,
  rehearseCorrectionField,
  RunOutput,
  subjectAliases,
  subjectFields,
} from './request-schemas.ts'

export const gdprRectify = defineOperation({
  id: 'gdpr.rectify',
  summary: 'Correct what is held about a person',
  description:
    'GDPR, article 16. Every record about the person that has the field is corrected, and recipients are told.',
  http: {method: 'POST', path: '/api/v1/gdpr/rights/rectification'},
  scopes: ['gdpr:write'],
  effects: 'write',
  input: z.object({
    ...subjectFields,
    corrections: correctionsField,
    place: z.string().max(120).optional().describe('Only in this place, as `store table`'),
    record: z.string().max(500).optional().describe('Only this record of the place, by its key'),
    received_at: receivedField,
    country: countryField,
    language: languageField,
    dry_run: rehearseCorrectionField,
  }),
  output: RunOutput,
  cli: {
    omit: [...subjectAliases],
    names: {corrections: 'set'},
    rows: 'places',
    columns: ['place', 'state', 'found', 'changed', 'verified'],
    examples: ['omni gdpr rectify --user ana@example.com --set display_name="Ana Kranjc"'],
  },
  example: {email: 'ana@example.com', corrections: {display_name: 'Ana Kranjc'}},
  outcome: exitCodeOf,
  handler: () => import('../handlers/gdpr-rectify.ts'),
})
