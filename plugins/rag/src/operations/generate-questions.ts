import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {collectionField} from './schemas.ts'

export const generateQuestions = defineOperation({
  id: 'rag.eval.generate',
  summary: 'Draft questions from your documents with a language model, for review',
  description:
    'Each question has an answer and a quote that stand in its document word for word; some questions are unanswerable. ' +
    'The file is written question by question, and a second run goes on where the first stopped. Read and correct it ' +
    'before it judges anything: omni rag eval FILE.',
  scopes: ['rag:read'],
  effects: 'write',
  input: z.object({
    file: z.string().min(1).describe('The file to write, JSON Lines; what it holds already stays'),
    collection: collectionField,
    passages: z.int().min(1).max(10_000).default(20).describe('Of how many passages, spread over the collection'),
    model: z.string().min(1).optional().describe('Another model of the configured backend'),
  }),
  output: z.object({
    file: z.string(),
    passages: z.int().describe('Passages that questions were drafted from by this run'),
    skipped: z.int().describe('Passages that the file has questions of already'),
    answerable: z.int(),
    unanswerable: z.int(),
    discarded: z.object({malformed: z.int(), unproved: z.int(), duplicate: z.int(), answerable: z.int()}),
    model: z.string().nullable().describe('Null where there was nothing to do'),
  }),
  cli: {
    args: ['file'],
    chars: {collection: 'c'},
    examples: ['RAG_LLM_BACKEND=ollama omni rag eval generate questions.jsonl --passages 40'],
  },
  handler: () => import('../handlers/generate-questions.ts'),
})
