import {dailyStates, events, type SampleRow} from '../sample/sample-table.ts'
import {counted, defineTemplate, money, share} from './define-template.ts'

/** So that weeks can be forecast too: more than a year. */
const days = 400
/** How many days ahead there are plans for. */
const planned = 45

const products: Readonly<Record<string, {weight: number; price: number; planned: number}>> = {
  'Espresso beans': {weight: 7, price: 31, planned: 300},
  'Filter beans': {weight: 5, price: 27, planned: 175},
  Capsules: {weight: 4, price: 22, planned: 145},
  Equipment: {weight: 1, price: 118, planned: 120},
}
const weights = Object.fromEntries(Object.entries(products).map(([name, {weight}]) => [name, weight]))

export const forecastDashboard = defineTemplate({
  name: 'Forecast Dashboard',
  priority: 2,
  summary: 'What is sold, what was planned, and what the past lets expect, with how far off such forecasts have been',
  tables: {
    sales: {
      columns: {
        sale_id: 'VARCHAR',
        sold_at: 'TIMESTAMPTZ',
        product: 'VARCHAR',
        region: 'VARCHAR',
        units: 'BIGINT',
        amount: 'DOUBLE',
        currency: 'VARCHAR',
      },
      key: ['sale_id'],
      time: 'sold_at',
      measures: {units: 'amount', amount: 'amount'},
      rows: options =>
        events(
          'sales',
          {perDay: 16, growth: 0.55, weekend: 0.45, unusual: {20: 2.3, 54: 0.2}},
          {...options, days},
          (at, random, number) => {
            const product = random.choice(weights)
            const units = product === 'Equipment' ? 1 : random.whole(1, 3)
            return {
              sale_id: `s-${String(number).padStart(6, '0')}`,
              sold_at: at,
              product,
              region: random.choice({North: 4, South: 3, East: 2, West: 2}),
              units,
              amount: Number((units * products[product]!.price * (0.92 + 0.16 * random.unit())).toFixed(2)),
              currency: 'EUR',
            }
          },
        ),
    },
    plans: {
      columns: {day: 'DATE', product: 'VARCHAR', planned_amount: 'DOUBLE', currency: 'VARCHAR'},
      key: ['day', 'product'],
      time: 'day',
      measures: {planned_amount: 'amount'},
      ahead: true,
      rows: options =>
        // Plans are made ahead of time.
        dailyStates(
          'plans',
          {...options, days: days + planned, end: options.end + planned * 86_400_000},
          function* (date): Generator<SampleRow> {
            const quarter = Math.floor((Number(date.slice(5, 7)) - 1) / 3) + 4 * (Number(date.slice(0, 4)) - 2025)
            const isWeekend = [0, 6].includes(new Date(date).getUTCDay())
            for (const [product, {planned: daily}] of Object.entries(products)) {
              const level = daily * (1 + 0.1 * quarter) * (isWeekend ? 0.5 : 1.1)
              yield {day: date, product, planned_amount: Math.round(level), currency: 'EUR'}
            }
          },
        ),
    },
  },
  metrics: {
    revenue: {kind: 'sum', title: 'Revenue', table: 'sales', column: 'amount', unit: money, better: 'higher'},
    units: {kind: 'sum', title: 'Units', table: 'sales', column: 'units', unit: counted('units'), better: 'higher'},
    sales: {kind: 'count', title: 'Sales', table: 'sales', unit: counted('sales'), better: 'higher'},
    planned: {
      kind: 'sum',
      title: 'Plan',
      description: 'What the data say was planned; no forecast of this page',
      table: 'plans',
      column: 'planned_amount',
      unit: money,
    },
    plan_reached: {
      kind: 'ratio',
      title: 'Plan reached',
      numerator: 'revenue',
      denominator: 'planned',
      unit: share,
      better: 'higher',
    },
    revenue_per_unit: {
      kind: 'ratio',
      title: 'Revenue per unit',
      numerator: 'revenue',
      denominator: 'units',
      unit: money,
      better: 'higher',
    },
  },
  dimensions: {
    product: {title: 'Product', table: 'sales', column: 'product'},
    region: {title: 'Region', table: 'sales', column: 'region'},
    currency: {title: 'Currency', table: 'sales', column: 'currency'},
    planned_product: {title: 'Product', table: 'plans', column: 'product'},
  },
  synonyms: {
    'sales.sale_id': ['id', 'order_id', 'invoice_id', 'transaction_id', 'order_number'],
    'sales.sold_at': ['date', 'day', 'order_date', 'ordered_at', 'timestamp', 'created_at', 'ds', 'invoice_date'],
    'sales.product': ['item', 'sku', 'article', 'product_name', 'category'],
    'sales.region': ['country', 'territory', 'market', 'store'],
    'sales.units': ['quantity', 'qty', 'demand', 'pieces'],
    'sales.amount': ['revenue', 'sales', 'total', 'y', 'value', 'net_amount', 'price'],
    'sales.currency': ['currency_code'],
    'plans.day': ['date', 'plan_date', 'ds'],
    'plans.product': ['item', 'sku', 'article', 'category'],
    'plans.planned_amount': ['plan', 'planned', 'budget', 'target', 'forecast', 'planned_revenue', 'budget_amount'],
    'plans.currency': ['currency_code'],
  },
  period: {unit: 'day', count: 63},
  panels: [
    {id: 'revenue', kind: 'figure', title: 'Revenue', metric: 'revenue', target: 'planned'},
    {id: 'units', kind: 'figure', title: 'Units', metric: 'units'},
    {id: 'revenue-per-unit', kind: 'figure', title: 'Revenue per unit', metric: 'revenue_per_unit'},
    {
      id: 'revenue-ahead',
      kind: 'trend',
      title: 'Revenue by day, and the next four weeks',
      metrics: ['revenue'],
      grain: 'day',
      forecast: {steps: 28},
      anomalies: true,
    },
    {
      id: 'units-ahead',
      kind: 'trend',
      title: 'Units by day, and the next two weeks',
      metrics: ['units'],
      grain: 'day',
      forecast: {steps: 14},
    },
    {
      id: 'revenue-by-week-ahead',
      kind: 'trend',
      title: 'Revenue by week, and the next eight weeks',
      metrics: ['revenue'],
      grain: 'week',
      forecast: {steps: 8},
    },
    {
      id: 'revenue-and-plan',
      kind: 'trend',
      title: 'Revenue and plan by week',
      metrics: ['revenue', 'planned'],
      grain: 'week',
      mark: 'bar',
    },
    {id: 'plan-reached', kind: 'trend', title: 'Plan reached by week', metrics: ['plan_reached'], grain: 'week'},
    {
      id: 'products',
      kind: 'matrix',
      title: 'Revenue by product and week',
      metric: 'revenue',
      rows: 'product',
      grain: 'week',
    },
    {
      id: 'regions',
      kind: 'breakdown',
      title: 'Revenue by region',
      metrics: ['revenue', 'units', 'revenue_per_unit'],
      dimension: 'region',
    },
  ],
})
