import {daysBefore, events} from '../sample/sample-table.ts'
import {counted, defineTemplate, money, share} from './define-template.ts'

export const anomalyDetection = defineTemplate({
  name: 'Anomaly Detection',
  priority: 2,
  summary: 'Which hours and days are not like the others, in how much happens, how well, how fast and for how much',
  tables: {
    transactions: {
      columns: {
        transaction_id: 'VARCHAR',
        occurred_at: 'TIMESTAMPTZ',
        source: 'VARCHAR',
        outcome: 'VARCHAR',
        amount: 'DOUBLE',
        currency: 'VARCHAR',
        duration_ms: 'BIGINT',
      },
      key: ['transaction_id'],
      time: 'occurred_at',
      measures: {amount: 'amount', duration_ms: 'value'},
      rows: options =>
        events(
          'transactions',
          {perDay: 170, growth: 0.15, weekend: 0.6, unusual: {6: 0.25, 23: 2.1}},
          options,
          (at, random, number) => {
            const before = daysBefore(options.end, at)
            const source = random.choice({Shop: 6, App: 4, Partners: 2, Import: 1})
            const isBroken = before === 15 && source === 'App'
            const isSlow = before === 10
            return {
              transaction_id: `t-${String(number).padStart(6, '0')}`,
              occurred_at: at,
              source,
              outcome: random.chance(isBroken ? 0.55 : 0.025) ? 'failed' : 'done',
              amount: random.skewed(38, 0.5, 2),
              currency: 'EUR',
              duration_ms: random.skewed(isSlow ? 860 : 310, 0.45),
            }
          },
        ),
    },
  },
  metrics: {
    transactions: {kind: 'count', title: 'Transactions', table: 'transactions', unit: counted('transactions')},
    failed: {
      kind: 'count',
      title: 'Failed',
      table: 'transactions',
      where: [{column: 'outcome', values: ['failed', 'error', 'failure', 'refused', 'timeout', 'false']}],
      unit: counted('transactions'),
      better: 'lower',
    },
    failure_rate: {
      kind: 'ratio',
      title: 'Failure rate',
      numerator: 'failed',
      denominator: 'transactions',
      unit: share,
      better: 'lower',
    },
    volume: {kind: 'sum', title: 'Volume', table: 'transactions', column: 'amount', unit: money, better: 'higher'},
    average_amount: {
      kind: 'ratio',
      title: 'Average amount',
      numerator: 'volume',
      denominator: 'transactions',
      unit: money,
    },
    median_duration: {
      kind: 'percentile',
      percentile: 50,
      title: 'Median duration',
      table: 'transactions',
      column: 'duration_ms',
      unit: {kind: 'milliseconds'},
      better: 'lower',
    },
    slow_duration: {
      kind: 'percentile',
      percentile: 95,
      title: '95th percentile of durations',
      table: 'transactions',
      column: 'duration_ms',
      unit: {kind: 'milliseconds'},
      better: 'lower',
    },
  },
  dimensions: {
    source: {title: 'Source', table: 'transactions', column: 'source'},
    outcome: {title: 'Outcome', table: 'transactions', column: 'outcome'},
    currency: {title: 'Currency', table: 'transactions', column: 'currency'},
  },
  synonyms: {
    'transactions.transaction_id': ['id', 'event_id', 'request_id', 'order_id', 'log_id'],
    'transactions.occurred_at': ['timestamp', 'time', 'at', 'created_at', 'date', 'started_at'],
    'transactions.source': ['service', 'channel', 'system', 'origin', 'host', 'component'],
    'transactions.outcome': ['status', 'result', 'state', 'success'],
    'transactions.amount': ['value', 'total', 'price', 'revenue'],
    'transactions.currency': ['currency_code'],
    'transactions.duration_ms': ['latency_ms', 'response_ms', 'elapsed_ms', 'duration'],
  },
  period: {unit: 'day', count: 30},
  panels: [
    {id: 'transactions', kind: 'figure', title: 'Transactions', metric: 'transactions'},
    {id: 'failure-rate', kind: 'figure', title: 'Failure rate', metric: 'failure_rate'},
    {id: 'median-duration', kind: 'figure', title: 'Median duration', metric: 'median_duration'},
    {id: 'volume', kind: 'figure', title: 'Volume', metric: 'volume'},
    {
      id: 'transactions-by-day',
      kind: 'trend',
      title: 'Transactions by day',
      metrics: ['transactions'],
      grain: 'day',
      anomalies: true,
    },
    {
      id: 'failure-rate-by-day',
      kind: 'trend',
      title: 'Failure rate by day',
      metrics: ['failure_rate'],
      grain: 'day',
      anomalies: true,
    },
    {
      id: 'duration-by-day',
      kind: 'trend',
      title: 'Median duration by day',
      metrics: ['median_duration'],
      grain: 'day',
      anomalies: true,
    },
    {id: 'volume-by-day', kind: 'trend', title: 'Volume by day', metrics: ['volume'], grain: 'day', anomalies: true},
    {
      id: 'transactions-by-hour',
      kind: 'trend',
      title: 'Transactions by hour',
      metrics: ['transactions'],
      grain: 'hour',
      anomalies: true,
    },
    {
      id: 'sources-by-day',
      kind: 'matrix',
      title: 'Failure rate by source and day',
      metric: 'failure_rate',
      rows: 'source',
      grain: 'day',
      rank_by: 'transactions',
      top_columns: 24,
    },
    {
      id: 'sources',
      kind: 'breakdown',
      title: 'Failures by source',
      metrics: ['failed', 'failure_rate', 'transactions', 'slow_duration'],
      dimension: 'source',
    },
  ],
})
