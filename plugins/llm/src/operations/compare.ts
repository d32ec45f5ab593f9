import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {generation, promptField, targetField} from './schemas.ts'

export const compare = defineOperation({
  id: 'llm.compare',
  summary: 'Ask several models the same, side by side',
  http: {method: 'POST', path: '/api/v1/llm/compare'},
  scopes: ['llm:use'],
  effects: 'write',
  repeatable: false,
  input: z.object({
    prompt: promptField.describe('What to ask'),
    models: z.array(targetField).min(1).max(20).describe('Groups, deployments or provider/model'),
    ...generation,
  }),
  output: z.object({
    answers: z.array(
      z.object({
        target: z.string(),
        model: z.string(),
        provider: z.string(),
        text: z.string(),
        latency_ms: z.number(),
        input_tokens: z.int().nullable(),
        output_tokens: z.int().nullable(),
        cost_usd: z.string().nullable().describe('Null where no price is known'),
        error: z.string().nullable().describe('Why there is no answer'),
      }),
    ),
  }),
  cli: {
    args: ['prompt'],
    hints: {prompt: 'what comes by a pipe goes before it, or is it', models: 'with commas, or once for each'},
    commas: ['models'],
    piped: 'prompt',
    chars: {models: 'm', system: 's'},
    rows: 'answers',
    columns: ['target', 'text', 'latency_ms', 'input_tokens', 'output_tokens', 'cost_usd', 'error'],
    examples: ['omni llm compare "What is a notice period?" --models fast,anthropic/claude-haiku-4-5'],
  },
  outcome: ({answers}) =>
    answers.every(({error}) => error !== null) ? 1 : answers.some(({error}) => error !== null) ? 3 : 0,
  handler: () => import('../handlers/compare.ts'),
})
