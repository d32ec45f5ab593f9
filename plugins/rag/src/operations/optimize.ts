import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {collectionField} from './schemas.ts'

export const optimize = defineOperation({
  id: 'rag.optimize',
  summary: 'Compact a collection’s index and calibrate when it should say that it has no answer',
  description: 'Every ingest ends with this; it is only needed by hand after an ingest that was interrupted.',
  http: {method: 'POST', path: '/api/v1/rag/optimize'},
  scopes: ['rag:write'],
  effects: 'write',
  input: z.object({collection: collectionField}),
  output: z.object({
    collection: z.string().describe('Its name'),
    documents: z.int().describe('How many documents it has'),
    chunks: z.int().describe('How many passages they have'),
    finished_removals: z.int().describe('Documents whose interrupted removal was completed'),
  }),
  cli: {chars: {collection: 'c'}, examples: ['omni rag optimize', 'omni rag optimize --collection manuals']},
  example: {collection: 'manuals'},
  handler: () => import('../handlers/optimize.ts'),
})
