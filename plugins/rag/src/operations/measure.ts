import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {collectionField, JudgedQuestion, rerankField} from './schemas.ts'

const Outcome = z.object({
  id: z.string().describe('Of the question'),
  question: z.string().describe('As it was asked'),
  measures: z.record(z.string(), z.number()).describe('By name, as far as they apply to this question'),
  found: z.array(z.string()).describe('Source and line of what was found, best first'),
  expected: z.array(z.string()).describe('Answers and places that would have been right'),
  answer: z.string().nullable().describe('Null where it was refused'),
  answerable: z.boolean().nullable().describe('Whether an answer was expected'),
  confidence: z.number().nullable().describe('Of the answer'),
  search_ms: z.number().describe('Until the passages were found'),
  answer_ms: z.number().nullable().describe('From there to the answer'),
})

export const measure = defineOperation({
  id: 'rag.measure',
  summary: 'Ask judged questions of a collection and tell how each went',
  description:
    'Each question is asked as rag.query does, and what comes back is held against what it says is right: passages ' +
    'against places, the answer against answers, citations against the documents, refusals against what has no answer.',
  http: {method: 'POST', path: '/api/v1/rag/measure'},
  scopes: ['rag:read'],
  effects: 'read',
  input: z.object({
    collection: collectionField,
    questions: z.array(JudgedQuestion).min(1).max(200).describe('With what is right for each'),
    top_k: z.int().min(1).max(50).default(5).describe('How many passages to read for an answer'),
    rerank: rerankField,
    extract: z.boolean().default(false).describe('Quote the documents even where a language model is configured'),
    model: z.string().min(1).optional().describe('Another model of the configured backend'),
  }),
  output: z.object({
    outcomes: z.array(Outcome).describe('One for each question, in their order'),
    missing_sources: z.array(z.string()).describe('Sources that questions name and the collection does not hold'),
    answers: z.string().describe('extract, or provider and model'),
  }),
  cli: {omit: ['questions'], rows: 'outcomes', examples: ['omni rag eval questions.jsonl']},
  example: {
    questions: [
      {id: '1', question: 'How long is the notice period?', answers: ['thirty days'], evidence: [{source: 'leave.md'}]},
    ],
  },
  handler: () => import('../handlers/measure.ts'),
})
