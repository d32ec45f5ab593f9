import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {collectionField, fingerprint} from './schemas.ts'

export const compare = defineOperation({
  id: 'rag.compare',
  summary: 'Tell which documents an ingest would have to read again',
  http: {method: 'POST', path: '/api/v1/rag/compare'},
  scopes: ['rag:read'],
  effects: 'read',
  input: z.object({
    collection: collectionField,
    documents: z.array(z.object({source: z.string(), content_hash: z.string(), fingerprint})).max(1000),
  }),
  output: z.object({
    documents: z.array(z.object({source: z.string(), status: z.enum(['added', 'changed', 'unchanged'])})),
  }),
  cli: {omit: ['documents'], rows: 'documents', examples: ['omni rag ingest ./docs --dry-run']},
  handler: () => import('../handlers/compare.ts'),
})
