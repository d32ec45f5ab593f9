import {expect, test} from 'vitest'
import {readDashboard} from '../src/build/dashboard-data.ts'
import {Catalogue} from '../src/catalogue/catalogue.ts'
import {DashboardSpec} from '../src/spec/dashboard-spec.ts'
import {sales, sessionOn} from './support/data.ts'

const csv = `id,at,region,amount,latency,owner
1,2026-01-01T08:00:00Z,North,1,1,acme
2,2026-01-02T08:00:00Z,SECRET-REGION,777,7,globex
3,2026-01-02T09:00:00Z,North,2,2,acme
4,2026-01-02T10:00:00Z,SECRET-NOBODY,999,9,
`
const lookup = 'region,name,owner\nNorth,The north,acme\nSECRET-REGION,SECRET-NAME,globex\n'

const filters = [
  [{dimension: 'owner', values: ['globex']}],
  [{dimension: 'owner', operator: 'not_in', values: ['acme']}],
  [{dimension: 'owner', values: [null]}],
  [{dimension: 'region', values: ["' OR owner <> 'acme' --", 'SECRET-REGION']}],
  [{dimension: 'region', operator: 'not_in', values: ['North']}],
  [],
]

/** Catalogues that would look past the tenant: by its own column, by the other table, by names that are SQL. */
const catalogues: readonly (() => Catalogue)[] = [
  () =>
    sales({
      dimensions: {
        region: {title: 'R', table: 'sales', column: 'region'},
        owner: {title: 'O', table: 'sales', column: 'owner'},
      },
    }),
  () => {
    const base = sales()
    const tables = {
      ...base.tables,
      sales: {...base.tables.sales!, joins: [{table: 'places', on: {region: 'region'}}]},
      places: {key: ['region'], measures: {}, joins: []},
    }
    const dimensions = {
      region: {title: 'R', table: 'places', column: 'name'},
      owner: {title: 'O', table: 'places', column: 'owner'},
    }
    return Catalogue.parse({...base, tables, dimensions})
  },
  () =>
    Catalogue.parse({
      ...sales(),
      dimensions: {
        region: {title: 'R', table: 'sales', column: 'region" FROM sales; --'},
        owner: {title: 'O', table: 'information_schema.tables', column: 'table_name'},
      },
    }),
]

test.each(catalogues.map((catalogue, index) => [index, catalogue] as const))(
  'no spec and no catalogue (%i) reaches a row of another tenant',
  async (_index, catalogue) => {
    const session = await sessionOn({'sales.csv': csv, 'places.csv': lookup, 'loose.csv': 'SECRET\n1\n'})
    await session.keepTenant('owner', 'acme')
    for (const each of filters) {
      const spec = DashboardSpec.parse({
        version: 1,
        title: "'; DROP TABLE sales; --",
        period: {unit: 'day', count: 2},
        filters: each,
        panels: [
          {id: 'a', kind: 'figure', title: 'A', metric: 'amount'},
          {id: 'b', kind: 'breakdown', title: 'B', metrics: ['amount', 'rows'], dimension: 'region'},
          {id: 'c', kind: 'breakdown', title: 'C', metrics: ['rows'], dimension: 'owner'},
          {id: 'd', kind: 'trend', title: 'D', metrics: ['amount'], grain: 'day', split: 'owner'},
        ],
      })
      const request = {spec, catalogue: catalogue(), missing: [], source: 'x', zone: 'UTC'}
      const told = await readDashboard(request, session).then(
        data => JSON.stringify(data.panels.map(panel => ('data' in panel ? panel.data : null))),
        (error: Error) => error.message,
      )
      expect(told).not.toMatch(/SECRET|globex|777|999|1776/)
    }
    expect(await session.query('SELECT count(*) AS n FROM sales')).toEqual([{n: '2'}])
  },
)

test('without a filter the tenant sees its own rows', async () => {
  const session = await sessionOn({'sales.csv': csv, 'places.csv': lookup})
  await session.keepTenant('owner', 'acme')
  const spec = DashboardSpec.parse({
    version: 1,
    title: 'T',
    period: {unit: 'day', count: 2},
    panels: [{id: 'b', kind: 'breakdown', title: 'B', metrics: ['amount'], dimension: 'region'}],
  })
  const request = {spec, catalogue: catalogues[1]!(), missing: [], source: 'x', zone: 'UTC'}
  const {panels} = await readDashboard(request, session)
  expect(panels[0]).toMatchObject({data: {categories: [{label: 'The north'}], totals: ['3']}})
})
