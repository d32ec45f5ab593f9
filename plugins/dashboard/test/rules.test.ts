import {expect, test} from 'vitest'
import type {Catalogue} from '../src/catalogue/catalogue.ts'
import {checkCatalogue, type ColumnType, type DataSchema} from '../src/catalogue/check-catalogue.ts'
import {assertKeys} from '../src/query/assert-keys.ts'
import {panelProblems} from '../src/spec/check-panel.ts'
import {DashboardSpec} from '../src/spec/dashboard-spec.ts'
import {templates} from '../src/templates/index.ts'
import {catalogueOf, sessionOn} from './support/data.ts'

const schema: DataSchema = new Map<string, ReadonlyMap<string, ColumnType>>([
  [
    'sales',
    new Map<string, ColumnType>([
      ['id', 'text'],
      ['at', 'instant'],
      ['day', 'date'],
      ['shop', 'text'],
      ['amount', 'number'],
      ['rate', 'number'],
      ['p95', 'number'],
      ['stock', 'number'],
      ['latency', 'number'],
      ['note', 'text'],
    ]),
  ],
  [
    'shops',
    new Map<string, ColumnType>([
      ['shop', 'text'],
      ['country', 'text'],
    ]),
  ],
  [
    'visits',
    new Map<string, ColumnType>([
      ['shop', 'text'],
      ['at', 'instant'],
      ['people', 'number'],
    ]),
  ],
])

const unit = {kind: 'number'} as const
const base = {
  tables: {
    sales: {
      key: ['id'],
      time: {column: 'at', kind: 'instant' as const},
      measures: {amount: 'amount', rate: 'ratio', p95: 'percentile', stock: 'balance', latency: 'value'} as const,
      joins: [{table: 'shops', on: {shop: 'shop'}}],
    },
    shops: {key: ['shop']},
    visits: {time: {column: 'at', kind: 'instant' as const}, measures: {people: 'amount'} as const},
  },
  metrics: {
    amount: {kind: 'sum', title: 'Amount', table: 'sales', column: 'amount', unit: {kind: 'currency', currency: 'EUR'}},
    sales: {kind: 'count', title: 'Sales', table: 'sales', unit: {kind: 'count'}},
    people: {kind: 'sum', title: 'People', table: 'visits', column: 'people', unit: {kind: 'count'}},
    average: {
      kind: 'ratio',
      title: 'Average',
      numerator: 'amount',
      denominator: 'sales',
      unit: {kind: 'currency', currency: 'EUR'},
    },
    slow: {
      kind: 'percentile',
      percentile: 95,
      title: 'Slow',
      table: 'sales',
      column: 'latency',
      unit: {kind: 'milliseconds'},
    },
  },
  dimensions: {
    shop: {title: 'Shop', table: 'sales', column: 'shop'},
    country: {title: 'Country', table: 'shops', column: 'country'},
  },
} as const

type Metrics = Parameters<typeof catalogueOf>[0]['metrics']
const withMetric = (metric: Metrics[string]) =>
  catalogueOf({...base, metrics: {...base.metrics, tried: metric}} as never)

test('the catalogue that the others differ from is right', () => {
  expect(() => checkCatalogue(catalogueOf(base as never), schema)).not.toThrow()
})

const of = (kind: string, column: string, more = {}) =>
  ({kind, title: 'Tried', table: 'sales', column, unit, ...more}) as Metrics[string]
const ratio = (numerator: string, denominator: string, more = {}) =>
  ({kind: 'ratio', title: 'Tried', numerator, denominator, unit, ...more}) as Metrics[string]

test.each([
  ['an average of ratios', of('mean', 'rate'), 'a mean of rate would not be true, as it is a ratio'],
  ['a sum of ratios', of('sum', 'rate'), 'a sum of rate would not be true, as it is a ratio'],
  ['a sum of percentiles', of('sum', 'p95'), 'a sum of p95 would not be true, as it is a percentile'],
  ['a percentile of percentiles', of('percentile', 'p95', {percentile: 95}), 'as it is a percentile'],
  ['a sum of balances', of('sum', 'stock'), 'a sum of stock would not be true, as it is a balance'],
  ['a mean of balances', of('mean', 'stock'), 'as it is a balance'],
  ['a sum of latencies', of('sum', 'latency'), 'as it is a value'],
  ['a balance without dates', of('balance', 'stock'), 'it needs dates'],
  ['a sum of text', of('sum', 'note'), 'note holds text, no numbers'],
  ['a ratio of a percentile', ratio('slow', 'sales'), 'slow is a percentile, of which no ratio can be made'],
  ['a ratio of a ratio', ratio('average', 'sales'), 'average is a ratio'],
  ['a share of unlike things', ratio('amount', 'sales', {unit: {kind: 'share'}}), 'a share is of like things'],
  [
    'a ratio in another currency',
    ratio('amount', 'sales', {unit: {kind: 'currency', currency: 'USD'}}),
    'another currency than amount',
  ],
  ['money without a currency', of('sum', 'amount', {unit: {kind: 'currency'}}), 'either one currency or a column'],
  ['a metric of nothing', ratio('amount', 'nothing'), 'there is no metric nothing'],
  ['a column that is not there', of('distinct', 'buyer'), 'sales has no column buyer'],
])('%s is refused', (_name, metric, reason) => {
  expect(() => checkCatalogue(withMetric(metric), schema)).toThrow(reason)
})

