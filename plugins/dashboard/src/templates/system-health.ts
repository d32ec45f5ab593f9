import {samples, type SampleRow} from '../sample/sample-table.ts'
import {counted, defineTemplate, share} from './define-template.ts'

const services = {api: 90, web: 140, worker: 220, search: 60}
const hosts = ['ljubljana-1', 'ljubljana-2', 'graz-1']

/** A night on which search hardly answers. */
const outage = {from: '2026-06-13T01:00', to: '2026-06-13T05:30'}

/** From 0 at night to 1 in the early afternoon. */
const daytime = (hour: number) => Math.max(0, Math.sin(((hour - 5) / 15) * Math.PI))

export const systemHealth = defineTemplate({
  name: 'System Health',
  priority: 1,
  summary: 'Whether services answer, how fast, and how near machines are to their limits',
  tables: {
    checks: {
      columns: {
        check_id: 'VARCHAR',
        checked_at: 'TIMESTAMPTZ',
        service: 'VARCHAR',
        up: 'BOOLEAN',
        response_ms: 'BIGINT',
      },
      key: ['check_id'],
      time: 'checked_at',
      measures: {response_ms: 'value'},
      rows: options => {
        let number = 0
        return samples(
          'checks',
          15,
          {...options, days: Math.min(options.days, 40)},
          function* (at, hour, random): Generator<SampleRow> {
            for (const [service, median] of Object.entries(services)) {
              number += 1
              const isOut = service === 'search' && at >= outage.from && at < outage.to
              const up = !random.chance(isOut ? 0.8 : 0.001)
              const busy = 1 + 0.7 * daytime(hour)
              yield {
                check_id: `k-${String(number).padStart(7, '0')}`,
                checked_at: at,
                service,
                up,
                response_ms: up ? random.skewed(median * busy, 0.18) : null,
              }
            }
          },
        )
      },
    },
    host_usage: {
      columns: {
        measured_at: 'TIMESTAMPTZ',
        host: 'VARCHAR',
        cpu_used_seconds: 'DOUBLE',
        cpu_available_seconds: 'BIGINT',
        memory_used_bytes: 'BIGINT',
      },
      key: ['measured_at', 'host'],
      time: 'measured_at',
      measures: {cpu_used_seconds: 'amount', cpu_available_seconds: 'amount', memory_used_bytes: 'value'},
      rows: options =>
        samples(
          'host_usage',
          60,
          {...options, days: Math.min(options.days, 40)},
          function* (at, hour, random): Generator<SampleRow> {
            for (const [index, host] of hosts.entries()) {
              const cores = index === 2 ? 4 : 8
              const load = Math.min(0.97, (0.14 + 0.09 * index + 0.38 * daytime(hour)) * random.skewed(1, 0.1, 3))
              yield {
                measured_at: at,
                host,
                cpu_used_seconds: Number((load * cores * 3600).toFixed(1)),
                cpu_available_seconds: cores * 3600,
                memory_used_bytes: Math.round((8 + 4 * index + 6 * load) * 1_073_741_824),
              }
            }
          },
        ),
    },
  },
  metrics: {
    checks: {kind: 'count', title: 'Checks', table: 'checks', unit: counted('checks')},
    answered: {
      kind: 'count',
      title: 'Answered checks',
      table: 'checks',
      where: [{column: 'up', values: [true]}],
      unit: counted('checks'),
      better: 'higher',
    },
    failed: {
      kind: 'count',
      title: 'Failed checks',
      table: 'checks',
      where: [{column: 'up', values: [false]}],
      unit: counted('checks'),
      better: 'lower',
    },
    availability: {
      kind: 'ratio',
      title: 'Availability',
      description: 'Answered checks as a share of all',
      numerator: 'answered',
      denominator: 'checks',
      unit: share,
      better: 'higher',
    },
    median_response: {
      kind: 'percentile',
      percentile: 50,
      title: 'Median response',
      table: 'checks',
      column: 'response_ms',
      unit: {kind: 'milliseconds'},
      better: 'lower',
    },
    slow_response: {
      kind: 'percentile',
      percentile: 99,
      title: '99th percentile of responses',
      table: 'checks',
      column: 'response_ms',
      unit: {kind: 'milliseconds'},
      better: 'lower',
    },
    cpu_used: {
      kind: 'sum',
      title: 'Processor time used',
      table: 'host_usage',
      column: 'cpu_used_seconds',
      unit: {kind: 'seconds'},
    },
    cpu_available: {
      kind: 'sum',
      title: 'Processor time there is',
      table: 'host_usage',
      column: 'cpu_available_seconds',
      unit: {kind: 'seconds'},
    },
    cpu_load: {
      kind: 'ratio',
      title: 'Processor load',
      description: 'Seconds used as a share of the seconds that all cores had',
      numerator: 'cpu_used',
      denominator: 'cpu_available',
      unit: share,
      better: 'lower',
    },
    memory_peak: {
      kind: 'maximum',
      title: 'Most memory used',
      table: 'host_usage',
      column: 'memory_used_bytes',
      unit: {kind: 'bytes'},
      better: 'lower',
    },
  },
  dimensions: {
    service: {title: 'Service', table: 'checks', column: 'service'},
    host: {title: 'Host', table: 'host_usage', column: 'host'},
  },
  synonyms: {
    'checks.check_id': ['id'],
    'checks.checked_at': ['timestamp', 'time', 'at'],
    'checks.service': ['target', 'endpoint', 'component'],
    'checks.up': ['ok', 'success', 'healthy'],
    'checks.response_ms': ['latency_ms', 'duration_ms'],
    'host_usage.measured_at': ['timestamp', 'time', 'at'],
    'host_usage.host': ['hostname', 'instance', 'machine', 'node'],
  },
  period: {unit: 'day', count: 14},
  panels: [
    {id: 'availability', kind: 'figure', title: 'Availability', metric: 'availability'},
    {id: 'failed', kind: 'figure', title: 'Failed checks', metric: 'failed'},
    {id: 'slow-response', kind: 'figure', title: '99th percentile of responses', metric: 'slow_response'},
    {id: 'cpu-load', kind: 'figure', title: 'Processor load', metric: 'cpu_load'},
    {
      id: 'response-by-hour',
      kind: 'trend',
      title: 'Median response by service and hour',
      metrics: ['median_response'],
      grain: 'hour',
      split: 'service',
    },
    {
      id: 'load-by-hour',
      kind: 'trend',
      title: 'Processor load by host and hour',
      metrics: ['cpu_load'],
      grain: 'hour',
      split: 'host',
    },
    {
      id: 'failed-by-day',
      kind: 'trend',
      title: 'Failed checks by service and day',
      metrics: ['failed'],
      grain: 'day',
      split: 'service',
      mark: 'stacked',
    },
    {
      id: 'services',
      kind: 'breakdown',
      title: 'Availability by service',
      metrics: ['availability', 'failed', 'median_response', 'slow_response'],
      dimension: 'service',
    },
    {
      id: 'hosts',
      kind: 'breakdown',
      title: 'Most memory used by host',
      metrics: ['memory_peak', 'cpu_load'],
      dimension: 'host',
    },
  ],
})
