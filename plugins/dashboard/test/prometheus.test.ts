import {createServer, type RequestListener} from 'node:http'
import type {AddressInfo} from 'node:net'
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest'
import {testContext} from '@omni-ops/core/testing'
import {Settings} from '@omni-ops/core/config'
import type {DataSession} from '../src/data/data-session.ts'
import {openPrometheus} from '../src/data/prometheus/load-prometheus.ts'
import {expressionOf, PrometheusQueries, readQueries} from '../src/data/prometheus/prometheus-queries.ts'
import {PrometheusServer} from '../src/data/prometheus/prometheus-server.ts'
import {bindTemplate} from '../src/templates/bind-template.ts'
import {templateNamed} from '../src/templates/index.ts'
import {catalogueOf, show, temporaryDirectory} from './support/data.ts'
import {missingPrometheus, startPrometheus, type TestPrometheus} from './support/prometheus.ts'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'

const begin = Date.parse('2026-06-14T00:00:00Z') / 1000
const minutesOfDay = 24 * 60

/**
 * Two days, a sample a minute. `a` begins anew at 02:30 of the first, `b` is not scraped from 03:01 to 05:00, and has one
 * peak between two steps.
 */
function samples(): string {
  const lines: string[] = ['# TYPE requests counter']
  const each = (name: string, instance: string, value: (minute: number) => number | undefined) => {
    for (let minute = 0; minute <= 2 * minutesOfDay; minute++) {
      const found = value(minute)
      if (found !== undefined) lines.push(`${name}{instance="${instance}",mode="user"} ${found} ${begin + minute * 60}`)
    }
  }
  const isSilent = (minute: number) => minute > 180 && minute <= 300
  each('requests_total', 'a', minute => (minute < 150 ? minute : minute - 150))
  each('requests_total', 'b', minute => (isSilent(minute) ? undefined : 2 * minute))
  lines.push('# TYPE memory gauge')
  each('memory', 'a', () => 100)
  each('memory', 'b', minute => (isSilent(minute) ? undefined : minute === 77 ? 900 : 50))
  return `${lines.join('\n')}\n# EOF\n`
}

const queries = (input: object = {}) =>
  PrometheusQueries.parse({
    version: 1,
    tables: {
      host_usage: {
        time: 'measured_at',
        labels: {host: 'instance'},
        columns: {
          cpu_used_seconds: {counter: 'requests_total'},
          cpu_available_seconds: {query: 'sum by (instance) (count_over_time(memory[$step])) * 60', measure: 'amount'},
          memory_used_bytes: {gauge: 'memory', over: 'max', across: 'max'},
          nothing: {query: 'sum by (instance) (rate(requests_total[$step])) / 0', measure: 'ratio'},
        },
      },
    },
    ...input,
  })

const until = '2026-06-16T00:00:30Z'
const absent = missingPrometheus()
if (absent !== undefined) process.stderr.write(`skipped: data from a Prometheus server (${absent})\n`)

