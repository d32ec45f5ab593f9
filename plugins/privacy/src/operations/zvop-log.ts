import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {LogEntryOutput, loggedActions} from './zvop-schemas.ts'

const name = z.string().min(1).max(200)

export const zvopLog = defineOperation({
  id: 'zvop.log',
  summary: 'Read the processing log of ZVOP-2, Article 22',
  description: 'It serves the purposes of Article 22(3) alone; that somebody read it, and what for, is audited.',
  // In the body: a person in a path stays in the logs of every proxy.
  http: {method: 'POST', path: '/api/v1/zvop/log/list'},
  scopes: ['zvop:read'],
  effects: 'write',
  confidential: true,
  input: z.object({
    purpose: z
      .enum(['lawfulness', 'internal_control', 'inspection', 'security', 'fault'])
      .describe('What it is read for (22(3))'),
    system: name.optional().describe('Only of this system or collection'),
    subject: name.optional().describe('Only about this person'),
    actor: name.optional().describe('Only what this person did'),
    since: z.iso.datetime({offset: true}).optional().describe('At or after'),
    until: z.iso.datetime({offset: true}).optional().describe('Before'),
    limit: z.int().min(1).max(1000).default(50).describe('How many'),
    cursor: z.string().max(500).optional().describe('next of the page before'),
  }),
  output: z.object({entries: z.array(LogEntryOutput).describe('The newest first'), next: z.string().nullable()}),
  cli: {
    rows: 'entries',
    columns: ['at', 'action', 'system', 'actor', 'recipient', 'subject', 'kept_until'],
    examples: ['omni zvop log --purpose inspection --since 2026-01-01T00:00:00Z'],
  },
  handler: () => import('../handlers/zvop-log.ts'),
})

export const zvopLogAdd = defineOperation({
  id: 'zvop.log.add',
  summary: 'Write an entry of the processing log',
  description:
    'What was done with personal data, when, by whom, and who got them (ZVOP-2, Article 22(2)). It is kept until 31 December of the second year after, or longer as privacy.processing_log_years says.',
  http: {method: 'POST', path: '/api/v1/zvop/log'},
  scopes: ['zvop:write'],
  effects: 'write',
  input: z.object({
    action: z.enum(loggedActions).describe('What was done'),
    system: name.describe('The system or collection; of video surveillance, its id in the register'),
    actor: name.optional().describe('Who did it; who runs this by default'),
    recipient: name.optional().describe('Who got the data; a disclosure needs it'),
    subject: name.optional().describe('Whose data, where it was one person'),
    purpose: name.optional().describe('What for, or on which legal basis'),
    details: z.string().min(1).max(2000).optional().describe('Which data, which recording'),
    at: z.iso.datetime({offset: true}).optional().describe('When; now by default'),
  }),
  output: LogEntryOutput,
  cli: {
    args: ['action', 'system'],
    columns: ['id', 'at', 'action', 'system', 'kept_until'],
    examples: [
      'omni zvop log add consultation patients --subject p-17 --purpose treatment',
      'omni zvop log add disclosure entrance --recipient "Policija, PP Ljubljana" --details "23 Nov, 14:00 to 14:20"',
    ],
  },
  example: {action: 'consultation', system: 'patients', subject: 'p-17'},
  handler: () => import('../handlers/zvop-log-add.ts'),
})

export const zvopLogExpire = defineOperation({
  id: 'zvop.log.expire',
  summary: 'Delete entries of the processing log whose time is over',
  http: {method: 'POST', path: '/api/v1/zvop/log/expire'},
  scopes: ['zvop:write'],
  effects: 'destructive',
  input: z.object({dry_run: z.boolean().default(false).describe('Only count them')}),
  output: z.object({entries: z.int().describe('How many were deleted, or would be'), deleted: z.boolean()}),
  cli: {confirm: 'yes', examples: ['omni zvop log expire --dry-run', 'omni zvop log expire --yes']},
  handler: () => import('../handlers/zvop-log-expire.ts'),
})
