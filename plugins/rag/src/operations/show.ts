import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {collectionField, DocumentSummary, Passage} from './schemas.ts'

export const show = defineOperation({
  id: 'rag.show',
  summary: 'Show a document as it was indexed, passage by passage',
  http: {method: 'GET', path: '/api/v1/rag/document'},
  scopes: ['rag:read'],
  effects: 'read',
  input: z.object({
    source: z.string().min(1).describe('The document’s source, or its id'),
    collection: collectionField,
  }),
  output: z.object({
    document: DocumentSummary,
    passages: z.array(Passage).describe('In the order of the text'),
    withheld: z
      .int()
      .describe('How many passages are left out, as they name a person who restricted that or objected to it'),
  }),
  cli: {
    args: ['source'],
    chars: {collection: 'c'},
    rows: 'passages',
    columns: ['page', 'line_start', 'line_end', 'text'],
    examples: ['omni rag show docs/cli.md'],
  },
  handler: () => import('../handlers/show.ts'),
})
