import type {ReportedTable} from '@omni-ops/core/operation'

/** Who asked is not told: what a model cost and how fast it was is. */
export const reportedTables: readonly ReportedTable[] = [
  {
    name: 'model_requests',
    table: 'llm_requests',
    key: 'id',
    scopes: ['llm:read'],
    columns: {
      request_id: {of: 'id', as: 'text'},
      requested_at: {of: 'at', as: 'instant'},
      model: {of: 'model', as: 'text'},
      provider: {of: 'provider', as: 'text'},
      deployment: {of: 'deployment', as: 'text'},
      purpose: {of: 'purpose', as: 'text'},
      outcome: {of: 'outcome', as: 'text'},
      caller: {of: 'principal', as: 'pseudonym'},
      latency_ms: {of: 'duration_ms', as: 'integer'},
      input_tokens: {of: 'input_tokens', as: 'integer'},
      output_tokens: {of: 'output_tokens', as: 'integer'},
      cost_usd: {of: 'cost_nano_usd', as: {decimals: 9}},
    },
    async complete(context) {
      const {ledgerOf} = await import('../routing/open-engine.ts')
      await (await ledgerOf(context)).complete(context)
    },
  },
]
