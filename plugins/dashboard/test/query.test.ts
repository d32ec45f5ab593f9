import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {downsample} from '../src/query/downsample.ts'
import {bucketsOf} from '../src/query/reporting-period.ts'
import {panelTable} from '../src/render/panel-table.ts'
import {catalogueOf, sales, sessionOn, show} from './support/data.ts'

const header = 'id,at,region,amount,latency\n'
const trend = {id: 'trend', kind: 'trend' as const, title: 'Trend', metrics: ['rows'], grain: 'day' as const}

/** A row for each UTC hour between two instants. */
function hourly(from: string, to: string): string {
  const rows = []
  for (let time = Date.parse(from); time < Date.parse(to); time += 3_600_000) {
    const at = new Date(time).toISOString()
    rows.push(`${at},${at},North,1,1`)
  }
  return `${header}${rows.join('\n')}\n`
}

describe('days of the zone', () => {
  test.each([
    ['forward', '2026-03-28', '2026-03-30T22:00:00Z', ['24', '23', '24']],
    ['back', '2026-10-24', '2026-10-26T23:00:00Z', ['24', '25', '24']],
  ])('the day on which clocks go %s has its own number of hours', async (_name, first, end, counts) => {
    const session = await sessionOn({'sales.csv': hourly(`${first}T00:00:00Z`, end)})
    const {data, period} = await show(session, {
      catalogue: sales(),
      panel: trend,
      period: {unit: 'day', count: 3},
      zone: 'Europe/Ljubljana',
      asOf: end,
    })
    if (data.kind !== 'trend') throw new Error('no trend')
    expect(data.buckets.map(({key}) => key)).toEqual(
      [0, 1, 2].map(day => `${first.slice(0, 8)}${Number(first.slice(8)) + day}`),
    )
    // The first local day began one or two hours before the first row.
    expect(data.series[0]!.values.slice(1)).toEqual(counts.slice(1))
    expect(data.buckets.every(({complete}) => complete)).toBe(true)
    expect(await bucketsOf(period, 'hour', session)).toHaveLength(counts.reduce((sum, each) => sum + Number(each), 0))
  })

  test('each hour of a day of 25 is told apart, though two are called 02:00', async () => {
    const session = await sessionOn({'sales.csv': hourly('2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z')})
    const {data} = await show(session, {
      catalogue: sales(),
      panel: {...trend, grain: 'hour'},
      period: {unit: 'day', count: 1},
      zone: 'Europe/Ljubljana',
      asOf: '2026-10-25T23:00:00Z',
    })
    if (data.kind !== 'trend') throw new Error('no trend')
    expect(data.buckets.filter(({label}) => label === '2026-10-25 02:00').map(({key}) => key)).toEqual([
      '2026-10-25T00:00:00Z',
      '2026-10-25T01:00:00Z',
    ])
    expect(data.series[0]!.values).toEqual(Array(25).fill('1'))
  })

  test('a date is a day that no zone moves', async () => {
    const session = await sessionOn({'stock.csv': 'day,item,pieces\n2026-03-01,a,5\n2026-03-02,a,7\n2026-03-03,a,9\n'})
    const catalogue = catalogueOf({
      tables: {stock: {key: ['day', 'item'], time: {column: 'day', kind: 'date'}, measures: {pieces: 'balance'}}},
      metrics: {pieces: {kind: 'balance', title: 'Pieces', table: 'stock', column: 'pieces', unit: {kind: 'count'}}},
      dimensions: {},
    })
    for (const zone of ['Pacific/Auckland', 'America/Los_Angeles', 'UTC']) {
      const {data} = await show(session, {
        catalogue,
        zone,
        panel: {...trend, metrics: ['pieces']},
        period: {unit: 'day', count: 3},
      })
      if (data.kind !== 'trend') throw new Error('no trend')
      expect([zone, data.buckets.map(({key}) => key), data.series[0]!.values]).toEqual([
        zone,
        ['2026-03-01', '2026-03-02', '2026-03-03'],
        ['5', '7', '9'],
      ])
    }
  })
})

