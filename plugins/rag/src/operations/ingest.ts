import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {collectionField, fingerprint, Metadata} from './schemas.ts'

const Block = z.object({
  kind: z.enum(['heading', 'paragraph', 'list', 'code', 'table', 'row']),
  start: z.int().min(0),
  end: z.int().min(0),
  level: z.int().min(1).optional(),
})

export const IngestedDocument = z.object({
  source: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .describe('How to name it in answers; without one, the hash of its content'),
  content: z.string().describe('The text'),
  title: z.string().optional(),
  media_type: z.string().default('text/plain').describe('Decides how structure is read where no blocks are given'),
  blocks: z.array(Block).optional().describe('Structure as a loader found it: UTF-16 offsets into the content'),
  pages: z.array(z.object({number: z.int().min(1), start: z.int().min(0), end: z.int().min(0)})).optional(),
  content_hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .describe('SHA-256 of the raw file; without one, of the content'),
  fingerprint,
  bytes: z.int().min(0).optional(),
  metadata: Metadata.default({}),
})

export const ingest = defineOperation({
  id: 'rag.ingest',
  summary: 'Read documents, cut them into passages and index them',
  description:
    'Takes files, directories, globs, URLs and - for stdin. Runs again only over what has changed. ' +
    'An interrupted run is finished by the next. Files that cannot be read are reported, the rest goes on (exit code 3).',
  http: {method: 'POST', path: '/api/v1/rag/ingest'},
  scopes: ['rag:write'],
  effects: 'write',
  input: z.object({
    collection: collectionField,
    documents: z.array(IngestedDocument).max(1000),
  }),
  output: z.object({
    collection: z.string(),
    documents: z.array(
      z.object({
        source: z.string(),
        document_id: z.string(),
        status: z.enum(['added', 'changed', 'unchanged']),
        chunks: z.int(),
        language: z.string(),
      }),
    ),
    chunks: z.int().describe('Passages written by this call'),
  }),
  cli: {
    omit: ['documents'],
    chars: {collection: 'c'},
    examples: [
      'omni rag ingest ./docs',
      "omni rag ingest 'manuals/**/*.pdf' --collection manuals --metadata year=2026",
      'omni rag ingest https://example.com/handbook.html',
      'git show HEAD:README.md | omni rag ingest -',
      'omni rag ingest ./docs --prune --watch',
    ],
  },
  handler: () => import('../handlers/ingest.ts'),
})
