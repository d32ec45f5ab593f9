import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {generation, promptCacheField, promptField, RoutedOutput, targetField} from './schemas.ts'

export const chat = defineOperation({
  id: 'llm.chat',
  summary: 'Talk with a language model that remembers what was said',
  description:
    'Without a message it asks on a terminal until an empty line, or reads one message a line from stdin. The ' +
    'conversation is kept, and --continue goes on with the latest.',
  http: {method: 'POST', path: '/api/v1/llm/chat'},
  scopes: ['llm:use'],
  effects: 'write',
  repeatable: false,
  input: z.object({
    message: promptField.describe('What to say'),
    conversation: z.string().min(1).max(100).optional().describe('Continue the conversation with this id'),
    continue: z.boolean().default(false).describe('Continue the latest conversation'),
    model: targetField.optional(),
    ...generation,
    prompt_cache: promptCacheField,
  }),
  output: RoutedOutput.extend({conversation: z.string(), turn: z.int(), text: z.string()}),
  cli: {
    chars: {continue: 'c', model: 'm', system: 's'},
    columns: ['conversation', 'turn', 'text', 'model', 'cost_usd'],
    examples: ['omni llm chat', 'omni llm chat --message "And in the second year?" --continue --json'],
  },
  handler: () => import('../handlers/chat.ts'),
})
