import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {collectionField, HeldDocument} from './schemas.ts'

export const remove = defineOperation({
  id: 'rag.remove',
  summary: 'Remove documents from a collection',
  description:
    'The files themselves stay where they are. Where one of the documents is under a legal hold, nothing is removed.',
  http: {method: 'POST', path: '/api/v1/rag/documents/remove'},
  scopes: ['rag:write'],
  effects: 'destructive',
  input: z.object({
    sources: z.array(z.string().min(1)).max(10_000).default([]).describe('Sources or ids of the documents'),
    collection: collectionField,
    all: z.boolean().default(false).describe('Remove every document and the collection itself'),
    skip_held: z.boolean().default(false).describe('Leave what is under a legal hold, instead of removing nothing'),
    ignore_missing: z.boolean().default(false).describe('Names of no document are no error'),
    erase: z
      .boolean()
      .default(false)
      .describe('Leave no byte of what was ever removed in the files of the index; takes longer'),
    dry_run: z.boolean().default(false).describe('Only tell what would be removed'),
  }),
  output: z.object({
    collection: z.string().describe('Where they were'),
    removed: z
      .array(
        z.object({
          source: z.string().describe('How the document was named'),
          document_id: z.string().describe('Its id'),
          chunks: z.int().describe('How many passages it had'),
        }),
      )
      .describe('What was removed, or would be'),
    held: z.array(HeldDocument).describe('What was left for a legal hold'),
    dry_run: z.boolean().describe('Nothing was removed'),
  }),
  cli: {
    args: ['sources'],
    chars: {collection: 'c'},
    rows: 'removed',
    confirm: 'yes',
    examples: [
      'omni rag remove docs/old.md --yes',
      'omni rag remove docs/ana.md --erase --yes',
      'omni rag remove --all --collection manuals --dry-run',
    ],
  },
  handler: () => import('../handlers/remove.ts'),
})
