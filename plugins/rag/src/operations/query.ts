import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {Citation, collectionField, filterField, NumberedCitation} from './schemas.ts'

export const query = defineOperation({
  id: 'rag.query',
  summary: 'Answer a question from the documents, with citations',
  description:
    'Without a language model the answer is an extract: one to three sentences, verbatim. With one ' +
    '(RAG_LLM_BACKEND=openai|anthropic|ollama) it is written by the model, and every citation is checked to be in ' +
    'the document. Says so where the documents do not contain an answer.',
  http: {
    method: 'POST',
    path: '/api/v1/rag/query',
    description:
      'Without a language model the answer is an extract: one to three sentences, verbatim. With one it is written by the model, and every citation is checked to be in the document. Says so where the documents do not contain an answer.',
  },
  scopes: ['rag:read'],
  effects: 'read',
  input: z.object({
    query: z.string().trim().min(1).max(10_000).describe('The question'),
    collection: collectionField,
    top_k: z.int().min(1).max(50).default(5).describe('How many passages to read for the answer'),
    filter_metadata: filterField,
    extract: z.boolean().default(false).describe('Quote the documents even where a language model is configured'),
    system_prompt: z.string().max(20_000).optional().describe('Further instructions for the language model'),
    model: z.string().min(1).optional().describe('Another model of the configured backend'),
    temperature: z.number().min(0).max(2).optional().describe('For the language model; 0 is the most literal'),
  }),
  output: z.object({
    query: z.string().describe('The question'),
    collection: z.string().describe('The collection that was asked'),
    answered: z.boolean().describe('The documents contain an answer'),
    answer: z.string().describe('With [1], [2] … for its citations'),
    kind: z.enum(['extract', 'generated']).describe('Quoted from the documents, or written by a language model'),
    citations: z.array(NumberedCitation).describe('What the answer rests on'),
    confidence: z.number().describe('Estimated probability that the passages found answer the question'),
    threshold: z.number().describe('Below this confidence the documents count as silent; calibrated per collection'),
    nearest: Citation.nullable().describe('Where nothing answers: the sentence that came nearest'),
    dropped_citations: z.int().describe('Citations of the model whose quote is not in the passage it names'),
    truncated: z.boolean().describe('The model was cut off by its limit on tokens'),
    model: z.string().nullable().describe('Provider and model that wrote the answer; null for an extract'),
  }),
  cli: {
    args: ['query'],
    hints: {query: '- reads it from stdin'},
    chars: {collection: 'c', top_k: 'k', filter_metadata: 'f'},
    rows: 'citations',
    columns: ['score', 'source', 'page', 'line_start', 'line_end', 'quote'],
    examples: [
      'omni rag query "which exit code means not configured?"',
      'RAG_LLM_BACKEND=ollama omni rag query "How long is the notice period?" --json',
    ],
  },
  handler: () => import('../handlers/query.ts'),
})
