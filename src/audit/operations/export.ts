import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {AuditEntryOutput} from './entry.ts'

export const auditExport = defineOperation({
  id: 'audit.export',
  summary: 'Write the audit log as NDJSON, the oldest entry first',
  description:
    'Every line carries its hash and the hash before it, so that the chain can be checked from the file alone.',
  http: {method: 'GET', path: '/api/v1/audit/export'},
  scopes: ['audit:read'],
  effects: 'read',
  input: z.object({
    after: z.int().min(0).default(0).describe('Begin after the entry with this number'),
    limit: z.int().min(1).max(1000).default(1000).describe('Entries per page'),
  }),
  output: z.object({
    items: z.array(AuditEntryOutput).describe('The oldest first'),
    next: z.int().nullable().describe('`after` of the next page'),
  }),
  cli: {
    omit: ['limit'],
    rows: 'items',
    examples: ['omni audit export > audit.ndjson', 'omni audit export --out audit.ndjson'],
  },
  example: {after: 1000},
  handler: () => import('../handlers/export.ts'),
})
