import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {exitCodeOf, receivedField, RunOutput, subjectAliases, subjectFields} from './request-schemas.ts'

export const ccpaDelete = defineOperation({
  id: 'ccpa.delete',
  summary: 'Delete what a Californian consumer asks to have deleted',
  description: 'Cal. Civ. Code 1798.105; whoever runs this vouches for the consumer’s identity.',
  http: {method: 'POST', path: '/api/v1/ccpa/delete'},
  scopes: ['gdpr:write'],
  effects: 'destructive',
  input: z.object({
    ...subjectFields,
    received_at: receivedField,
    dry_run: z.boolean().default(false).describe('Only tell what would be deleted and kept'),
  }),
  output: RunOutput,
  cli: {
    omit: [...subjectAliases],
    rows: 'places',
    columns: ['place', 'state', 'found', 'changed', 'kept', 'verified'],
    confirm: {repeat: 'user'},
    examples: ['omni ccpa delete --user ana@example.com --confirm ana@example.com'],
  },
  example: {email: 'ana@example.com'},
  outcome: exitCodeOf,
  handler: () => import('../handlers/ccpa-delete.ts'),
})
