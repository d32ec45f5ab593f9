import * as z from 'zod'
import {ExitCode} from '../../operation/errors.ts'
import {defineOperation} from '../../operation/operation.ts'

export const auditVerify = defineOperation({
  id: 'audit.verify',
  summary: 'Check that nobody has changed the audit log',
  description:
    'Reads every entry of the tenant and checks each hash, each link, each number, and the end against the head row ' +
    'and the anchor files beside the database: the latest, and one of each day. Exit code 7 where something does not fit.',
  http: {method: 'GET', path: '/api/v1/audit/verify'},
  scopes: ['audit:read'],
  effects: 'read',
  input: z.object({
    from: z.int().min(1).optional().describe('The first entry to check; the one before it is believed'),
    to: z.int().min(1).optional().describe('The last entry to check'),
  }),
  output: z.object({
    ok: z.boolean().describe('Nothing was found'),
    tenant: z.string().describe('Whose log it is'),
    entries: z.int().describe('How many were read'),
    head: z.object({seq: z.int(), hash: z.string()}).nullable().describe('The last entry; null for an empty log'),
    anchored: z.boolean().describe('There was an anchor file outside the database to compare with'),
    daily_anchors: z.int().describe('How many anchors of days that have ended were compared'),
    problems: z
      .array(
        z.object({
          kind: z.enum(['flip', 'gap', 'reorder', 'truncated', 'rollback', 'fork']).describe('What does not fit'),
          seq: z.int().describe('At which entry'),
          message: z.string().describe('What was expected and what is there'),
        }),
      )
      .describe('What was found'),
    truncated: z.boolean().describe('There are more problems than are listed'),
  }),
  cli: {
    columns: ['ok', 'tenant', 'entries', 'head.hash', 'problems'],
    examples: ['omni audit verify', 'omni audit verify --json'],
  },
  outcome: ({ok}) => (ok ? ExitCode.done : ExitCode.gateFailed),
  handler: () => import('../handlers/verify.ts'),
})
