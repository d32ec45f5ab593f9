import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {collectionField, HoldReason, sourcesField} from './schemas.ts'

export const hold = defineOperation({
  id: 'rag.hold',
  summary: 'Put documents under a legal hold',
  description:
    'A held document is neither removed nor changed, by nobody, until every hold on it is lifted. Each reason is a hold of its own.',
  http: {method: 'POST', path: '/api/v1/rag/documents/hold'},
  scopes: ['rag:hold'],
  effects: 'write',
  input: z.object({
    sources: sourcesField,
    reason: HoldReason.describe('Why: the matter that needs them'),
    collection: collectionField,
  }),
  output: z.object({
    collection: z.string(),
    reason: z.string(),
    documents: z.int().describe('How many are under this hold now'),
    changed: z.int().describe('How many of them were not before'),
  }),
  cli: {
    args: ['sources'],
    chars: {collection: 'c'},
    examples: ['omni rag hold contracts/acme.pdf --reason "Acme v. us, 2026/114"'],
  },
  example: {sources: ['contracts/acme.pdf'], reason: 'Acme v. us, 2026/114'},
  handler: () => import('../handlers/hold.ts'),
})
