import {defineOperation, ExitCode} from '@omni-ops/core/operation'
import * as z from 'zod'
import {collectionField} from './schemas.ts'
import {weigh} from './weigh.ts'

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
  output: weigh.output,
  cli: {
    chars: {collection: 'c'},
    examples: ['omni rag tune --queries judged.jsonl --collection manuals'],
  },
  example: {queries: 'judged.jsonl', collection: 'manuals'},
  outcome: ({better}) => (better ? ExitCode.done : ExitCode.gateFailed),
  handler: () => import('../handlers/tune.ts'),
})
