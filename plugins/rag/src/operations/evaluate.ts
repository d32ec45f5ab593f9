import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'

export const evaluate = defineOperation({
  id: 'rag.eval',
  summary: 'Measure retrieval on judged queries in BEIR layout',
  description:
    'The directory holds corpus.jsonl {_id, title, text}, queries.jsonl {_id, text} and qrels.tsv or qrels/test.tsv ' +
    '(query, document, score). The corpus is indexed in a temporary collection, with the same code as an ingest.',
  scopes: ['rag:read'],
  effects: 'read',
  input: z.object({
    directory: z.string().min(1).describe('The set in BEIR layout'),
    limit: z.int().min(1).optional().describe('Only this many of the queries, the first'),
  }),
  output: z.object({
    'ndcg@10': z.number(),
    'recall@5': z.number(),
    'recall@10': z.number(),
    'hit@5': z.number(),
    'mrr@10': z.number(),
    p50_ms: z.number(),
    p95_ms: z.number(),
    docs_per_s: z.number(),
    queries: z.int(),
  }),
  cli: {args: ['directory'], examples: ['omni rag eval ./scifact --json']},
  handler: () => import('../handlers/evaluate.ts'),
})
