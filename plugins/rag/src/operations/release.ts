import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {collectionField, HoldReason, sourcesField} from './schemas.ts'

export const release = defineOperation({
  id: 'rag.release',
  summary: 'Lift a legal hold from documents',
  http: {method: 'POST', path: '/api/v1/rag/documents/release'},
  scopes: ['rag:hold'],
  effects: 'write',
  input: z.object({
    sources: sourcesField,
    reason: HoldReason.optional().describe('Only the hold for this reason; without it, every hold'),
    collection: collectionField,
  }),
  output: z.object({
    collection: z.string(),
    documents: z.int().describe('How many were named'),
    changed: z.int().describe('How many of them were under such a hold'),
  }),
  cli: {
    args: ['sources'],
    chars: {collection: 'c'},
    examples: ['omni rag release contracts/acme.pdf --reason "Acme v. us, 2026/114"'],
  },
  example: {sources: ['contracts/acme.pdf']},
  handler: () => import('../handlers/release.ts'),
})
