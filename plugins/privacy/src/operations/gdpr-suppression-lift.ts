import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {subjectAliases, subjectFields} from './request-schemas.ts'
import {LinkedOutput, SuppressedOutput} from './suppression-schemas.ts'

export const gdprSuppressionLift = defineOperation({
  id: 'gdpr.suppression.lift',
  summary: 'Take in again a person who was erased here and has come back',
  description:
    'From now on imports and forms are not refused any more on account of the identifiers that are given. What was erased stays erased, and so do the files that went with the person. Who did it, when and why stands in the audit log, which names nobody: the reason may not either.',
  http: {method: 'POST', path: '/api/v1/gdpr/suppressions/lift'},
  scopes: ['gdpr:suppression'],
  effects: 'write',
  input: z.object({
    ...subjectFields,
    linked: z
      .boolean()
      .default(false)
      .describe('Also the identifiers that were erased together with those that are given'),
    reason: z
      .string()
      .trim()
      .min(1)
      .max(500)
      .describe('Why they may be processed again, such as the number of a contract; names nobody'),
    dry_run: z.boolean().default(false).describe('Only tell what would be lifted'),
  }),
  output: z.object({
    lift: z.string().nullable().describe('By which the audit log names it; null in a dry run'),
    lifted: z.array(SuppressedOutput),
    linked: z.array(LinkedOutput).describe('Erased together with them and still refused, by kind'),
    dry_run: z.boolean(),
  }),
  cli: {
    omit: [...subjectAliases],
    rows: 'lifted',
    columns: ['kind', 'since'],
    examples: [
      'omni gdpr suppression lift --user ana@example.com --reason "Contract 2026/114, signed on 20 November"',
      'omni gdpr suppression lift --user ana@example.com --linked --reason "Ticket 4711" --dry-run',
    ],
  },
  example: {email: 'ana@example.com', reason: 'Contract 2026/114, signed on 20 November'},
  handler: () => import('../handlers/gdpr-suppression-lift.ts'),
})
