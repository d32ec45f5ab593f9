import type {SampleRandom} from '../sample/sample-random.ts'
import {daysBefore, events, type SampleOptions, type SampleRow} from '../sample/sample-table.ts'
import {counted, defineTemplate, share} from './define-template.ts'

/** Median milliseconds and median bytes of an answer. */
const routes: Readonly<Record<string, {readonly weight: number; readonly latency: number; readonly bytes: number}>> = {
  'GET /orders': {weight: 9, latency: 48, bytes: 14_000},
  'GET /orders/{id}': {weight: 12, latency: 22, bytes: 2_100},
  'POST /orders': {weight: 4, latency: 118, bytes: 900},
  'GET /customers': {weight: 5, latency: 61, bytes: 9_500},
  'POST /search': {weight: 5, latency: 175, bytes: 22_000},
  'GET /exports/{id}': {weight: 2, latency: 840, bytes: 1_900_000},
  'POST /webhooks': {weight: 2, latency: 34, bytes: 300},
}
const routeWeights = Object.fromEntries(Object.entries(routes).map(([route, {weight}]) => [route, weight]))
const consumers = {
  storefront: 12,
  'mobile-app': 9,
  'warehouse-sync': 5,
  'partner-portal': 4,
  'billing-job': 2,
  'analytics-loader': 2,
}

/**
 * A release breaks exports for five days; a consumer that tries again without waiting runs into its limit for three; and
 * callers move from the first version to the second.
 */
function* calls(options: SampleOptions): Generator<SampleRow> {
  yield* events('api_calls', {perDay: 130, growth: 0.45, weekend: 0.5}, options, (at, random, number) => {
    const consumer = random.chance(0.06) ? random.entity('developer', 60) : random.choice(consumers)
    const route = random.choice(routeWeights)
    const status = statusOf(route, {limited: 0.004, broken: isBroken(route, at, options) ? 0.7 : 0.004}, random)
    const id = `q-${String(number).padStart(7, '0')}`
    return {call_id: id, called_at: at, consumer, ...answered(route, status, at, options, random)}
  })
  const storm = {...options, end: options.end - 17 * 86_400_000, days: 3}
  yield* events('api_call_retries', {perDay: 120}, storm, (at, random, number) => {
    const status = statusOf('GET /orders', {limited: 0.8, broken: 0}, random)
    const id = `retry-${String(number).padStart(5, '0')}`
    return {
      call_id: id,
      called_at: at,
      consumer: 'warehouse-sync',
      ...answered('GET /orders', status, at, options, random),
    }
  })
}

const isBroken = (route: string, at: string, options: SampleOptions) =>
  route === 'GET /exports/{id}' && daysBefore(options.end, at) > 8 && daysBefore(options.end, at) < 13

function statusOf(
  route: string,
  {limited, broken}: {readonly limited: number; readonly broken: number},
  random: SampleRandom,
): number {
  if (random.chance(limited)) return 429
  if (random.chance(broken)) return Number(random.choice({500: 5, 502: 1, 504: 2}))
  if (random.chance(0.035)) return Number(random.choice({400: 4, 401: 3, 403: 1, 404: 6, 422: 3}))
  return route === 'POST /orders' ? 201 : 200
}

function answered(route: string, status: number, at: string, options: SampleOptions, random: SampleRandom): SampleRow {
  const {latency, bytes} = routes[route]!
  const slower = status < 300 ? 1 : 1.6
  return {
    route,
    version: random.chance(0.25 + 0.5 * (1 - daysBefore(options.end, at) / options.days)) ? 'v2' : 'v1',
    status,
    latency_ms: status === 429 ? random.skewed(3, 0.2) : random.skewed(latency * slower, 0.5),
    response_bytes: status < 300 ? random.skewed(bytes, 0.6) : 320,
  }
}

