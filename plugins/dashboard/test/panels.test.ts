import {describe, expect, test} from 'vitest'
import {historyOf} from '../src/data/data-needs.ts'
import {panelProblems} from '../src/spec/check-panel.ts'
import {DashboardSpec, metricsOf} from '../src/spec/dashboard-spec.ts'
import {panelTable} from '../src/render/panel-table.ts'
import {catalogueOf, sales, sessionOn, show} from './support/data.ts'

const header = 'id,at,region,amount,latency\n'
const trend = {id: 'trend', kind: 'trend', title: 'Trend', metrics: ['amount'], grain: 'day'} as const

/** A sale a day, with a week's rhythm, until noon of the last day. */
function daily(days: number, amount: (index: number) => number = index => 100 + (index % 7) * 10 + (index % 3)) {
  const rows = Array.from({length: days}, (_, index) => {
    const at = new Date(Date.UTC(2026, 0, 1 + index, index === 0 ? 0 : 12)).toISOString()
    return `${index},${at},North,${amount(index)},1`
  })
  return `${header}${rows.join('\n')}\n`
}

const month = {unit: 'day', count: 30} as const

describe('a forecast', () => {
  test('looks back further than its period, begins with the step that is not over, and stands in the table as such', async () => {
    const session = await sessionOn({'sales.csv': daily(90)})
    const panel = {...trend, forecast: {steps: 5}}
    const {data, period} = await show(session, {catalogue: sales(), panel, period: month})
    if (data.kind !== 'trend' || !data.forecast || !('values' in data.forecast)) throw new Error('no forecast')
    const {buckets, values, intervals, notes} = data.forecast
    expect(buckets.map(({key}) => key)).toEqual(['2026-03-31', '2026-04-01', '2026-04-02', '2026-04-03', '2026-04-04'])
    expect(data.buckets.at(-1)).toMatchObject({key: '2026-03-31', complete: false})
    expect(intervals.map(({level}) => level)).toEqual([0.8, 0.95])
    expect(notes[0]).toContain('89 whole days since 2026-01-01')
    expect(notes[0]).toMatch(/MASE \d\.\d\d, sMAPE \d+\.\d %\. Repeating the last week: MASE/)
    const {columns, rows} = panelTable(data, period)
    expect(columns.map(({title}) => title)).toEqual([
      'Begins',
      'Amount',
      'Whole',
      'Forecast',
      '80% from',
      '80% to',
      '95% from',
      '95% to',
    ])
    expect(rows).toHaveLength(34)
    expect(
      rows
        .at(-1)!
        .map(({raw}) => raw)
        .slice(0, 4),
    ).toEqual(['2026-04-04', '', 'to come', values.at(-1)])
    // What is over has no forecast, and what is not over has both.
    expect(rows[28]![3]!.raw).toBe('')
    expect([rows[29]![1]!.raw, rows[29]![3]!.raw]).toEqual(['152', values[0]])
  })

  test('says why there is none', async () => {
    const session = await sessionOn({'sales.csv': daily(12)})
    const {data} = await show(session, {catalogue: sales(), panel: {...trend, forecast: {steps: 7}}, period: month})
    expect(data).toMatchObject({
      kind: 'trend',
      forecast: {reason: 'a forecast needs 20 whole steps, and there are 11'},
    })
  })

  test('adds no money in two currencies, however long ago the other was', async () => {
    const rows = Array.from({length: 90}, (_, index) => {
      const at = new Date(Date.UTC(2026, 0, 1 + index, 12)).toISOString()
      return `${index},${at},${100 + (index % 7)},${index < 10 ? 'USD' : 'EUR'}`
    })
    const session = await sessionOn({'sales.csv': `id,at,amount,currency\n${rows.join('\n')}\n`})
    const catalogue = catalogueOf({
      tables: {sales: {key: ['id'], time: {column: 'at', kind: 'instant'}, measures: {amount: 'amount'}}},
      metrics: {
        amount: {
          kind: 'sum',
          title: 'Amount',
          table: 'sales',
          column: 'amount',
          unit: {kind: 'currency', column: 'currency'},
        },
      },
      dimensions: {},
    })
    const panel = {...trend, forecast: {steps: 3}, anomalies: true}
    const {data} = await show(session, {catalogue, panel, period: month})
    const reason = 'Amount is in EUR and USD, which do not add up'
    expect(data).toMatchObject({series: [{unit: {currency: 'EUR'}}], forecast: {reason}, usual: {reason}})
  })

  test('is asked of a server with the days that it looks back on', () => {
    const spec = (panel: object) => DashboardSpec.parse({version: 1, title: 'T', period: month, panels: [panel]})
    expect(historyOf([spec(trend)], undefined).days).toBe(31 + 31 + 3)
    expect(historyOf([spec({...trend, forecast: {steps: 7}})], undefined).days).toBe(31 + 280 + 3)
    expect(historyOf([spec({...trend, grain: 'week', anomalies: true})], undefined).days).toBe(31 + 260 * 7 + 3)
  })
})

