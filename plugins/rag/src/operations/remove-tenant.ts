import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'

export const removeTenant = defineOperation({
  id: 'rag.remove-tenant',
  summary: 'Remove all documents of a tenant, from every collection',
  description: 'Only of the tenant that the call is made in. Interrupted, it is finished by the next call.',
  http: {method: 'DELETE', path: '/api/v1/rag/documents/{tenant_id}'},
  scopes: ['rag:write'],
  effects: 'destructive',
  input: z.object({
    tenant_id: z.string().min(1).max(63).describe('The tenant, which must be the one of the call'),
    dry_run: z.boolean().default(false).describe('Only tell what would be removed'),
  }),
  output: z.object({
    tenant_id: z.string(),
    collections: z.array(z.object({collection: z.string(), documents: z.int(), chunks: z.int()})),
    documents: z.int().describe('How many were removed in all'),
    dry_run: z.boolean(),
  }),
  cli: {
    args: ['tenant_id'],
    rows: 'collections',
    confirm: {repeat: 'tenant_id'},
    examples: ['omni rag remove-tenant acme --tenant acme --confirm acme'],
  },
  handler: () => import('../handlers/remove-tenant.ts'),
})
