import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {
  correctionsField,
  exitCodeOf,
  receivedField,
  rehearseCorrectionField,
  RunOutput,
  subjectAliases,
  subjectFields,
} from './request-schemas.ts'

export const ccpaCorrect = defineOperation({
  id: 'ccpa.correct',
  summary: 'Correct what is held about a Californian consumer',
  http: {method: 'POST', path: '/api/v1/ccpa/correct'},
  scopes: ['gdpr:write'],
  effects: 'write',
  input: z.object({
    ...subjectFields,
    corrections: correctionsField,
    verified_by_field: z
      .string()
      .max(60)
      .optional()
      .describe('What the consumer proved to know; not one of the fields to correct (11 CCR 7060(d))'),
    received_at: receivedField,
    dry_run: rehearseCorrectionField,
  }),
  output: RunOutput,
  cli: {
    omit: [...subjectAliases],
    names: {corrections: 'set'},
    rows: 'places',
    columns: ['place', 'state', 'found', 'changed', 'verified'],
    examples: ['omni ccpa correct --user ana@example.com --set display_name=Ana'],
  },
  example: {email: 'ana@example.com', corrections: {display_name: 'Ana'}},
  outcome: exitCodeOf,
  handler: () => import('../handlers/ccpa-correct.ts'),
})
