import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {generation, promptCacheField, promptField, RoutedOutput, targetField} from './schemas.ts'

export const ask = defineOperation({
  id: 'llm.ask',
  summary: 'Ask a language model',
  description:
    'Picks a deployment, fails over before the first word, and counts every token and nano-dollar. What is configured ' +
    'nowhere is not made up: without a provider it says what to set. With --schema the answer is JSON that was checked.',
  http: {method: 'POST', path: '/api/v1/llm/complete'},
  scopes: ['llm:use'],
  effects: 'write',
  repeatable: false,
  input: z.object({
    prompt: promptField.describe('What to ask'),
    model: targetField.optional(),
    ...generation,
    prompt_cache: promptCacheField,
    images: z
      .array(
        z.object({
          media_type: z.enum(['image/png', 'image/jpeg', 'image/webp', 'image/gif']),
          data: z
            .string()
            .max(28_000_000)
            .regex(/^[A-Za-z0-9+/]+={0,2}$/, 'must be base64'),
        }),
      )
      .max(20)
      .default([])
      .describe('Pictures that belong to the prompt'),
    schema: z.record(z.string(), z.unknown()).optional().describe('JSON schema that the answer has to satisfy'),
    tools: z
      .array(
        z.object({
          name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
          description: z.string().max(10_000).optional(),
          input_schema: z.record(z.string(), z.unknown()),
        }),
      )
      .max(128)
      .default([])
      .describe('Tools that the model may ask for; they are not run'),
    cache: z.enum(['use', 'refresh', 'off']).optional().describe('As the configuration says where it is not given'),
    subject: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('Whom the prompt is about, for what is kept where llm.log_content is on'),
  }),
  output: RoutedOutput.extend({
    text: z.string(),
    reasoning: z.string().describe('What the model said that it thought'),
    json: z.unknown().describe('The answer as data, where a schema was given; else null'),
    tool_calls: z.array(z.object({id: z.string(), name: z.string(), input: z.string()})),
  }),
  cli: {
    args: ['prompt'],
    omit: ['images', 'schema', 'tools'],
    hints: {prompt: 'what comes by a pipe goes before it, or is it'},
    piped: 'prompt',
    chars: {model: 'm', system: 's'},
    columns: ['text', 'model', 'usage.output_tokens', 'cost_usd'],
    examples: [
      'omni llm ask "What is a notice period?"',
      'git diff | omni llm ask "Write a commit message"',
      'omni llm ask "What is in it?" --image invoice.png --schema invoice.schema.json --max-cost 0.05',
    ],
  },
  example: {prompt: 'What is a notice period?', max_tokens: 200},
  handler: () => import('../handlers/ask.ts'),
})
