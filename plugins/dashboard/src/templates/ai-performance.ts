import {events} from '../sample/sample-table.ts'
import {counted, defineTemplate, dollars, share} from './define-template.ts'

const pricePerToken: Readonly<Record<string, number>> = {
  'small-fast': 0.000_000_4,
  balanced: 0.000_003,
  large: 0.000_015,
}

export const aiPerformance = defineTemplate({
  name: 'AI Performance',
  priority: 1,
  summary: 'How fast, how sound and how dear the models answer',
  tables: {
    model_requests: {
      columns: {
        request_id: 'VARCHAR',
        requested_at: 'TIMESTAMPTZ',
        model: 'VARCHAR',
        purpose: 'VARCHAR',
        outcome: 'VARCHAR',
        latency_ms: 'BIGINT',
        input_tokens: 'BIGINT',
        output_tokens: 'BIGINT',
        cost_usd: 'DOUBLE',
      },
      key: ['request_id'],
      time: 'requested_at',
      measures: {latency_ms: 'value', input_tokens: 'amount', output_tokens: 'amount', cost_usd: 'amount'},
      rows: options =>
        events('model_requests', {perDay: 160, growth: 0.9, weekend: 0.4}, options, (at, random, number) => {
          const model = random.choice({'small-fast': 6, balanced: 3, large: 1})
          const failed = random.chance(model === 'large' ? 0.035 : 0.012)
          const input = random.skewed(900, 0.8)
          const output = failed ? 0 : random.skewed(240, 0.7)
          return {
            request_id: `r-${String(number).padStart(7, '0')}`,
            requested_at: at,
            model,
            purpose: random.choice({answer: 6, summary: 2, classification: 3, extraction: 1}),
            outcome: failed ? random.choice({timeout: 2, rate_limited: 3, refused: 1}) : 'answered',
            latency_ms: random.skewed(model === 'large' ? 2900 : model === 'balanced' ? 1400 : 520, 0.5),
            input_tokens: input,
            output_tokens: output,
            cost_usd: Number(((input + 4 * output) * pricePerToken[model]!).toFixed(6)),
          }
        }),
    },
  },
  metrics: {
    requests: {kind: 'count', title: 'Requests', table: 'model_requests', unit: counted('requests')},
    failures: {
      kind: 'count',
      title: 'Failures',
      table: 'model_requests',
      where: [{column: 'outcome', operator: 'is_not', values: ['answered', 'cached', 'ok', 'success']}],
      unit: counted('requests'),
      better: 'lower',
    },
    failure_rate: {
      kind: 'ratio',
      title: 'Failure rate',
      numerator: 'failures',
      denominator: 'requests',
      unit: share,
      better: 'lower',
    },
    median_latency: {
      kind: 'percentile',
      percentile: 50,
      title: 'Median latency',
      table: 'model_requests',
      column: 'latency_ms',
      unit: {kind: 'milliseconds'},
      better: 'lower',
    },
    slow_latency: {
      kind: 'percentile',
      percentile: 95,
      title: '95th percentile of latency',
      description: 'One request in twenty takes longer',
      table: 'model_requests',
      column: 'latency_ms',
      unit: {kind: 'milliseconds'},
      better: 'lower',
    },
    input_tokens: {
      kind: 'sum',
      title: 'Tokens read',
      table: 'model_requests',
      column: 'input_tokens',
      unit: counted('tokens'),
    },
    output_tokens: {
      kind: 'sum',
      title: 'Tokens written',
      table: 'model_requests',
      column: 'output_tokens',
      unit: counted('tokens'),
    },
    cost: {kind: 'sum', title: 'Cost', table: 'model_requests', column: 'cost_usd', unit: dollars, better: 'lower'},
    cost_per_request: {
      kind: 'ratio',
      title: 'Cost per request',
      numerator: 'cost',
      denominator: 'requests',
      unit: dollars,
      better: 'lower',
    },
  },
  dimensions: {
    model: {title: 'Model', table: 'model_requests', column: 'model'},
    purpose: {title: 'Purpose', table: 'model_requests', column: 'purpose'},
    outcome: {title: 'Outcome', table: 'model_requests', column: 'outcome'},
  },
  synonyms: {
    'model_requests.requested_at': ['at', 'timestamp', 'created_at', 'time', 'started_at'],
    'model_requests.request_id': ['id'],
    'model_requests.latency_ms': ['duration_ms', 'response_ms', 'elapsed_ms'],
    'model_requests.input_tokens': ['prompt_tokens', 'tokens_in'],
    'model_requests.output_tokens': ['completion_tokens', 'tokens_out'],
    'model_requests.cost_usd': ['usd', 'price_usd'],
    'model_requests.outcome': ['status', 'result'],
    'model_requests.purpose': ['operation', 'task', 'use_case'],
  },
  period: {unit: 'day', count: 30},
  panels: [
    {id: 'requests', kind: 'figure', title: 'Requests', metric: 'requests'},
    {id: 'failure-rate', kind: 'figure', title: 'Failure rate', metric: 'failure_rate'},
    {id: 'slow-latency', kind: 'figure', title: '95th percentile of latency', metric: 'slow_latency'},
    {id: 'cost', kind: 'figure', title: 'Cost', metric: 'cost'},
    {
      id: 'latency-by-day',
      kind: 'trend',
      title: 'Latency by day',
      metrics: ['median_latency', 'slow_latency'],
      grain: 'day',
    },
    {
      id: 'requests-by-model',
      kind: 'trend',
      title: 'Requests by model and day',
      metrics: ['requests'],
      grain: 'day',
      split: 'model',
      mark: 'stacked',
    },
    {id: 'failure-rate-by-day', kind: 'trend', title: 'Failure rate by day', metrics: ['failure_rate'], grain: 'day'},
    {
      id: 'models',
      kind: 'breakdown',
      title: 'Cost by model',
      metrics: ['cost', 'requests', 'cost_per_request', 'slow_latency', 'failure_rate'],
      dimension: 'model',
    },
    {
      id: 'purposes',
      kind: 'breakdown',
      title: 'Tokens written by purpose',
      metrics: ['output_tokens', 'input_tokens', 'cost'],
      dimension: 'purpose',
    },
  ],
})