describe.skipIf(absent !== undefined)('data from a Prometheus server', () => {
  let server: TestPrometheus
  let session: DataSession
  const open = (asked: PrometheusQueries, days: number, zone = 'UTC') =>
    openPrometheus({address: server.url, queries: asked, history: {days, until}, zone}, testContext())

  beforeAll(async () => {
    server = await startPrometheus(samples())
  })
  afterAll(async () => {
    await session?.close()
    await server?.stop()
  })
  const usage = async () => (session ??= await open(queries(), 3))

  test('a row is of one whole step and begins with it', async () => {
    const rows = await (
      await usage()
    ).query(
      `SELECT strftime(measured_at, '%d %H') AS hour, host, round(cpu_used_seconds) AS used, memory_used_bytes AS memory, nothing
      FROM host_usage WHERE measured_at < TIMESTAMPTZ '2026-06-14 07:00:00Z' ORDER BY host, measured_at`,
    )
    const of = (host: string) =>
      rows.filter(row => row.host === host).map(({hour, used, memory}) => [hour, used, memory])
    // A minute's worth is lost where the counter begins anew.
    expect(of('a')).toEqual([0, 1, 2, 3, 4, 5, 6].map(hour => [`14 0${hour}`, hour === 2 ? 59 : 60, 100]))
    expect(of('b').filter(([hour]) => hour !== '14 03' && hour !== '14 04')).toEqual([
      ['14 00', 120, 50],
      ['14 01', 120, 900],
      ['14 02', 120, 50],
      ['14 05', 120, 50],
      ['14 06', 120, 50],
    ])
    expect(rows.every(({nothing}) => nothing === null)).toBe(true)
  })

  test('where nothing was scraped there is a gap, and no 0', async () => {
    const catalogue = catalogueOf({
      tables: {
        host_usage: {
          key: ['measured_at', 'host'],
          time: {column: 'measured_at', kind: 'instant'},
          measures: {cpu_used_seconds: 'amount'},
        },
      },
      metrics: {
        used: {kind: 'sum', title: 'U', table: 'host_usage', column: 'cpu_used_seconds', unit: {kind: 'seconds'}},
      },
      dimensions: {host: {title: 'H', table: 'host_usage', column: 'host'}},
    })
    const panel = {
      id: 'p',
      kind: 'trend',
      title: 'P',
      metrics: ['used'],
      grain: 'hour',
      filters: [{dimension: 'host', values: ['b']}],
    }
    const {data} = await show(await usage(), {catalogue, panel, period: {unit: 'day', count: 2}})
    if (data.kind !== 'trend') throw new Error('no trend')
    const values = data.series[0]!.values.slice(0, 7).map(value => (value === null ? null : Math.round(Number(value))))
    expect(values).toEqual([120, 120, 120, null, null, 120, 120])
  })

  test('a type finds its table by its name', async () => {
    const opened = await usage()
    const {catalogue} = await bindTemplate(templateNamed('System Health'), await opened.schema(), opened)
    expect(Object.keys(catalogue.metrics)).toEqual(['cpu_used', 'cpu_available', 'cpu_load', 'memory_peak'])
  })

  test('more points than a server answers at once come in pages, none twice', async () => {
    const asked = queries({step: '1m', tables: {minutes: {columns: {n: {gauge: 'memory', across: 'max'}}}}})
    await using opened = await open(asked, 10)
    const [found] = await opened.query('SELECT count(*) AS n, count(DISTINCT "at") AS moments FROM minutes')
    expect(found).toEqual({n: String(2 * minutesOfDay), moments: String(2 * minutesOfDay)})
  })

  test.each([
    ['a query that is none', {query: 'sum(', measure: 'value'}, 'data_query_failed', 'bad_data'],
    ['the sum of counters as a counter', {counter: 'sum(requests_total)'}, 'data_query_failed', 'bad_data'],
    ['series that the table cannot tell apart', {query: 'memory', measure: 'value'}, 'invalid_input', 'instance, mode'],
  ])('%s is refused', async (_case, column, code, message) => {
    const asked = queries({tables: {t: {columns: {n: column}}}})
    await expect(open(asked, 1)).rejects.toMatchObject({code, message: expect.stringContaining(message)})
  })

  test('steps that would lie across midnight are refused', async () => {
    await expect(open(queries(), 1, 'Asia/Kolkata')).rejects.toThrow(
      'Days of Asia/Kolkata begin in the middle of a step',
    )
    await using opened = await open(queries({step: '15m'}), 1, 'Asia/Kathmandu')
    expect((await opened.schema()).has('host_usage')).toBe(true)
  })
})

