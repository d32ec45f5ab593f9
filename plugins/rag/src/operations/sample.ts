import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {collectionField} from './schemas.ts'

export const sample = defineOperation({
  id: 'rag.sample',
  summary: 'Choose passages that are spread over a collection',
  http: {method: 'GET', path: '/api/v1/rag/sample'},
  scopes: ['rag:read'],
  effects: 'read',
  input: z.object({
    collection: collectionField,
    size: z.int().min(1).max(10_000).default(20).describe('How many, at most'),
  }),
  output: z.object({
    passages: z.array(z.string()).describe('Their ids; the same as long as the documents are'),
  }),
  cli: {rows: 'passages', examples: ['omni rag eval generate questions.jsonl --passages 40']},
  example: {size: 3},
  handler: () => import('../handlers/sample.ts'),
})
