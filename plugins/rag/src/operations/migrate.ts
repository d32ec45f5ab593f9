import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {collectionField, vectorDatabaseField} from './schemas.ts'

export const migrate = defineOperation({
  id: 'rag.migrate',
  summary: 'Move a collection’s passages into another vector database, while it stays in use',
  description:
    'Passages are copied with their vectors, compared by count and by sampled queries, and then used from there. ' +
    'A run that was interrupted goes on where it was. The source keeps its copy until --drop-source.',
  http: {method: 'POST', path: '/api/v1/rag/migrate'},
  scopes: ['rag:write'],
  effects: 'destructive',
  input: z.object({
    collection: collectionField,
    from: vectorDatabaseField.describe('The database that has the passages'),
    to: vectorDatabaseField.describe('The database that is to have them'),
    drop_source: z.boolean().default(false).describe('Delete the copy that the source keeps'),
    dry_run: z.boolean().default(false).describe('Only tell what would be copied'),
  }),
  output: z.object({
    collection: z.string().describe('Its name'),
    from: vectorDatabaseField.describe('The database that had the passages'),
    to: vectorDatabaseField.describe('The database that has them now'),
    documents: z.int().describe('How many documents it has'),
    passages: z.int().describe('How many passages it has'),
    copied: z.int().describe('How many documents this run copied'),
    queries: z.int().describe('How many queries were asked of both'),
    agreement: z.number().describe('The mean share of the ten best passages that both had in common, from 0 to 1'),
    source_dropped: z.boolean().describe('Whether the source’s copy was deleted'),
    dry_run: z.boolean().describe('Whether nothing was changed'),
  }),
  cli: {
    chars: {collection: 'c'},
    confirm: 'yes',
    examples: [
      'omni rag migrate --collection manuals --from lancedb --to pgvector --dry-run',
      'omni rag migrate --collection manuals --from lancedb --to pgvector --yes',
    ],
  },
  example: {collection: 'manuals', from: 'lancedb', to: 'pgvector', dry_run: true},
  handler: () => import('../handlers/migrate.ts'),
})