const panelOf = (panel: object) =>
  DashboardSpec.parse({
    version: 1,
    title: 'T',
    period: {unit: 'day', count: 7},
    panels: [{id: 'p', title: 'P', ...panel}],
  })
const problemsOf = (panel: object, catalogue: Catalogue = catalogueOf(base as never)) => {
  const spec = panelOf(panel)
  return panelProblems(spec.panels[0]!, spec, catalogue).map(({code}) => code)
}

test('what joins from many rows to one may be told by; what would count rows twice may not', () => {
  expect(problemsOf({kind: 'breakdown', metrics: ['amount'], dimension: 'country'})).toEqual([])
  // Many visits for one shop, and many sales: over the shop each sale would be counted for each visit.
  expect(problemsOf({kind: 'breakdown', metrics: ['people'], dimension: 'shop'})).toEqual(['unreachable_dimension'])
  expect(problemsOf({kind: 'breakdown', metrics: ['amount', 'people'], dimension: 'country'})).toEqual([
    'unreachable_dimension',
  ])
  const wrong = catalogueOf({...base, tables: {...base.tables, shops: {key: []}}} as never)
  expect(() => checkCatalogue(wrong, schema)).toThrow('rows could be counted twice')
})

test('a key that does not tell rows apart is found in the data, before anything is joined to it', async () => {
  const session = await sessionOn({
    'sales.csv': 'id,at,shop,amount\n1,2026-01-01T08:00:00Z,a,5\n',
    'shops.csv': 'shop,country\na,Slovenia\na,Austria\n',
  })
  const {sales, shops} = base.tables
  const catalogue = catalogueOf({
    tables: {sales: {...sales, measures: {}}, shops},
    metrics: {},
    dimensions: {},
  } as never)
  await expect(assertKeys(catalogue, session)).rejects.toThrow('Rows of shops are not told apart by shop')
})

test.each([
  ['two units on one axis', {kind: 'trend', metrics: ['amount', 'sales'], grain: 'day'}, ['mixed_units']],
  [
    'a stack of ratios',
    {kind: 'trend', metrics: ['average'], grain: 'day', split: 'shop', mark: 'stacked'},
    ['not_additive'],
  ],
  [
    'a stack of percentiles',
    {kind: 'trend', metrics: ['slow'], grain: 'day', split: 'shop', mark: 'stacked'},
    ['not_additive'],
  ],
  [
    'a stack of different metrics',
    {kind: 'trend', metrics: ['sales', 'people'], grain: 'day', mark: 'stacked'},
    ['not_additive'],
  ],
  ['a metric that is not there', {kind: 'figure', metric: 'profit'}, ['missing_metric']],
  [
    'a filter by what is not there',
    {kind: 'figure', metric: 'sales', filters: [{dimension: 'planet', values: ['x']}]},
    ['missing_dimension'],
  ],
])('%s is refused', (_name, panel, codes) => {
  expect(problemsOf(panel)).toEqual(codes)
})

test.each([
  ['SQL', {kind: 'figure', metric: 'sum(amount)'}],
  ['a query', {kind: 'figure', metric: 'sales', sql: 'select 1'}],
  ['a number', {kind: 'figure', metric: 'sales', value: 42}],
  ['markup for an id', {id: '"><script>', kind: 'figure', metric: 'sales'}],
])('a dashboard holds no place for %s', (_name, panel) => {
  expect(() => panelOf(panel)).toThrow()
})

test('the catalogues of all types are right for their own samples, and nothing speaks against a panel', () => {
  for (const {catalogue, spec} of templates) {
    for (const panel of spec.panels)
      expect([spec.title, panel.id, panelProblems(panel, spec, catalogue)]).toEqual([spec.title, panel.id, []])
  }
})
