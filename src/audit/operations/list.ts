import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {AuditEntryOutput} from './entry.ts'

export const auditList = defineOperation({
  id: 'audit.list',
  summary: 'List entries of the audit log, the newest first',
  http: {method: 'GET', path: '/api/v1/audit/entries'},
  scopes: ['audit:read'],
  effects: 'read',
  input: z.object({
    operation: z.string().optional().describe('Only of this operation, such as rag.ingest'),
    action: z.string().optional().describe('Only this action, such as documents.ingested'),
    resource: z.string().optional().describe('Only about this, such as collection:default'),
    principal: z.string().optional().describe('Only by this principal'),
    since: z.string().optional().describe('At or after this time, ISO 8601'),
    until: z.string().optional().describe('Before this time, ISO 8601'),
    limit: z.int().min(1).max(1000).default(50).describe('How many at most'),
    cursor: z.string().optional().describe('Go on where an earlier list ended (its `next`)'),
  }),
  output: z.object({
    items: z.array(AuditEntryOutput).describe('The newest first'),
    next: z.string().nullable().describe('The `cursor` of the next page; null after the last'),
  }),
  cli: {
    rows: 'items',
    columns: ['seq', 'at', 'principal', 'operation', 'action', 'resource', 'details'],
    examples: ['omni audit list', 'omni audit list --operation rag.ingest --since 2026-01-01'],
  },
  example: {operation: 'rag.ingest', since: '2026-01-01', limit: 20},
  handler: () => import('../handlers/list.ts'),
})