export const apiUsageDashboard = defineTemplate({
  name: 'API Usage Dashboard',
  priority: 2,
  summary: 'Who calls the interface, what they call, how fast it answers and what it refuses',
  tables: {
    api_calls: {
      columns: {
        call_id: 'VARCHAR',
        called_at: 'TIMESTAMPTZ',
        consumer: 'VARCHAR',
        route: 'VARCHAR',
        version: 'VARCHAR',
        status: 'BIGINT',
        latency_ms: 'BIGINT',
        response_bytes: 'BIGINT',
      },
      key: ['call_id'],
      time: 'called_at',
      measures: {latency_ms: 'value', response_bytes: 'amount'},
      rows: calls,
    },
  },
  metrics: {
    calls: {kind: 'count', title: 'Calls', table: 'api_calls', unit: counted('calls'), better: 'higher'},
    consumers: {
      kind: 'distinct',
      title: 'Consumers',
      description: 'Keys or applications with at least one call',
      table: 'api_calls',
      column: 'consumer',
      unit: counted('consumers'),
      better: 'higher',
    },
    errors: {
      kind: 'count',
      title: 'Errors',
      description: 'Answers with a status of 400 and above',
      table: 'api_calls',
      where: [{column: 'status', operator: 'at_least', values: [400]}],
      unit: counted('calls'),
      better: 'lower',
    },
    server_errors: {
      kind: 'count',
      title: 'Server errors',
      description: 'Answers with a status of 500 and above: faults of this side',
      table: 'api_calls',
      where: [{column: 'status', operator: 'at_least', values: [500]}],
      unit: counted('calls'),
      better: 'lower',
    },
    client_errors: {
      kind: 'count',
      title: 'Client errors',
      description: 'Answers from 400 to 499, without 429: what callers did wrong',
      table: 'api_calls',
      where: [
        {column: 'status', operator: 'at_least', values: [400]},
        {column: 'status', operator: 'below', values: [500]},
        {column: 'status', operator: 'is_not', values: [429]},
      ],
      unit: counted('calls'),
      better: 'lower',
    },
    rate_limited: {
      kind: 'count',
      title: 'Rate limited',
      description: 'Answers with the status 429: more calls than the limit allows',
      table: 'api_calls',
      where: [{column: 'status', values: [429]}],
      unit: counted('calls'),
      better: 'lower',
    },
    server_error_rate: {
      kind: 'ratio',
      title: 'Server error rate',
      numerator: 'server_errors',
      denominator: 'calls',
      unit: share,
      better: 'lower',
    },
    client_error_rate: {
      kind: 'ratio',
      title: 'Client error rate',
      numerator: 'client_errors',
      denominator: 'calls',
      unit: share,
      better: 'lower',
    },
    rate_limited_share: {
      kind: 'ratio',
      title: 'Rate-limited share',
      numerator: 'rate_limited',
      denominator: 'calls',
      unit: share,
      better: 'lower',
    },
    median_latency: {
      kind: 'percentile',
      percentile: 50,
      title: 'Median latency',
      table: 'api_calls',
      column: 'latency_ms',
      unit: {kind: 'milliseconds'},
      better: 'lower',
    },
    slow_latency: {
      kind: 'percentile',
      percentile: 95,
      title: '95th percentile of latency',
      description: 'One call in twenty takes longer',
      table: 'api_calls',
      column: 'latency_ms',
      unit: {kind: 'milliseconds'},
      better: 'lower',
    },
    bytes_sent: {
      kind: 'sum',
      title: 'Data sent',
      table: 'api_calls',
      column: 'response_bytes',
      unit: {kind: 'bytes'},
    },
  },
  dimensions: {
    consumer: {title: 'Consumer', table: 'api_calls', column: 'consumer'},
    route: {title: 'Route', table: 'api_calls', column: 'route'},
    version: {title: 'Version', table: 'api_calls', column: 'version'},
    status: {title: 'Status', table: 'api_calls', column: 'status'},
  },
  synonyms: {
    'api_calls.call_id': ['id', 'request_id', 'trace_id', 'correlation_id'],
    'api_calls.called_at': ['timestamp', 'time', 'at', 'started_at', 'request_time', 'created_at', 'date'],
    'api_calls.consumer': ['api_key', 'key_id', 'client', 'client_id', 'application', 'app', 'company', 'user_id'],
    'api_calls.route': ['endpoint', 'path', 'uri', 'url', 'operation', 'resource', 'method'],
    'api_calls.version': ['api_version'],
    'api_calls.status': ['status_code', 'http_status', 'response_status', 'code'],
    'api_calls.latency_ms': ['duration_ms', 'response_time_ms', 'elapsed_ms', 'request_latency', 'latency', 'duration'],
    'api_calls.response_bytes': ['bytes', 'response_size', 'bytes_sent', 'size', 'body_bytes_sent'],
  },
  period: {unit: 'day', count: 30},
  panels: [
    {id: 'calls', kind: 'figure', title: 'Calls', metric: 'calls'},
    {id: 'consumers', kind: 'figure', title: 'Consumers', metric: 'consumers'},
    {id: 'server-error-rate', kind: 'figure', title: 'Server error rate', metric: 'server_error_rate'},
    {id: 'rate-limited', kind: 'figure', title: 'Rate-limited share', metric: 'rate_limited_share'},
    {id: 'slow-latency', kind: 'figure', title: '95th percentile of latency', metric: 'slow_latency'},
    {id: 'bytes-sent', kind: 'figure', title: 'Data sent', metric: 'bytes_sent'},
    {
      id: 'calls-by-version',
      kind: 'trend',
      title: 'Calls by version and day',
      metrics: ['calls'],
      grain: 'day',
      split: 'version',
      mark: 'stacked',
    },
    {
      id: 'errors-by-day',
      kind: 'trend',
      title: 'What went wrong, by day',
      metrics: ['server_errors', 'client_errors', 'rate_limited'],
      grain: 'day',
    },
    {
      id: 'latency-by-day',
      kind: 'trend',
      title: 'Latency by day',
      metrics: ['median_latency', 'slow_latency'],
      grain: 'day',
    },
    {
      id: 'routes',
      kind: 'breakdown',
      title: 'Calls by route',
      metrics: ['calls', 'median_latency', 'slow_latency', 'server_error_rate', 'bytes_sent'],
      dimension: 'route',
    },
    {
      id: 'consumers-by-calls',
      kind: 'breakdown',
      title: 'Calls by consumer',
      metrics: ['calls', 'rate_limited', 'client_error_rate', 'server_error_rate', 'bytes_sent'],
      dimension: 'consumer',
      top: 7,
    },
    {
      id: 'statuses',
      kind: 'breakdown',
      title: 'Errors by status',
      metrics: ['errors', 'consumers'],
      dimension: 'status',
    },
  ],
})
