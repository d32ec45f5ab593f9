import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {AccessEntry, collectionField, fingerprint, Metadata} from './schemas.ts'

const Block = z
  .object({
    kind: z.enum(['heading', 'paragraph', 'list', 'code', 'table', 'row']).describe('What it is'),
    start: z.int().min(0).describe('UTF-16 offset into the content'),
    end: z.int().min(0).describe('Exclusive'),
    level: z.int().min(1).optional().describe('Of a heading: 1 is the outermost'),
    header: z.boolean().optional().describe('Of a row: it names the columns'),
  })
  .meta({id: 'Block', description: 'A part of a document’s structure'})

export const IngestedDocument = z
  .object({
    source: z
      .string()
      .min(1)
      .max(4096)
      .optional()
      .describe('How to name it in answers; without one, the hash of its content'),
    content: z.string().describe('The text'),
    title: z.string().optional().describe('Its title'),
    media_type: z.string().default('text/plain').describe('Decides how structure is read where no blocks are given'),
    blocks: z.array(Block).optional().describe('Structure as a loader found it: UTF-16 offsets into the content'),
    pages: z
      .array(
        z.object({
          number: z.int().min(1).describe('From 1'),
          start: z.int().min(0).describe('UTF-16 offset into the content'),
          end: z.int().min(0).describe('Exclusive'),
        }),
      )
      .optional()
      .describe('Where its pages are'),
    content_hash: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional()
      .describe('SHA-256 of the raw file; without one, of the content'),
    fingerprint,
    bytes: z.int().min(0).optional().describe('Size of the raw file'),
    metadata: Metadata.default({}),
    acl: z
      .array(AccessEntry)
      .min(1)
      .max(100)
      .optional()
      .describe('Who may see it: groups and users; public opens it to all. Without it, it keeps the list that it has'),
  })
  .meta({id: 'IngestedDocument', description: 'A document to be indexed'})

export const ingest = defineOperation({
  id: 'rag.ingest',
  summary: 'Read documents, cut them into passages and index them',
  description:
    'Takes files, directories, globs, URLs, Git repositories at a revision, objects of S3 and - for stdin. Runs again only over what has changed. ' +
    'An interrupted run is finished by the next. Files that cannot be read are reported, the rest goes on (exit code 3).',
  http: {
    method: 'POST',
    path: '/api/v1/rag/ingest',
    description:
      'Documents that are there already and have not changed cost little. An interrupted run is finished by the next.',
  },
  scopes: ['rag:write'],
  effects: 'write',
  input: z.object({
    collection: collectionField,
    documents: z.array(IngestedDocument).max(1000).describe('What to index'),
    pii: z
      .enum(['off', 'flag', 'mask', 'block'])
      .optional()
      .describe('What is done about personal data, where the deployment’s own policy (rag.pii) is not stricter'),
    contextual: z
      .boolean()
      .optional()
      .describe(
        'Let the language model write where each passage stands, for search; by default what rag.contextual says',
      ),
    despite_erasure: z
      .string()
      .min(1)
      .max(500)
      .optional()
      .describe('Why documents of persons who were erased here are taken in all the same; it stands in the audit log'),
    skip_near_duplicates: z
      .boolean()
      .default(false)
      .describe('Leave out what says nearly the same as a document that is there'),
  }),
  output: z.object({
    collection: z.string().describe('Where they are now'),
    documents: z
      .array(
        z.object({
          source: z.string().describe('How the document is named'),
          document_id: z.string().describe('Its id'),
          status: z
            .enum(['added', 'changed', 'unchanged', 'skipped', 'refused'])
            .describe(
              'What this call found; skipped is a near-duplicate that was not to be taken in, refused is not taken in either',
            ),
          refusal: z
            .object({reason: z.string().describe('held, personal_data or erased_person'), message: z.string()})
            .nullable()
            .describe('Why it was refused'),
          personal_data: z.record(z.string(), z.int()).describe('How many of each kind were flagged or masked'),
          near_duplicate_of: z.string().nullable().describe('The source of a document that says nearly the same'),
          chunks: z.int().describe('How many passages it has'),
          language: z.string().describe('ISO 639-1, or und'),
        }),
      )
      .describe('In the order of the input'),
    chunks: z.int().describe('Passages written by this call'),
  }),
  cli: {
    omit: ['documents'],
    chars: {collection: 'c'},
    examples: [
      'omni rag ingest ./docs',
      "omni rag ingest 'manuals/**/*.pdf' --collection manuals --metadata year=2026",
      'omni rag ingest https://example.com/handbook.html',
      'omni rag ingest git+https://example.com/team/manuals.git@v1.2#docs',
      'omni rag ingest docs --rev v1.2',
      'omni rag ingest s3://manuals/2026 --prune',
      'omni rag ingest ./docs --prune --watch',
      'omni rag ingest ./docs --despite-erasure "The person is a customer again"',
    ],
  },
  example: {
    collection: 'manuals',
    documents: [
      {
        source: 'handbook.md',
        content: '# Notice periods\n\nThe notice period is three months to the end of a quarter.',
        media_type: 'text/markdown',
        metadata: {year: 2026},
      },
    ],
  },
  handler: () => import('../handlers/ingest.ts'),
})
