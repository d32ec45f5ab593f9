import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {collectionField} from './schemas.ts'

export const reembed = defineOperation({
  id: 'rag.reembed',
  summary: 'Give a collection vectors of the configured embedding model, while it stays in use',
  description:
    'The vectors are made beside the present index, which is searched and written to meanwhile; then one takes the ' +
    'place of the other in one step. A run that was interrupted goes on where it was.',
  http: {method: 'POST', path: '/api/v1/rag/reembed'},
  scopes: ['rag:write'],
  effects: 'write',
  input: z.object({
    collection: collectionField,
    model: z.string().min(1).optional().describe('Another model of the configured provider (RAG_EMBEDDING_MODEL)'),
  }),
  output: z.object({
    collection: z.string().describe('Its name'),
    provider: z.string().describe('Who made the vectors'),
    model: z.string().describe('The provider’s model'),
    dimension: z.int().describe('How many numbers a vector has'),
    documents: z.int().describe('How many documents it has'),
    passages: z.int().describe('How many passages were given a vector'),
    before: z.string().nullable().describe('The model of the vectors that were replaced'),
  }),
  cli: {
    chars: {collection: 'c'},
    examples: [
      'RAG_EMBEDDING_MODEL=ollama omni rag reembed --collection manuals',
      'omni rag reembed --collection manuals --model text-embedding-3-large',
    ],
  },
  example: {collection: 'manuals'},
  handler: () => import('../handlers/reembed.ts'),
})
