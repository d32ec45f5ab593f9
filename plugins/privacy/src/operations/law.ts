import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {RuleOutput} from './zvop-schemas.ts'

export const gdprRules = defineOperation({
  id: 'gdpr.rules',
  summary: 'List the legal rules that this program applies',
  description: 'In our words, with the article, and whether the text of the law was read when they were written down.',
  http: {method: 'GET', path: '/api/v1/gdpr/rules'},
  scopes: ['gdpr:read'],
  effects: 'read',
  input: z.object({
    law: z.enum(['gdpr', 'eu-1182-71', 'ccpa', 'zvop-2', 'zekom-2']).optional().describe('Only of this law'),
  }),
  output: z.object({rules: z.array(RuleOutput)}),
  cli: {
    rows: 'rules',
    columns: ['id', 'citation', 'verified', 'summary'],
    examples: ['omni gdpr rules --law zvop-2'],
  },
  handler: () => import('../handlers/gdpr-rules.ts'),
})

const MomentOutput = z.object({
  date: z.string().describe('The last day on which one is in time'),
  until: z.iso.datetime().describe('The first instant at which one is late'),
})

export const gdprDeadline = defineOperation({
  id: 'gdpr.deadline',
  summary: 'Say until when a request has to be answered',
  description:
    'By the clock of the law: months end on working days, a late extension is no extension. What was not checked against the text of the law is said.',
  http: {method: 'GET', path: '/api/v1/gdpr/deadline'},
  scopes: ['gdpr:read'],
  effects: 'read',
  input: z.object({
    right: z
      .string()
      .min(1)
      .max(60)
      .describe('access, erasure, portability, breach …; for the CCPA know, delete, opt-out …'),
    regime: z.enum(['gdpr', 'ccpa', 'zvop']).default('gdpr').describe('The law'),
    received: z.iso.datetime({offset: true}).optional().describe('When it was received; now by default'),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, 'must be two capital letters')
      .optional()
      .describe('Whose holidays count'),
    time_zone: z.string().min(1).max(60).optional().describe('Where days begin and end'),
  }),
  output: z.object({
    confirm_by: MomentOutput.nullable(),
    due_by: MomentOutput,
    extended_due_by: MomentOutput.nullable(),
    extension_told_by: MomentOutput.nullable().describe('Until when the person has to know, with reasons'),
    citation: z.string(),
    verified: z.boolean().describe('Whether the text of all that it rests on was read'),
    unread: z.array(z.string()).describe('What was not, as one cites it'),
    notes: z.array(z.string()),
  }),
  cli: {
    args: ['right'],
    columns: ['due_by.date', 'extended_due_by.date', 'extension_told_by.date', 'citation', 'verified'],
    examples: [
      'omni gdpr deadline access --received 2026-01-31T10:00:00+01:00',
      'omni gdpr deadline know --regime ccpa --received 2026-12-18T10:00:00-08:00',
    ],
  },
  handler: () => import('../handlers/gdpr-deadline.ts'),
})
