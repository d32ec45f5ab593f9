import type {PGlite} from '@electric-sql/pglite'
import {afterAll, beforeAll, beforeEach, expect, onTestFinished, test} from 'vitest'
import {PgliteSocket, startPglite} from '../../../../src/testing/pglite.ts'
import {type DashboardData, readDashboard} from '../../src/build/dashboard-data.ts'
import {openPostgres, type PostgresRequest} from '../../src/data/postgres/load-postgres.ts'
import type {Catalogue} from '../../src/catalogue/catalogue.ts'
import type {PanelData} from '../../src/query/panel-data.ts'
import type {Quantity} from '../../src/query/metric-query.ts'
import {renderGrafana} from '../../src/render/grafana/render-grafana.ts'
import {sampleOptions} from '../../src/sample/open-sample.ts'
import type {SampleTable} from '../../src/sample/sample-table.ts'
import {DashboardSpec} from '../../src/spec/dashboard-spec.ts'
import {templateNamed} from '../../src/templates/index.ts'
import {catalogueOf, signal} from '../support/data.ts'
import {hostile} from '../support/dashboards.ts'

let database: PGlite
beforeAll(async () => {
  database = await startPglite()
  // Grafana connects with whatever the server has: nothing may depend on it.
  await database.exec("set TimeZone = 'America/New_York'")
})
afterAll(() => database?.close())
beforeEach(() =>
  database.exec('drop schema if exists "Shop $x" cascade; drop schema public cascade; create schema public'),
)

interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly description?: string
  readonly gridPos: {readonly x: number; readonly y: number; readonly w: number; readonly h: number}
  readonly datasource?: {readonly uid: string}
  readonly targets?: readonly {readonly rawSql?: string; readonly format?: string}[]
}
interface Dashboard {
  readonly time: {readonly from: string; readonly to: string}
  readonly templating: {readonly list: readonly object[]}
  readonly panels: readonly Panel[]
}
type Rows = readonly (readonly unknown[])[]

/** Grafana's macros as pkg/tsdb/grafana-postgresql-datasource/macros.go has them: anything else of that form is an error. */
function asGrafanaAsks(sql: string, {time}: Dashboard): string {
  return sql.replaceAll(/\$([_a-zA-Z0-9]+)\(([^)]*)\)/g, (whole, name: string) => {
    if (name === '__timeFrom') return `'${time.from}'`
    if (name === '__timeTo') return `'${time.to}'`
    throw new Error(`unknown macro ${whole}`)
  })
}