describe('what is not there', () => {
  const gap = `${header}1,2026-01-01T08:00:00Z,North,10,5\n2,2026-01-03T08:00:00Z,North,4,7\n3,2026-01-05T08:00:00Z,North,1,9\n`
  const withMean = sales({
    metrics: {
      ...sales().metrics,
      latency: {
        kind: 'mean',
        title: 'Latency',
        table: 'sales',
        column: 'latency',
        unit: {kind: 'milliseconds'},
        where: [],
        better: 'neither',
      },
    },
  })
  const week = {unit: 'day', count: 7} as const

  test('is 0 for what is counted and added, a gap for what is measured, and not known before the data begin', async () => {
    const session = await sessionOn({'sales.csv': gap})
    const values = async (metric: string) => {
      const {data} = await show(session, {catalogue: withMean, panel: {...trend, metrics: [metric]}, period: week})
      return data.kind === 'trend' ? data.series[0]!.values : []
    }
    expect(await values('rows')).toEqual([null, null, '1', '0', '1', '0', '1'])
    expect(await values('amount')).toEqual([null, null, '10', '0', '4', '0', '1'])
    expect(await values('large')).toEqual([null, null, '1', '0', '0', '0', '0'])
    expect(await values('latency')).toEqual([null, null, '5', null, '7', null, '9'])
    // Nothing of nothing is no share; none of one is 0.
    expect(await values('share')).toEqual([null, null, '1', null, '0', null, '0'])
  })

  test('gives no comparison, and says why', async () => {
    const session = await sessionOn({'sales.csv': gap})
    const {data} = await show(session, {
      catalogue: sales(),
      panel: {id: 'rows', kind: 'figure', title: 'Rows', metric: 'rows'},
      period: {unit: 'day', count: 3},
    })
    expect(data).toMatchObject({value: '2', previous: null, noComparison: 'the data begin on 2026-01-01'})
  })
})

test('the step that is not over is marked, and compared with as much of the days before', async () => {
  const rows = ['2026-01-05T08:00:00Z', '2026-01-05T20:00:00Z', '2026-01-06T08:00:00Z', '2026-01-06T12:00:00Z']
  const session = await sessionOn({
    'sales.csv': `${header}${rows.map((at, id) => `${id},${at},North,1,1`).join('\n')}\n`,
  })
  const figure = {id: 'rows', kind: 'figure', title: 'Rows', metric: 'rows'} as const
  const one = {unit: 'day', count: 1} as const
  const {data, period} = await show(session, {
    catalogue: sales(),
    panel: figure,
    period: one,
    asOf: '2026-01-06T12:00:01Z',
  })
  expect(period.previous).toMatchObject({start: '2026-01-05T00:00:00.000000Z', end: '2026-01-05T12:00:01.000000Z'})
  // The row at 20:00 of the day before is not in it.
  expect(data).toMatchObject({value: '2', previous: '1'})
  const shown = await show(session, {
    catalogue: sales(),
    panel: trend,
    period: {unit: 'day', count: 2},
    asOf: '2026-01-06T12:00:01Z',
  })
  expect(shown.data.kind === 'trend' && shown.data.buckets.map(({complete}) => complete)).toEqual([true, false])
})

test('months are compared with as many days, not with a month of fewer', async () => {
  const session = await sessionOn({'sales.csv': hourly('2025-12-01T00:00:00Z', '2026-03-31T12:00:00Z')})
  const {period} = await show(session, {
    catalogue: sales(),
    panel: {id: 'rows', kind: 'figure', title: 'Rows', metric: 'rows'},
    period: {unit: 'month', count: 1},
  })
  expect(period).toMatchObject({
    days: 31,
    current: {firstDay: '2026-03-01', lastDay: '2026-03-31'},
    previous: {firstDay: '2026-01-29', lastDay: '2026-02-28'},
  })
})

