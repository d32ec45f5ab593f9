import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {exitCodeOf, receivedField, RunOutput, subjectAliases, subjectFields} from './request-schemas.ts'

export const ccpaLimit = defineOperation({
  id: 'ccpa.limit',
  summary: 'Limit the use of a consumer’s sensitive data to what they asked for',
  description: 'Cal. Civ. Code 1798.121.',
  http: {method: 'POST', path: '/api/v1/ccpa/limit'},
  scopes: ['gdpr:write'],
  effects: 'write',
  input: z.object({...subjectFields, received_at: receivedField}),
  output: RunOutput,
  cli: {
    omit: [...subjectAliases],
    rows: 'places',
    columns: ['place', 'found'],
    examples: ['omni ccpa limit --user ana@example.com'],
  },
  example: {email: 'ana@example.com'},
  outcome: exitCodeOf,
  handler: () => import('../handlers/ccpa-limit.ts'),
})
