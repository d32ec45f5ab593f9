import * as z from 'zod'

export const targetField = z.string().min(1).max(200).describe('A group, a deployment, or provider/model')

export const usdField = z.string().regex(/^\d{1,9}(\.\d{1,9})?$/, 'must be US dollars, such as 0.05')

export const promptField = z.string().min(1, 'must not be empty').max(2_000_000)

export const capabilityNames = ['text', 'vision', 'tools', 'schema', 'reasoning', 'embeddings', 'streaming'] as const

/** What may be set about the generation. */
export const generation = {
  system: z.string().max(200_000).optional().describe('Instructions that rank above the prompt'),
  max_tokens: z.int().min(1).max(1_000_000).optional().describe('The most tokens to generate, thoughts included'),
  temperature: z.number().min(0).max(2).optional().describe('From 0 to 2; as the provider does without it'),
  max_cost: usdField.optional().describe('The most US dollars that it may cost, by its worst case'),
  region: z.string().min(1).max(60).optional().describe('Only deployments of this region'),
}

export const AttemptOutput = z.object({
  deployment: z.string(),
  provider: z.string(),
  model: z.string(),
  outcome: z.string().describe('`answered`, or the class of the failure: a provider’s text can echo secrets'),
  status: z.int().nullable().describe('Of the HTTP answer'),
  started_at: z.iso.datetime(),
  duration_ms: z.number(),
})

export const UsageOutput = z.object({
  input_tokens: z.int().nullable(),
  cache_read_tokens: z.int().nullable(),
  cache_write_tokens: z.int().nullable(),
  output_tokens: z.int().nullable(),
  reasoning_tokens: z.int().nullable(),
  estimated: z.boolean().describe('Counted by omni, because the provider did not say'),
})

/** How an answer came about, the same for every operation that asks. */
export const RoutedOutput = z.object({
  request_id: z.string(),
  model: z.string(),
  provider: z.string(),
  deployment: z.string().nullable(),
  finish_reason: z.enum(['stop', 'length', 'tool-calls', 'content-filter', 'other']),
  usage: UsageOutput,
  cost_usd: z.string().nullable().describe('Null where no price is known'),
  cache: z.enum(['hit', 'miss', 'off']),
  latency_ms: z.number(),
  overhead_ms: z.number().describe('Of that, what no provider took'),
  attempts: z.array(AttemptOutput),
  warnings: z.array(z.object({parameter: z.string(), message: z.string()})),
})

export const BudgetOutput = z.object({
  id: z.string().nullable().describe('Null for a budget of the configuration'),
  scope: z.enum(['tenant', 'key', 'model']),
  of: z.string().describe('The key’s prefix or the model; empty for every one by itself'),
  window: z.enum(['day', 'week', 'month', 'total']),
  time_zone: z.string(),
  limit_usd: z.string(),
  hard: z.boolean(),
})