test('unusual days are marked in the table, with what would have been usual', async () => {
  const session = await sessionOn({
    'sales.csv': daily(90, index => (index === 80 ? 900 : 100 + (index % 7) * 10 + ((index * 37) % 11))),
  })
  const {data, period} = await show(session, {catalogue: sales(), panel: {...trend, anomalies: true}, period: month})
  const {columns, rows} = panelTable(data, period)
  const at = columns.findIndex(({title}) => title === 'Unusual')
  const marked = rows.filter(row => !['no', ''].includes(row[at]!.raw))
  expect(marked.map(row => [row[0]!.raw, row[at]!.raw])).toEqual([['2026-03-22', 'above']])
  const [expected, lower, upper] = marked[0]!.slice(at + 1).map(({raw}) => Number(raw)) as [number, number, number]
  expect(lower < expected && expected < upper && upper < 900).toBe(true)
  // The day that is not over is not judged.
  expect(rows.at(-1)![at]!.raw).toBe('')
})

test('plans for days to come do not move the period', async () => {
  const plans = Array.from({length: 60}, (_, index) =>
    new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10),
  )
  const session = await sessionOn({
    'sales.csv': daily(10),
    'plans.csv': `day,planned\n${plans.map(day => `${day},50`).join('\n')}\n`,
  })
  const base = sales()
  const catalogue = catalogueOf({
    tables: {
      ...base.tables,
      plans: {key: ['day'], time: {column: 'day', kind: 'date'}, ahead: true, measures: {planned: 'amount'}},
    },
    metrics: {
      ...base.metrics,
      planned: {kind: 'sum', title: 'Plan', table: 'plans', column: 'planned', unit: {kind: 'number'}},
    },
    dimensions: {},
  } as never)
  const panel = {id: 'amount', kind: 'figure', title: 'Amount', metric: 'amount', target: 'planned'}
  const {data, period} = await show(session, {catalogue, panel, period: {unit: 'day', count: 4}})
  expect(period.current.lastDay).toBe('2026-01-10')
  expect(data).toMatchObject({target: {title: 'Plan', value: '200'}})
  expect(Number((data as {target: {reached: string}}).target.reached)).toBeCloseTo(
    Number((data as {value: string}).value) / 200,
    12,
  )
})

describe('bands', () => {
  const rows = [-5, 0, 9.99, 10, 25, 1000].map(
    (amount, index) => `${index},2026-01-01T0${index}:00:00Z,North,${amount},1`,
  )
  const banded = (edges: readonly number[], share = false) =>
    sales({dimensions: {size: {title: 'Size', table: 'sales', column: 'amount', bands: {edges: [...edges], share}}}})
  const panel = {id: 'sizes', kind: 'breakdown', title: 'Sizes', metrics: ['rows'], dimension: 'size', top: 1}

  test('hold each row once, from an edge to below the next, empty ones among them', async () => {
    const session = await sessionOn({'sales.csv': `${header}${rows.join('\n')}\n6,2026-01-01T08:00:00Z,North,,1\n`})
    const {data} = await show(session, {catalogue: banded([0, 10, 20, 30]), panel, period: {unit: 'day', count: 1}})
    if (data.kind !== 'breakdown') throw new Error('no breakdown')
    expect(data.categories.map(({label}, index) => [label, data.series[0]!.values[index]])).toEqual([
      ['below 0', '1'],
      ['0 to 10', '2'],
      ['10 to 20', '1'],
      ['20 to 30', '1'],
      ['30 and more', '1'],
      ['(none)', '1'],
    ])
  })

  test('leave out what is open at the ends and empty, and tell shares as such', async () => {
    const session = await sessionOn({'sales.csv': `${header}1,2026-01-01T08:00:00Z,North,0.25,1\n`})
    const catalogue = banded([0, 0.1, 0.3, 0.5], true)
    const {data} = await show(session, {catalogue, panel, period: {unit: 'day', count: 1}})
    expect(data).toMatchObject({categories: ['0% to 10%', '10% to 30%', '30% to 50%'].map(label => ({label}))})
    const filtered = await show(session, {
      catalogue,
      panel: {id: 'rows', kind: 'figure', title: 'Rows', metric: 'rows'},
      period: {unit: 'day', count: 1},
      filters: [{dimension: 'size', values: ['10% to 30%']}],
    })
    expect(filtered.data).toMatchObject({value: '1'})
  })
})

