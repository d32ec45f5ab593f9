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
    documents: z
      .array(
        z.object({
          source: z.string().describe('How the document is named'),
          content_hash: z.string().describe('SHA-256 of the raw content'),
          fingerprint,
        }),
      )
      .max(1000)
      .describe('The documents as they are now'),
  }),
  output: z.object({
    documents: z
      .array(
        z.object({
          source: z.string().describe('How the document is named'),
          status: z.enum(['added', 'changed', 'unchanged']).describe('What an ingest would find'),
        }),
      )
      .describe('In the order of the input'),
  }),
  cli: {omit: ['documents'], rows: 'documents', examples: ['omni rag ingest ./docs --dry-run']},
  example: {
    documents: [
      {
        source: 'handbook.md',
        content_hash: 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9',
      },
    ],
  },
  handler: () => import('../handlers/compare.ts'),
})