describe('the largest and all others', () => {
  const regions = ['North', 'South', 'East', 'West', '', 'Other']
  const rows = regions.flatMap((region, index) =>
    Array.from(
      {length: 6 - index},
      (_, each) => `${region}${each},2026-01-01T0${each}:00:00Z,${region},${10 - index}.1,1`,
    ),
  )

  test('add up to the whole; what is called Other and what has no name are told apart from the rest', async () => {
    const session = await sessionOn({'sales.csv': `${header}${rows.join('\n')}\n`})
    const panel = {
      id: 'regions',
      kind: 'breakdown',
      title: 'Regions',
      metrics: ['amount', 'share'],
      dimension: 'region',
    } as const
    const every = await show(session, {catalogue: sales(), panel, period: {unit: 'day', count: 1}})
    expect(every.data).toMatchObject({
      categories: regions.map(label => (label === '' ? {label: '(none)', kind: 'none'} : {label, kind: 'value'})),
    })
    const {data, period} = await show(session, {
      catalogue: sales(),
      panel: {...panel, top: 3},
      period: {unit: 'day', count: 1},
    })
    if (data.kind !== 'breakdown') throw new Error('no breakdown')
    expect(data.categories.map(({label, kind}) => [label, kind])).toEqual([
      ['North', 'value'],
      ['South', 'value'],
      ['East', 'value'],
      ['Other', 'other'],
    ])
    const sum = data.series[0]!.values.reduce((total, value) => total + Math.round(Number(value) * 10), 0)
    expect(sum).toBe(Math.round(Number(data.totals[0]) * 10))
    // The share of the others is theirs, and not the mean of their shares.
    expect(data.additive).toEqual([true, false])
    expect(panelTable(data, period).rows.at(-1)![1]!.raw).toBe(data.totals[0])
  })
})

test('money in two currencies is not added, unless one of them is chosen', async () => {
  const session = await sessionOn({
    'sales.csv': 'id,at,amount,currency\n1,2026-01-01T08:00:00Z,10,EUR\n2,2026-01-01T09:00:00Z,20,USD\n',
  })
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
    dimensions: {currency: {title: 'Currency', table: 'sales', column: 'currency'}},
  })
  const shown = {
    catalogue,
    panel: {id: 'amount', kind: 'figure', title: 'Amount', metric: 'amount'},
    period: {unit: 'day', count: 1},
  } as const
  await expect(show(session, shown)).rejects.toMatchObject({
    code: 'mixed_currency',
    message: expect.stringContaining('EUR and USD'),
  })
  const {data} = await show(session, {...shown, filters: [{dimension: 'currency', values: ['USD']}]})
  expect(data).toMatchObject({value: '20', unit: {kind: 'currency', currency: 'USD'}})
})

test('money is exact beyond what a binary number holds', async () => {
  const session = await sessionOn({
    'sales.csv': `${header}1,2026-01-01T08:00:00Z,N,9007199254740993,1\n2,2026-01-01T09:00:00Z,N,0,1\n`,
  })
  const {data} = await show(session, {
    catalogue: sales(),
    panel: {id: 'amount', kind: 'figure', title: 'Amount', metric: 'amount'},
    period: {unit: 'day', count: 1},
  })
  expect(data).toMatchObject({value: '9007199254740993'})
})

test('a long axis keeps every extreme and every gap', () => {
  const point = fc.option(fc.integer({min: -1000, max: 1000}).map(String), {nil: null})
  fc.assert(
    fc.property(fc.array(point, {minLength: 1, maxLength: 3000}), fc.integer({min: 8, max: 400}), (values, limit) => {
      const kept = downsample([values], values.length, limit)
      const known = values.filter(value => value !== null).map(Number)
      const drawn = kept
        .map(index => values[index])
        .filter(value => value !== null)
        .map(Number)
      expect(drawn.length === 0).toBe(known.length === 0)
      if (known.length > 0)
        expect([Math.min(...drawn), Math.max(...drawn)]).toEqual([Math.min(...known), Math.max(...known)])
      if (values.includes(null)) expect(kept.some(index => values[index] === null)).toBe(true)
      expect(kept[0]).toBe(0)
      expect(kept.at(-1)).toBe(values.length - 1)
    }),
  )
})
