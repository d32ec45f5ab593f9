import {defineOperation, ExitCode} from '@omni-ops/core/operation'
import * as z from 'zod'
import {collectionField, JudgedQuestion} from './schemas.ts'

const Interval = z.object({low: z.number(), high: z.number()}).nullable()

export const weigh = defineOperation({
  id: 'rag.weigh',
  summary: 'Weigh a collection’s lists by judged questions, and keep the weights if they are shown to help',
  description:
    'Weights are chosen by 5-fold cross-validation on nDCG@10, and stored if questions that had no part in the choice ' +
    'show a gain (95 % interval above 0).',
  http: {method: 'POST', path: '/api/v1/rag/weigh'},
  scopes: ['rag:write'],
  effects: 'write',
  input: z.object({
    collection: collectionField,
    questions: z.array(JudgedQuestion).min(1).max(10_000).describe('With the places that are right for each'),
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
  cli: {omit: ['questions'], examples: ['omni rag tune --queries judged.jsonl']},
  example: {
    questions: [{id: '1', question: 'notice period', evidence: [{source: 'leave.md'}]}],
  },
  outcome: ({better}) => (better ? ExitCode.done : ExitCode.gateFailed),
  handler: () => import('../handlers/weigh.ts'),
})