async function rowsOf(panel: Panel, dashboard: Dashboard): Promise<Rows> {
  const sql = asGrafanaAsks(panel.targets![0]!.rawSql!, dashboard)
  // What is left would be taken for a variable.
  expect(sql).not.toMatch(/\$\w|\$\{|\[\[/)
  const {rows} = await database.query<unknown[]>(sql, [], {rowMode: 'array'})
  return rows
}

async function load(tables: Readonly<Record<string, SampleTable>>, double: string): Promise<void> {
  const types = {
    VARCHAR: 'text',
    BIGINT: 'bigint',
    DOUBLE: double,
    BOOLEAN: 'boolean',
    DATE: 'date',
    TIMESTAMPTZ: 'timestamptz',
  }
  for (const [name, {columns, rows}] of Object.entries(tables)) {
    const definition = Object.entries(columns).map(([column, type]) => `"${column}" ${types[type]}`)
    await database.exec(`create table "${name}" (${definition.join(', ')})`)
    await database.query(`insert into "${name}" select * from json_populate_recordset(null::"${name}", $1)`, [
      JSON.stringify([...rows]),
    ])
  }
}

async function readFrom(request: Partial<PostgresRequest>, catalogue: Catalogue, spec: DashboardSpec, zone: string) {
  const session = await openPostgres(
    {
      address: 'postgres://postgres@localhost/postgres',
      client: {stream: () => new PgliteSocket(database) as never},
      needs: {templates: [], catalogue},
      ...request,
    },
    {signal},
  )
  onTestFinished(() => session.close())
  const data = await readDashboard({spec, catalogue, missing: [], source: 'PostgreSQL', zone}, session)
  return {data, dashboard: JSON.parse(await renderGrafana(data)) as Dashboard}
}

/** Decimals to their last digit; quotients and percentiles as the binary numbers that they are. */
function same(found: unknown, expected: Quantity | undefined): boolean {
  if (found === null || expected === null || expected === undefined) return found === null && expected === null
  if (typeof found === 'number') return found === Number(expected)
  return (
    String(found)
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, '') === expected
  )
}

/** How many numbers were compared. */
function compare(panel: Panel, rows: Rows, data: PanelData, isSplit: boolean): number {
  const check = (found: readonly unknown[], expected: readonly (Quantity | undefined)[]) => {
    const wrong = found.flatMap((value, index) =>
      same(value, expected[index]) ? [] : [{value, expected: expected[index]}],
    )
    expect({panel: panel.title, wrong}).toEqual({panel: panel.title, wrong: []})
    expect(found).toHaveLength(expected.length)
    return found.length
  }
  const column = (index: number) => rows.map(row => row[index])
  switch (data.kind) {
    case 'figure':
      return check(rows[0]!, [data.value, data.previous, ...(data.target === undefined ? [] : [data.target.value])])
    case 'trend': {
      const starts = data.buckets.map(({start}) => Date.parse(start))
      const time = (row: readonly unknown[]) => (row[0] as Date).getTime()
      if (isSplit) {
        const found = data.series.map((_, place) => rows.filter(row => Number(row[1]) === place + 1))
        expect(found.map(part => part[0]![2])).toEqual(data.series.map(({title}) => title))
        expect(found.flat()).toHaveLength(rows.length)
        return data.series.reduce(
          (sum, {values}, index) =>
            sum +
            check(
              found[index]!.map(row => row[3]),
              values,
            ),
          0,
        )
      }
      expect(rows.map(time).slice(1)).toEqual(starts.slice(1))
      expect(time(rows[0]!)).toBeGreaterThanOrEqual(starts[0]!)
      return data.series.reduce((sum, {values}, index) => sum + check(column(index + 1), values), 0)
    }
    case 'breakdown': {
      const isChart = panel.type === 'barchart'
      expect(column(0)).toEqual([...data.categories.map(({label}) => label), ...(isChart ? [] : ['All'])])
      const series = isChart ? data.series.slice(0, 1) : data.series
      const compared = series.map(({values}, index) =>
        check(column(index + 1), isChart ? values : [...values, data.totals[index]!]),
      )
      const lifts = data.lift === undefined || isChart ? 0 : check(column(series.length + 1).slice(0, -1), data.lift)
      return compared.reduce((sum, count) => sum + count, lifts)
    }
    case 'funnel': {
      expect(column(0)).toEqual(data.steps.map(({title}) => title))
      const numbers = check(
        column(1),
        data.steps.map(({value}) => value),
      )
      if (panel.type === 'barchart') return numbers
      return (
        numbers +
        check(
          column(2),
          data.steps.map(({ofFirst}) => ofFirst),
        ) +
        check(
          column(3),
          data.steps.map(({ofPrevious}, index) => (index === 0 ? null : ofPrevious)),
        )
      )
    }
    case 'matrix':
      throw new Error('a matrix has no query')
  }
}

async function compareAll(data: DashboardData, dashboard: Dashboard): Promise<number> {
  let compared = 0
  for (const shown of data.panels) {
    if (!('data' in shown)) throw new Error(`${shown.panel.title} is not shown`)
    const {title} = shown.panel
    const isSplit = shown.panel.kind === 'trend' && shown.panel.split !== undefined
    for (const panel of dashboard.panels.filter(each => each.title === title || each.title === `${title}: all of it`)) {
      if (panel.targets?.[0]?.rawSql === undefined) continue
      compared += compare(panel, await rowsOf(panel, dashboard), shown.data, isSplit)
    }
  }
  return compared
}

const isLive = ({targets}: Panel) => targets?.[0]?.rawSql !== undefined

/** Ratios and joins of money, balances, percentiles by the hour, bands, a matrix, and a forecast with plans ahead. */
test.each([
  ['Revenue Analytics', 'numeric', 0],
  ['Subscription Metrics', 'double precision', 0],
  ['System Health', 'double precision', 0],
  ['Churn Prediction', 'numeric', 4],
  ['Forecast Dashboard', 'numeric', 4],
])('every number of %s that Grafana asks for is the page’s', async (name, double, kept) => {
  const template = templateNamed(name)
  await load(template.sample(sampleOptions(1)), double)
  const {data, dashboard} = await readFrom({}, template.catalogue, template.spec, 'Europe/Ljubljana')
  expect(await compareAll(data, dashboard)).toBeGreaterThan(40)
  const titles = (panels: readonly Panel[]) => new Set(panels.map(({title}) => title.replace(': all of it', '')))
  const snapshots = dashboard.panels.filter(panel => panel.type !== 'text' && !isLive(panel))
  expect(titles(snapshots).size).toBe(kept)
  for (const {description} of snapshots) expect(description).toMatch(/^As of 2026-\d\d-\d\d, when it was built: /)
  expect(titles(dashboard.panels.filter(isLive)).size).toBe(data.panels.length - kept)
  expect(dashboard.templating.list).toMatchObject([{type: 'datasource', query: 'grafana-postgresql-datasource'}])
})

const number = {kind: 'number'} as const
const table = 'Shop $x.orders [[a]] "b" \\'
const hard = catalogueOf({
  tables: {
    [table]: {
      key: ['id'],
      time: {column: 'at', kind: 'instant', zone: 'Europe/Ljubljana'},
      measures: {amount: 'amount'},
      joins: [{table: 'customers', on: {customer: 'id'}}],
    },
    customers: {key: ['id']},
    visits: {key: ['day', 'id'], time: {column: 'day', kind: 'date'}, measures: {open: 'balance', many: 'amount'}},
  },
  metrics: {
    amount: {kind: 'sum', title: 'Amount', table, column: 'amount', unit: {kind: 'currency', column: 'currency'}},
    orders: {kind: 'count', title: hostile[0]!.slice(0, 80), table, unit: {kind: 'count'}},
    customers: {kind: 'distinct', title: 'Who', table, column: 'customer', unit: {kind: 'count'}},
    paid: {
      kind: 'count',
      title: hostile[2]!,
      table,
      where: [
        {column: 'amount', operator: 'at_least', values: [2.5]},
        {column: 'note', operator: 'is_not', values: hostile},
        {column: 'sure', values: [true]},
      ],
      unit: {kind: 'count'},
    },
    mean: {kind: 'mean', title: 'Mean', table, column: 'amount', unit: number},
    least: {kind: 'minimum', title: 'Least', table, column: 'amount', unit: number},
    most: {kind: 'maximum', title: 'Most', table, column: 'amount', unit: number},
    median: {kind: 'percentile', percentile: 50, title: 'Median', table, column: 'amount', unit: number},
    high: {kind: 'percentile', percentile: 95, title: 'High', table, column: 'amount', unit: number},
    visits: {kind: 'sum', title: 'Visits', table: 'visits', column: 'many', unit: {kind: 'count'}},
    open: {kind: 'balance', title: 'Open', table: 'visits', column: 'open', unit: {kind: 'count'}},
    each: {kind: 'ratio', title: 'Each', numerator: 'orders', denominator: 'visits', unit: number},
    share: {kind: 'ratio', title: 'Share', numerator: 'paid', denominator: 'orders', unit: {kind: 'share'}},
  },
  dimensions: {
    note: {title: 'Note', table, column: 'note'},
    country: {title: 'Country', table: 'customers', column: 'country'},
    number: {title: 'Number', table, column: 'number'},
  },
})

/** Days on which clocks change, gaps, rows without values, and names that mean something to somebody. */
async function loadHard(): Promise<void> {
  const name = '"Shop $x"."orders [[a]] ""b"" \\"'
  const notes = [...hostile, 'Other', '(none)'].map(note => `'${note.replaceAll("'", "''")}'`).join(', ')
  await database.exec(`
    create schema "Shop $x";
    create table customers (id varchar(20) primary key, country text, company text);
    insert into customers values ('c1', 'Österreich', 'acme $1'), ('c2', 'Slovenija', 'acme $1'), ('c3', null, 'acme $1'),
      ('c4', 'Elsewhere', 'globex');
    create table ${name} (id int, at timestamp, customer text, amount double precision, note text, sure boolean,
      number numeric, currency text, company text);
    insert into ${name}
      select n, timestamp '2026-02-20 00:30' + n * interval '97 minutes', 'c' || n % 5,
        case when n % 7 > 0 then round((n * 7919 % 1000) / 8.0, 4)::float8 end,
        case when n % 11 > 0 then (array[${notes}])[1 + n % 9 * 7 % 8] end, n % 3 > 0, n, 'EUR', 'acme $1'
      from generate_series(1, 700) n where n % 50 > 10;
    insert into ${name} select n + 1000, at, customer, 1000000, note, sure, number, 'USD', 'globex'
      from (select *, id as n from ${name}) as others;
    create table visits (id int, day date, open int, many bigint, company text);
    insert into visits select n, date '2026-03-20' + n / 2, n % 13, n % 5, 'acme $1' from generate_series(0, 30) n
      where n not in (8, 9)`)
}

const hardSpec = (panels: readonly object[]) =>
  DashboardSpec.parse({
    version: 1,
    title: hostile[2],
    period: {unit: 'month', count: 2},
    panels: panels.map((panel, index) => ({id: `p${index}`, title: `Panel ${index}`, ...panel})),
  })
const request = {tables: [table, 'customers', 'visits'], tenant: {column: 'company', value: 'acme $1'}}

test('names, values, gaps and clocks that change are what they are on the page', async () => {
  await loadHard()
  const ofOrders = Object.keys(hard.metrics).filter(name => !['visits', 'open', 'each'].includes(name))
  const spec = hardSpec([
    ...ofOrders.map(metric => ({kind: 'figure', metric})),
    ...['visits', 'open', 'each'].map(metric => ({kind: 'figure', metric})),
    {kind: 'figure', metric: 'paid', target: 'orders'},
    ...['day', 'week', 'month', 'hour'].map(grain => ({kind: 'trend', metrics: ['orders', 'paid'], grain})),
    ...['day', 'week'].map(grain => ({kind: 'trend', metrics: ['visits', 'open'], grain})),
    {kind: 'trend', metrics: ['each', 'mean'], grain: 'day'},
    {kind: 'trend', metrics: ['median', 'high'], grain: 'week'},
    {kind: 'trend', metrics: ['amount'], grain: 'day', split: 'note', top: 3, mark: 'stacked'},
    {kind: 'trend', metrics: ['share'], grain: 'month', split: 'country', top: 1},
    {kind: 'breakdown', metrics: ['amount', 'share', 'high', 'customers'], dimension: 'country', lift: true},
    {kind: 'breakdown', metrics: ['orders', 'mean'], dimension: 'note', top: 2, rank_by: 'share'},
    {kind: 'funnel', metrics: ['orders', 'paid', 'customers']},
    {
      kind: 'figure',
      metric: 'orders',
      filters: [{dimension: 'note', operator: 'not_in', values: [null, hostile[1]!, hostile[2]!]}],
    },
    {
      kind: 'trend',
      metrics: ['orders'],
      grain: 'day',
      filters: [{dimension: 'note', values: [null, ...hostile.slice(3)]}],
    },
  ])
  for (const zone of ['America/New_York', 'Asia/Kolkata']) {
    const {data, dashboard} = await readFrom(request, hard, spec, zone)
    expect(await compareAll(data, dashboard)).toBeGreaterThan(2000)
    expect(dashboard.panels.filter(panel => panel.type !== 'text').every(isLive)).toBe(true)
    // The rows of somebody else would be seen in each of them.
    expect(JSON.stringify(data)).not.toContain('1000000')
  }
})

test('what comes later is asked for, and another currency is not added', async () => {
  await loadHard()
  const spec = hardSpec([
    {kind: 'figure', metric: 'amount'},
    {kind: 'figure', metric: 'orders'},
    {kind: 'breakdown', metrics: ['amount'], dimension: 'number'},
  ])
  const {data, dashboard} = await readFrom(request, hard, spec, 'UTC')
  const [amount, orders] = dashboard.panels.filter(isLive) as [Panel, Panel]
  const later = {...dashboard, time: {...dashboard.time, to: '2026-04-10T00:00:00.000Z'}}
  const before = (data.panels[1] as unknown as {data: {value: string}}).data.value
  const add = (id: number, currency: string) =>
    database.exec(`insert into "Shop $x"."orders [[a]] ""b"" \\" values
      (${id}, '2026-04-09 12:00', 'c1', 4.5, 'new', true, 1, '${currency}', 'acme $1')`)
  await add(5001, 'EUR')
  expect(Number((await rowsOf(orders, dashboard))[0]![0])).toBe(Number(before))
  expect(Number((await rowsOf(orders, later))[0]![0])).toBe(Number(before) + 1)
  expect((await rowsOf(amount, later))[0]![0]).not.toBeNull()
  await add(5002, 'USD')
  expect((await rowsOf(amount, later))[0]![0]).toBeNull()
  expect((await rowsOf(amount, dashboard))[0]![0]).not.toBeNull()
  // A decimal is written with other digits there, so that its values are kept as they were built.
  const kept = dashboard.panels.filter(({title}) => title.startsWith('Panel 2'))
  expect(kept.map(isLive)).toEqual([false, false])
})
