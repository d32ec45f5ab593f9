import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {cursorField, limitField, nextField, regimes, RequestOutput, rights, states} from './request-schemas.ts'

export const gdprRequestList = defineOperation({
  id: 'gdpr.request.list',
  summary: 'List requests of data subjects',
  http: {method: 'GET', path: '/api/v1/gdpr/requests'},
  scopes: ['gdpr:read'],
  effects: 'read',
  input: z.object({
    state: z.enum(states).optional().describe('Only in this state'),
    right: z.enum(rights).optional().describe('Only of this right'),
    regime: z.enum(regimes).optional().describe('Only under this law'),
    overdue: z.boolean().default(false).describe('Only those that are open and late; any makes the exit code 7'),
    limit: limitField,
    cursor: cursorField,
  }),
  output: z.object({
    items: z.array(RequestOutput).describe('The oldest first'),
    next: nextField,
    overdue: z.boolean().describe('Whether only late ones were asked for'),
  }),
  cli: {
    rows: 'items',
    columns: ['id', 'regime', 'right', 'state', 'outcome', 'waiting', 'due_by', 'overdue'],
    examples: ['omni gdpr request list', 'omni gdpr request list --overdue'],
  },
  example: {state: 'review'},
  outcome: ({overdue, items}) => (overdue && items.length > 0 ? 7 : 0),
  handler: () => import('../handlers/gdpr-request-list.ts'),
})
