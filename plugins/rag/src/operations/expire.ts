import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {collectionField, HeldDocument} from './schemas.ts'

export const expire = defineOperation({
  id: 'rag.expire',
  summary: 'Remove the documents whose time is over',
  description: 'Those that `omni rag list --expired` lists. What is under a legal hold stays.',
  http: {method: 'POST', path: '/api/v1/rag/documents/expire'},
  scopes: ['rag:write'],
  effects: 'destructive',
  input: z.object({
    collection: collectionField,
    erase: z
      .boolean()
      .default(false)
      .describe('Leave no byte of what was ever removed in the files of the index; takes longer'),
    dry_run: z.boolean().default(false).describe('Only tell what would be removed'),
  }),
  output: z.object({
    collection: z.string(),
    removed: z
      .array(
        z.object({
          source: z.string().describe('How the document was named'),
          document_id: z.string().describe('Its id'),
          chunks: z.int().describe('How many passages it had'),
        }),
      )
      .describe('What was removed, or would be'),
    held: z.array(HeldDocument).describe('What stays for a legal hold on it or on a document in it'),
    dry_run: z.boolean().describe('Nothing was removed'),
  }),
  cli: {
    chars: {collection: 'c'},
    rows: 'removed',
    confirm: 'yes',
    examples: ['omni rag expire --dry-run', 'omni rag expire --collection applications --erase --yes'],
  },
  handler: () => import('../handlers/expire.ts'),
})