/** Answers as a server might that is broken, hostile or guarded. */
async function answering(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const range = {expression: 'up', first: 0, last: 60, step: 60}
const matrix = (result: unknown) => JSON.stringify({status: 'success', data: {resultType: 'matrix', result}})

test('a redirect is not followed', async () => {
  let asked = 0
  const inner = await answering((_request, response) => {
    asked += 1
    response.end(matrix([]))
  })
  const outer = await answering((_request, response) => response.writeHead(307, {location: inner}).end())
  const server = PrometheusServer.named(outer, {}, testContext())
  await expect(server.range(range)).rejects.toMatchObject({code: 'data_unavailable'})
  expect(asked).toBe(0)
})

test.each(['http://169.254.169.254', 'http://[fe80::1]', 'http://0.0.0.0:9090', 'http://[::ffff:169.254.169.254]'])(
  '%s, where no server is, is not asked',
  async address => {
    const server = PrometheusServer.named(address, {}, testContext())
    await expect(server.range(range)).rejects.toThrow('is at no address that servers have')
  },
)

test.each([
  ['no JSON', 200, '<html>', 'unreadable_data'],
  ['JSON of something else', 200, '{"hello": 1}', 'unreadable_data'],
  [
    'one value instead of a range',
    200,
    '{"status":"success","data":{"resultType":"vector","result":[]}}',
    'unreadable_data',
  ],
  ['native histograms', 200, matrix([{metric: {}, histograms: [[0, {}]]}]), 'unreadable_data'],
  ['a proxy that is broken', 502, 'Bad Gateway', 'data_unavailable'],
  ['no entry', 401, '', 'data_denied'],
  ['a query that takes too long', 503, '{"status":"error","errorType":"timeout","error":"x"}', 'data_query_failed'],
])('a server that answers %s is told', async (_case, status, body, code) => {
  const address = await answering((_request, response) => response.writeHead(status).end(body))
  await expect(PrometheusServer.named(address, {}, testContext()).range(range)).rejects.toMatchObject({code})
})

test('an answer that is cut off is no answer', async () => {
  const address = await answering((_request, response) => {
    response.writeHead(200, {'content-length': '1000'})
    response.write(matrix([]))
    setImmediate(() => response.destroy())
  })
  await expect(PrometheusServer.named(address, {}, testContext()).range(range)).rejects.toMatchObject({
    code: 'data_unavailable',
  })
})

const withSecrets = () => ({
  ...testContext(),
  settings: new Settings([], {env: {TOKEN: 't0ken', PASSWORD: 'hunter2'}}),
})

test('secrets come by reference, and go in the header alone', async () => {
  const seen: string[] = []
  const address = await answering((request, response) => {
    seen.push(`${request.headers.authorization} ${request.url}`)
    response.end(matrix([]))
  })
  await PrometheusServer.named(address, {authorization: {bearer: 'env:TOKEN'}}, withSecrets()).range(range)
  const basic = {authorization: {user: 'me', password: 'env:PASSWORD'}}
  await PrometheusServer.named(`${address}/tenant`, basic, withSecrets()).range(range)
  await PrometheusServer.named(address.replace('//', '//me:hunter2@'), {}, withSecrets()).range(range)
  const encoded = `Basic ${Buffer.from('me:hunter2').toString('base64')}`
  expect(seen).toEqual([
    'Bearer t0ken /api/v1/query_range',
    `${encoded} /tenant/api/v1/query_range`,
    `${encoded} /api/v1/query_range`,
  ])
  expect(() => PrometheusServer.named('http://db.example:9090', basic, withSecrets())).toThrow('in the clear')
  expect(() => PrometheusServer.named(address, {authorization: {bearer: 'env:NOTHING'}}, withSecrets())).toThrow(
    'env:NOTHING holds no secret',
  )
})

test('the rate of each series is taken before any sum', () => {
  expect(expressionOf({counter: 'x_total{a="b"}'}, ['route'], 300)).toBe(
    'sum by (route) (increase(x_total{a="b"}[300s]))',
  )
  expect(expressionOf({gauge: 'x', over: 'avg', across: 'sum'}, [], 60)).toBe('sum by () (avg_over_time(x[60s]))')
  expect(expressionOf({query: 'f(x[$step])', measure: 'value'}, [], 60)).toBe('f(x[60s])')
})

test.each([
  ['no tables', 'version: 1\ntables: {}', 'there is no table'],
  [
    'a query that does not say what it measures',
    'version: 1\ntables: {t: {columns: {n: {query: up}}}}',
    'tables.t.columns.n',
  ],
  ['a gauge without a way across series', 'version: 1\ntables: {t: {columns: {n: {gauge: up}}}}', 'tables.t.columns.n'],
  [
    'a label that is none',
    'version: 1\ntables: {t: {labels: {a: "b) or up"}, columns: {n: {counter: x}}}}',
    'labels.a',
  ],
  [
    'a secret',
    'version: 1\nauthorization: {bearer: t0ken}\ntables: {t: {columns: {n: {counter: x}}}}',
    'authorization',
  ],
  ['another step', 'version: 1\nstep: 7m\ntables: {t: {columns: {n: {counter: x}}}}', 'step'],
])('a file with %s is refused', async (_case, text, message) => {
  const file = join(temporaryDirectory(), 'queries.yaml')
  writeFileSync(file, text)
  await expect(readQueries(file)).rejects.toThrow(message)
})
