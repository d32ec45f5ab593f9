import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {exitCodeOf, receivedField, RunOutput, subjectAliases, subjectFields} from './request-schemas.ts'

export const ccpaOptOut = defineOperation({
  id: 'ccpa.opt-out',
  summary: 'Stop selling and sharing what is held about a consumer',
  description:
    'Cal. Civ. Code 1798.120. It needs no verification (11 CCR 7060(b)), and holds for who is not known yet.',
  http: {method: 'POST', path: '/api/v1/ccpa/opt-out'},
  scopes: ['gdpr:write'],
  effects: 'write',
  input: z.object({...subjectFields, received_at: receivedField}),
  output: RunOutput,
  cli: {
    omit: [...subjectAliases],
    rows: 'places',
    columns: ['place', 'found'],
    examples: ['omni ccpa opt-out --user ana@example.com'],
  },
  example: {email: 'ana@example.com'},
  outcome: exitCodeOf,
  handler: () => import('../handlers/ccpa-opt-out.ts'),
})
