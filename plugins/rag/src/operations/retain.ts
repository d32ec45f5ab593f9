import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {collectionField, RetainUntil, sourcesField} from './schemas.ts'

export const retain = defineOperation({
  id: 'rag.retain',
  summary: 'Say until when documents are kept',
  description:
    'From then on they are listed by `omni rag list --expired` and removed by `omni rag expire`; nothing removes them by itself.',
  http: {method: 'POST', path: '/api/v1/rag/documents/retain'},
  scopes: ['rag:write'],
  effects: 'write',
  input: z.object({
    sources: sourcesField,
    until: RetainUntil.optional().describe('2030-01-01, or a duration from now on such as P90D; without it, no end'),
    only_missing: z.boolean().default(false).describe('Leave alone those that have an end already'),
    collection: collectionField,
  }),
  output: z.object({
    collection: z.string(),
    retain_until: z.iso.datetime().nullable(),
    documents: z.int().describe('How many were named'),
    changed: z.int().describe('How many of them had another end before'),
  }),
  cli: {
    args: ['sources'],
    chars: {collection: 'c'},
    examples: ['omni rag retain cv/ana.pdf --until P6M', 'omni rag retain handbook.md'],
  },
  example: {sources: ['cv/ana.pdf'], until: 'P6M'},
  handler: () => import('../handlers/retain.ts'),
})
