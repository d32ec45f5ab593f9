import {defineOperation, ExitCode} from '@omni-ops/core/operation'
import * as z from 'zod'
import {collectionField} from './schemas.ts'

const Interval = z.tuple([z.number(), z.number()]).nullable()

export const tune = defineOperation({
  id: 'rag.tune',
  summary: 'Weigh a collection’s lists by your own judged queries, and keep the weights if they are shown to help',
  description:
    'QUERIES is a file of questions (.jsonl, .csv: question, source, page, quote) or a directory with queries.jsonl ' +
    'and qrels.tsv whose documents are sources of the collection. Weights are chosen by 5-fold cross-validation on ' +
    'nDCG@10. They are stored if queries that had no part in the choice show a gain (95 % interval above 0); else ' +
    'nothing is changed and the exit code is 7.',
  scopes: ['rag:write'],
  effects: 'write',
  input: z.object({
    queries: z.string().min(1).describe('A file of judged questions, or a directory in BEIR layout'),
    collection: collectionField,
    dry_run: z.boolean().default(false).describe('Tell what would be stored, and store nothing'),
  }),
  output: z.object({
    collection: z.string().describe('Its name'),
    queries: z.int().describe('Judged queries that were used'),
    before: z.number().describe('nDCG@10 with the weights as they are'),
    after: z.number().describe('nDCG@10 on held-out queries with weights chosen without them'),
    difference: z.number().describe('Between the two'),
    interval: Interval.describe('Of the difference, 95 %, by the bootstrap over queries'),
    p: z.number().describe('Paired randomisation test, two-sided'),
    weights: z.record(z.string(), z.number()).describe('The best over all queries; empty for the default ones'),
    better: z.boolean().describe('Whether a gain is shown'),
    stored: z.boolean().describe('Whether the weights are in use from now on'),
  }),
  cli: {
    chars: {collection: 'c'},
    examples: ['omni rag tune --queries judged.jsonl --collection manuals'],
  },
  example: {queries: 'judged.jsonl', collection: 'manuals'},
  outcome: ({better}) => (better ? ExitCode.done : ExitCode.gateFailed),
  handler: () => import('../handlers/tune.ts'),
})
