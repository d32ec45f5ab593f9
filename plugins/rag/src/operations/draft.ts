import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {collectionField} from './schemas.ts'

const DraftedQuestion = z.object({
  id: z.string().describe('Follows from the passage and the question'),
  question: z.string().describe('To be looked at by a person before it judges anything'),
  answerable: z.boolean().describe('Whether the documents answer it'),
  answers: z.array(z.string()).optional().describe('Words of the passage'),
  source: z.string().optional().describe('The document that answers it'),
  page: z.int().optional().describe('And its page'),
  quote: z.string().optional().describe('And the words that hold the answer'),
  passage: z.string().describe('What it was drafted from'),
  reviewed: z.literal(false),
})

export const draft = defineOperation({
  id: 'rag.draft',
  summary: 'Draft questions about one passage with a language model, for review',
  description:
    'What is kept is proved: a quote stands in the passage word for word, the answer in the quote, and an ' +
    'unanswerable question was refused with the best passages of the collection before the model.',
  http: {method: 'POST', path: '/api/v1/rag/draft'},
  scopes: ['rag:read'],
  effects: 'read',
  input: z.object({
    collection: collectionField,
    passage: z.string().min(1).describe('Its id, as rag.sample gives it'),
    known: z.array(z.string()).max(100_000).default([]).describe('Questions that there are, not to be asked again'),
    model: z.string().min(1).optional().describe('Another model of the configured backend'),
  }),
  output: z.object({
    questions: z.array(DraftedQuestion).describe('None where nothing could be proved'),
    discarded: z
      .object({malformed: z.int(), unproved: z.int(), duplicate: z.int(), answerable: z.int()})
      .describe('How many drafts were left out, and why'),
    model: z.string().describe('Provider and model'),
  }),
  cli: {args: ['passage'], examples: ['omni rag eval generate questions.jsonl --passages 40']},
  example: {passage: '22935959b1713320f8c27ec54322e1e3:0'},
  handler: () => import('../handlers/draft.ts'),
})