test('a heat map has every cell once: their sum is the whole, others among them', async () => {
  const regions = ['North', 'South', 'East', 'West']
  const rows = Array.from(
    {length: 48},
    (_, index) => `${index},2026-01-0${1 + (index % 3)}T08:00:00Z,${regions[index % 4]},${index},${index % 5}`,
  )
  const session = await sessionOn({'sales.csv': `${header}${rows.join('\n')}\n`})
  const catalogue = sales({
    dimensions: {
      region: {title: 'Region', table: 'sales', column: 'region'},
      latency: {title: 'Latency', table: 'sales', column: 'latency', ordered: true},
    },
  })
  const panel = {id: 'heat', kind: 'matrix', title: 'Heat', metric: 'rows', rows: 'region', top_rows: 2}
  const whole = async (columns: object) => {
    const {data} = await show(session, {catalogue, panel: {...panel, ...columns}, period: {unit: 'day', count: 3}})
    if (data.kind !== 'matrix') throw new Error('no matrix')
    expect(data.rows.at(-1)).toEqual({label: 'Other', kind: 'other'})
    expect(data.values.flat().reduce((sum, value) => sum + Number(value), 0)).toBe(48)
    return data.columns.map(({label}) => label)
  }
  expect(await whole({columns: 'latency'})).toEqual(['0', '1', '2', '3', '4'])
  expect(await whole({grain: 'day'})).toEqual(['2026-01-01', '2026-01-02', '2026-01-03'])
})

describe('what would not be true, or leads nowhere, is refused', () => {
  const spec = (panel: object) =>
    DashboardSpec.parse({version: 1, title: 'T', period: month, panels: [{id: 'p', title: 'P', ...panel}]})
  test.each([
    ['a forecast of parts', {...trend, forecast: {steps: 3}, split: 'region'}],
    ['a forecast of bars', {...trend, forecast: {steps: 3}, mark: 'bar'}],
    ['a forecast without an end', {...trend, forecast: {steps: 5000}}],
    ['anomalies of two metrics', {...trend, metrics: ['amount', 'rows'], anomalies: true}],
    ['a heat map of nothing by nothing', {kind: 'matrix', metric: 'rows', rows: 'region'}],
    ['a heat map of a dimension by itself', {kind: 'matrix', metric: 'rows', rows: 'region', columns: 'region'}],
    ['a way of one step', {kind: 'funnel', metrics: ['rows']}],
  ])('%s', (_name, panel) => {
    expect(() => spec(panel)).toThrow()
  })

  test.each([
    ['a target in another unit', {kind: 'figure', metric: 'rows', target: 'amount'}, 'mixed_units'],
    ['a way of amounts', {kind: 'funnel', metrics: ['rows', 'amount']}, 'not_additive'],
    ['a target that is not there', {kind: 'figure', metric: 'rows', target: 'goal'}, 'missing_metric'],
  ])('%s', (_name, panel, code) => {
    const [each] = spec(panel).panels
    expect(panelProblems(each!, {filters: []}, sales()).map(problem => problem.code)).toEqual([code])
  })

  test('a metric by which something is ranked has to be there too', () => {
    const [each] = spec({kind: 'matrix', metric: 'rows', rows: 'region', grain: 'day', rank_by: 'profit'}).panels
    expect(metricsOf(each!)).toEqual(['rows', 'profit'])
  })
})
