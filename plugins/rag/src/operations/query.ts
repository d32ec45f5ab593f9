import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {Answer, collectionField, filterField, lexicalField, rerankField} from './schemas.ts'

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
    lexical: lexicalField,
    rerank: rerankField,
    extract: z.boolean().default(false).describe('Quote the documents even where a language model is configured'),
    system_prompt: z.string().max(20_000).optional().describe('Further instructions for the language model'),
    model: z.string().min(1).optional().describe('Another model of the configured backend'),
    temperature: z.number().min(0).max(2).optional().describe('For the language model; 0 is the most literal'),
    show_context: z.boolean().default(false).describe('Add the passages that the answer was made from'),
  }),
  output: Answer.extend({query: z.string()}),
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
