import * as z from 'zod'
import {defineOperation} from '../operation/operation.ts'

export const ciInit = defineOperation({
  id: 'ci.init',
  summary: 'Write a pipeline that holds documents and answers to gates',
  description:
    'Installs omni, looks for personal data in the documents, ingests them, asks a set of questions and keeps the ' +
    'report. A finding of personal data and a missed gate fail the pipeline. A file that is there is not overwritten.',
  scopes: ['config:write'],
  effects: 'write',
  input: z.object({
    platform: z.enum(['github', 'gitlab']).describe('Where the pipeline runs'),
    documents: z
      .array(z.string().min(1))
      .default(['docs'])
      .describe('A FILE or DIRECTORY to ingest; several may be given'),
    questions: z.string().min(1).default('questions.jsonl').describe('The FILE of questions to ask'),
    gates: z
      .array(z.string().min(1))
      .default(['accuracy>=0.8'])
      .describe('A condition on the answers; several may be given'),
    scan: z
      .array(z.string())
      .default([])
      .describe('A FILE or DIRECTORY without personal data; by default the documents'),
    threshold: z.number().min(0).max(1).optional().describe('Pass over personal data that is less certain than this'),
    branch: z
      .string()
      .regex(/^[^\s~^:?*[\]\\]+$/, 'must be the name of a branch')
      .default('main')
      .describe('The branch whose pushes are checked, beside every request to merge'),
    package: z
      .string()
      .min(1)
      .default('@omni-ops/cli')
      .describe('What npm installs: the version that writes this, unless told otherwise'),
    out: z.string().min(1).optional().describe("The FILE to write; by default the platform's own"),
    force: z.boolean().default(false).describe('Overwrite a file that is there'),
    dry_run: z.boolean().default(false).describe('Print the file and write nothing'),
  }),
  output: z.object({
    platform: z.enum(['github', 'gitlab']),
    file: z.string(),
    written: z.boolean(),
    content: z.string(),
    missing: z.array(z.string()).describe('What the pipeline reads and is not there yet'),
  }),
  cli: {
    args: ['platform'],
    names: {gates: 'gate'},
    columns: ['file', 'written', 'missing'],
    examples: [
      'omni ci init github',
      'omni ci init gitlab --documents handbook --questions test/questions.jsonl --gate "accuracy>=0.9" --gate "hit@5>=0.95"',
      'omni ci init github --dry-run',
    ],
  },
  handler: () => import('./handler.ts'),
})
