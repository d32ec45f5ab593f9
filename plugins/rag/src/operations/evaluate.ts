import {defineOperation, ExitCode} from '@omni-ops/core/operation'
import * as z from 'zod'
import {collectionField, rerankField} from './schemas.ts'

const share = z.number().optional()
const milliseconds = z.number().optional()
const Interval = z.tuple([z.number(), z.number()]).nullable()

const Figure = z.object({
  measure: z.string(),
  value: z.number(),
  low: z.number().nullable().describe('Of the 95 % bootstrap interval; null for speed'),
  high: z.number().nullable(),
  queries: z.int().describe('How many queries the measure applies to'),
})

const Comparison = z.object({
  with: z.string(),
  unpaired: z.int().describe('Queries that only one of the two results has'),
  measures: z.array(
    z.object({
      measure: z.string(),
      before: z.number(),
      after: z.number(),
      difference: z.number(),
      interval: Interval.describe('Of the difference, 95 %'),
      p: z.number().describe('Paired randomisation test, two-sided'),
      adjusted: z.number().describe('The same adjusted by Holm for the number of measures; the verdict goes by it'),
      verdict: z.enum(['better', 'worse', 'no difference shown']),
      queries: z.int(),
      improved: z.int(),
      worsened: z.int(),
    }),
  ),
})

const GateOutcome = z.object({
  gate: z.string(),
  measure: z.string(),
  value: z.number(),
  passed: z.boolean(),
  reason: z.string(),
})

export const evaluate = defineOperation({
  id: 'rag.eval',
  summary: 'Measure retrieval and answers, compare with earlier results, and hold gates',
  description:
    'SET is a directory in BEIR layout (corpus.jsonl, queries.jsonl, qrels.tsv or qrels/test.tsv), whose corpus is ' +
    'indexed in a temporary collection; or a file of questions (.jsonl, .csv: question, answers, source, page, quote, ' +
    'answerable), asked of a collection; or a result that --save kept, which is read and not measured again. A gate is ' +
    'MEASURE>=NUMBER, lower(MEASURE)>=NUMBER for the lower end of the 95 % interval, or MEASURE>=RESULT, which asks ' +
    'whether the run is shown to be worse than a saved one; a missed gate exits with 7.',
  scopes: ['rag:read', 'rag:write'],
  effects: 'write',
  input: z.object({
    set: z.string().min(1).describe('A directory in BEIR layout, a file of questions, or a saved result'),
    collection: collectionField,
    limit: z.int().min(1).optional().describe('Only this many of the queries, the first'),
    top_k: z.int().min(1).max(50).default(5).describe('How many passages to read for an answer'),
    rerank: rerankField,
    extract: z.boolean().default(false).describe('Quote the documents even where a language model is configured'),
    model: z.string().min(1).optional().describe('Another model of the configured backend'),
    save: z.string().min(1).optional().describe('Keep the result under this name, or in this file if it ends in .json'),
    compare: z.string().min(1).optional().describe('Compare with this saved result by a paired test'),
    gate: z.array(z.string().min(1)).max(100).default([]).describe('A condition; several may be given'),
    report: z.string().min(1).optional().describe('Write an HTML page to this file'),
  }),
  output: z.object({
    set: z.string(),
    queries: z.int(),
    accuracy: share,
    contains_answer: share,
    exact_quote: share,
    citation_precision: share,
    citation_recall: share,
    supported: share,
    refusal_auroc: share,
    true_refusals: share,
    false_refusals: share,
    'ndcg@10': share,
    'recall@5': share,
    'recall@10': share,
    'hit@1': share,
    'hit@5': share,
    'mrr@10': share,
    map: share,
    p50_ms: milliseconds,
    p95_ms: milliseconds,
    answer_p50_ms: milliseconds,
    answer_p95_ms: milliseconds,
    docs_per_s: z.number().optional(),
    answers: z.string().nullable().describe('extract, or provider and model; null where only retrieval was measured'),
    figures: z.array(Figure),
    comparison: Comparison.nullable(),
    gates: z.array(GateOutcome),
    passed: z.boolean().describe('No gate was missed'),
    missing_sources: z.array(z.string()).describe('Sources that questions name and the collection does not hold'),
    saved: z.string().nullable(),
    report: z.string().nullable(),
  }),
  cli: {
    args: ['set'],
    chars: {collection: 'c', top_k: 'k'},
    rows: 'figures',
    columns: ['measure', 'value', 'low', 'high', 'queries'],
    examples: [
      'omni rag eval ./scifact --json',
      'omni rag eval questions.jsonl --collection manuals --report report.html',
      'omni rag eval questions.jsonl --save before',
      'omni rag eval questions.jsonl --compare before --gate "accuracy>=0.85" --gate "ndcg@10>=before"',
      'omni rag eval after.json --compare before.json',
    ],
  },
  outcome: ({passed}) => (passed ? ExitCode.done : ExitCode.gateFailed),
  handler: () => import('../handlers/evaluate.ts'),
})
