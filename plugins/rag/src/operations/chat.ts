import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {Answer, CollectionName, lexicalField, rerankField} from './schemas.ts'

export const chat = defineOperation({
  id: 'rag.chat',
  summary: 'Ask questions one after another, each understood by those before',
  description:
    'Without a message it asks on a terminal until an empty line, or reads one message a line from stdin. With a ' +
    'language model a message that refers back is rewritten by it; without one it gets the content words of the ' +
    'question before, and the answer says what was searched for.',
  http: {method: 'POST', path: '/api/v1/rag/chat'},
  scopes: ['rag:read', 'rag:write'],
  effects: 'write',
  input: z.object({
    message: z.string().trim().min(1).max(10_000).describe('The question'),
    conversation: z.string().min(1).max(100).optional().describe('Continue the conversation with this id'),
    continue: z.boolean().default(false).describe('Continue the latest conversation'),
    collection: CollectionName.optional().describe('The collection of documents, where a conversation begins'),
    top_k: z.int().min(1).max(50).default(5).describe('How many passages to read for an answer'),
    lexical: lexicalField,
    rerank: rerankField,
    extract: z.boolean().default(false).describe('Quote the documents even where a language model is configured'),
    model: z.string().min(1).optional().describe('Another model of the configured backend'),
    show_context: z.boolean().default(false).describe('Add the passages that the answer was made from'),
  }),
  output: Answer.extend({
    conversation: z.string(),
    turn: z.int(),
    message: z.string(),
    question: z.string().describe('What was searched for'),
    question_by: z.enum(['message', 'carried over', 'model']).describe('Who made the question of the message'),
  }),
  cli: {
    chars: {collection: 'c', top_k: 'k'},
    rows: 'citations',
    columns: ['score', 'source', 'page', 'line_start', 'line_end', 'quote'],
    examples: [
      'omni rag chat',
      'omni rag chat --message "How long is the notice period?"',
      'omni rag chat --continue --message "And in the second year?" --json',
    ],
  },
  handler: () => import('../handlers/chat.ts'),
})
