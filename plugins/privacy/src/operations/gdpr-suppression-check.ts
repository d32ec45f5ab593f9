import * as z from 'zod'
import {defineOperation, ExitCode} from '@omni-ops/core/operation'
import {subjectAliases, subjectFields} from './request-schemas.ts'
import {LinkedOutput, SuppressedOutput} from './suppression-schemas.ts'

export const gdprSuppressionCheck = defineOperation({
  id: 'gdpr.suppression.check',
  summary: 'Say whether a person was erased here and is refused since',
  description:
    'Whoever was erased is not taken in again by an import or a form, until `omni gdpr suppression lift`. Ends with 7 where they are refused. What is erased is not known any more: only what you ask for is told.',
  http: {method: 'POST', path: '/api/v1/gdpr/suppressions/check'},
  scopes: ['gdpr:read'],
  effects: 'read',
  input: z.object({...subjectFields}),
  output: z.object({
    refused: z.boolean(),
    identities: z.array(SuppressedOutput).describe('Of those that were asked for'),
    linked: z.array(LinkedOutput).describe('Others that were erased together with them, by kind'),
  }),
  cli: {
    omit: [...subjectAliases],
    rows: 'identities',
    columns: ['kind', 'since'],
    examples: ['omni gdpr suppression check --user ana@example.com'],
  },
  example: {email: 'ana@example.com'},
  outcome: ({refused}) => (refused ? ExitCode.gateFailed : ExitCode.done),
  handler: () => import('../handlers/gdpr-suppression-check.ts'),
})
