import {expect, test} from 'vitest'
import {type DashboardData, readDashboard} from '../../src/build/dashboard-data.ts'
import {columnsOfTable} from '../../src/catalogue/columns-of-table.ts'
import type {OriginKind, TableOrigin} from '../../src/data/table-origin.ts'
import {renderGrafana} from '../../src/render/grafana/render-grafana.ts'
import {DashboardSpec} from '../../src/spec/dashboard-spec.ts'
import {templates} from '../../src/templates/index.ts'
import {sales, sessionOn, temporaryDirectory} from '../support/data.ts'
import {hostile, hostileData, outlookData, sampleData, withoutData} from '../support/dashboards.ts'
import {typeErrors} from '../support/type-check.ts'

interface Field {
  readonly name: string
  readonly type: string
}
interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly gridPos: {readonly x: number; readonly y: number; readonly w: number; readonly h: number}
  readonly targets?: readonly {
    readonly snapshot: readonly {
      readonly schema: {readonly fields: readonly Field[]}
      readonly data: {readonly values: readonly (readonly (string | number | null)[])[]}
    }[]
  }[]
  readonly options: Readonly<Record<string, unknown>>
}
interface Dashboard {
  readonly title: string
  readonly uid: string
  readonly time: {readonly from: string; readonly to: string}
  readonly panels: readonly Panel[]
}

const rendered = async (data: DashboardData) => JSON.parse(await renderGrafana(data)) as Dashboard
const valuesOf = ({targets}: Panel) => targets![0]!.snapshot[0]!.data.values

/** As if the data had been copied from PostgreSQL. */
async function asCopied(read: Promise<DashboardData>): Promise<DashboardData> {
  const data = await read
  const origins = Object.entries(data.catalogue.tables).map(([name, {time, measures}]): [string, TableOrigin] => {
    const kindOf = (column: string): OriginKind => {
      if (column === time?.column) return time.kind === 'date' ? 'date' : 'timestamptz'
      return measures[column] === undefined ? 'text' : 'decimal'
    }
    const columns = columnsOfTable(name, data.catalogue).map(column => [column, kindOf(column)] as const)
    return [name, {schema: 'public', name, columns: new Map(columns)}]
  })
  return {...data, origins: new Map(origins)}
}

/** Grafana's types with the words that stand in JSON where they have enumerations. */
const types = `
import type {DataSourceRef, Dashboard, GraphFieldConfig, Panel} from '@grafana/schema'
import type {Options as Stat} from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen'
import type {Options as Bars, FieldConfig as BarField} from '@grafana/schema/dist/esm/raw/composable/barchart/panelcfg/x/BarChartPanelCfg_types.gen'
import type {Options as Series} from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen'
import type {Options as Table} from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen'
import type {Options as Text} from '@grafana/schema/dist/esm/raw/composable/text/panelcfg/x/TextPanelCfg_types.gen'
type Words<T> = T extends string ? \`\${T}\` : T extends number ? number : T extends readonly (infer Item)[] ? Words<Item>[] : T extends object ? {[Key in keyof T]: Words<T[Key]>} : T
interface Snapshot {refId: string; datasource: DataSourceRef; queryType: 'snapshot'; snapshot: unknown[]}
/** packages/grafana-sql, SQLQuery. */
interface Asked {refId: string; datasource: {type: 'grafana-postgresql-datasource'; uid: '\${datasource}'}; editorMode: 'code'; format: 'table' | 'time_series'; rawQuery: true; rawSql: string}
type Target = Snapshot | Asked
type Place = Required<Pick<Panel, 'id' | 'gridPos' | 'title'>> & Words<Pick<Panel, 'description'>> & {datasource?: DataSourceRef; targets?: Target[]}
type Fields<T> = {fieldConfig: Omit<Words<NonNullable<Panel['fieldConfig']>>, 'defaults'> & {defaults: Omit<Words<NonNullable<Panel['fieldConfig']>['defaults']>, 'custom'> & {custom?: T}}}
type Known =
  | (Place & Fields<undefined> & {type: 'stat'; options: Words<Stat>})
  | (Place & Fields<Words<GraphFieldConfig>> & {type: 'timeseries'; options: Words<Series>})
  | (Place & Fields<Words<BarField>> & {type: 'barchart'; options: Words<Bars>})
  | (Place & Fields<undefined> & {type: 'table'; options: Words<Table>})
  | (Place & Fields<undefined> & {type: 'text'; options: Words<Text>})
export type Written = Omit<Words<Dashboard>, 'panels'> & {panels: Known[]}
`

test('every type is what Grafana’s own types say a classic dashboard is', async () => {
  const dashboards = await Promise.all([
    sampleData('Revenue Analytics'),
    sampleData('System Health'),
    ...templates.map(({name, spec}) => withoutData(name, spec.panels)),
    hostileData(),
    outlookData(),
    asCopied(sampleData('Revenue Analytics')),
    asCopied(sampleData('Affiliate Tracking')),
    asCopied(hostileData()),
  ])
  const files = await Promise.all(
    dashboards.map(async (data, index) => [
      `dashboard-${index}.ts`,
      `import type {Written} from './written'\nexport const dashboard: Written = ${await renderGrafana(data)}`,
    ]),
  )
  const wrong = `import type {Written} from './written'\nexport const dashboard: Written = ${(
    await renderGrafana(dashboards[0]!)
  ).replace('"orientation": "auto"', '"orientation": "sideways"')}`
  const found = await typeErrors(temporaryDirectory(), {
    'written.ts': types,
    ...Object.fromEntries(files),
    'wrong.ts': wrong,
  })
  expect(found).toContain('wrong.ts')
  expect(files.filter(([, text]) => text!.includes('"rawSql"'))).toHaveLength(3)
  expect(found.split('\n').filter(line => line.startsWith('dashboard-'))).toEqual([])
})

test('panels have numbers of their own and lie in 24 columns, none over another', async () => {
  for (const data of [await sampleData('System Health'), await hostileData(), await asCopied(hostileData())]) {
    const {panels} = await rendered(data)
    expect(new Set(panels.map(({id}) => id)).size).toBe(panels.length)
    const taken = new Set<string>()
    for (const {gridPos} of panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x},${y}`)).toBe(false)
          taken.add(`${x},${y}`)
        }
      }
    }
  }
})

test('it shows the numbers that were read, with gaps and with all parts', async () => {
  const data = await sampleData('Revenue Analytics')
  const {panels, time} = await rendered(data)
  for (const shown of data.panels) {
    if (!('data' in shown)) throw new Error('not shown')
    const panel = panels.find(each => each.title === shown.panel.title)!
    const values = valuesOf(panel)
    if (shown.data.kind === 'figure') {
      expect(values.at(-1)!.at(-1)).toBe(Number(shown.data.value))
    } else if (shown.data.kind === 'trend') {
      expect(values[0]).toEqual(shown.data.buckets.map(({start}) => Date.parse(start)))
      expect(values.slice(1)).toEqual(
        shown.data.series.map(series => series.values.map(value => value && Number(value))),
      )
      expect(Date.parse(time.from)).toBeLessThanOrEqual(Date.parse(shown.data.buckets[0]!.start))
    } else if (shown.data.kind === 'breakdown') {
      const table = panels.find(each => each.title === `${shown.panel.title}: all of it`)!
      const [names, ...columns] = valuesOf(table)
      expect(names).toEqual([...shown.data.categories.map(({label}) => label), 'All'])
      const {totals} = shown.data
      expect(columns).toEqual(shown.data.series.map((each, index) => [...each.values, totals[index]!].map(Number)))
    }
  }
})

test('what may come and what is unusual stand beside what was', async () => {
  const data = await outlookData()
  const {panels, time} = await rendered(data)
  const columnsOf = (title: string) => {
    const panel = panels.find(each => each.title === title)!
    const names = panel.targets![0]!.snapshot[0]!.schema.fields.map(({name}) => name)
    return new Map(names.map((name, index) => [name, valuesOf(panel)[index]!]))
  }
  const [ahead, unusual] = data.panels.map(each =>
    'data' in each && each.data.kind === 'trend' ? each.data : undefined,
  )
  if (ahead?.forecast === undefined || 'reason' in ahead.forecast) throw new Error('no forecast')
  const forecast = columnsOf('Amount to come')
  const drawn = forecast.get('Forecast')!.filter(value => value !== null)
  expect(drawn).toEqual(ahead.forecast.values.map(Number))
  expect(forecast.get('Time')!.at(-1)).toBe(Date.parse(ahead.forecast.buckets.at(-1)!.start))
  expect(Date.parse(time.to)).toBe(Date.parse(ahead.forecast.buckets.at(-1)!.end))
  if (unusual?.usual === undefined || 'reason' in unusual.usual) throw new Error('nothing usual')
  const marked = columnsOf('Unusual amounts').get('Unusual')!
  expect(marked.filter(value => value !== null)).toContain(900)
  expect(marked.map(value => value !== null)).toEqual(unusual.usual.steps.map(step => step?.anomaly !== undefined))
})

test('a figure without a number stays without one, whatever was before', async () => {
  const session = await sessionOn({
    'sales.csv': 'id,at,region,amount,latency\n1,2026-01-01T08:00:00Z,N,20,1\n2,2026-01-03T08:00:00Z,,,1\n',
  })
  const spec = DashboardSpec.parse({
    version: 1,
    title: 'T',
    period: {unit: 'day', count: 2},
    filters: [{dimension: 'region', values: ['N']}],
    panels: [{id: 'share', kind: 'figure', title: 'Share', metric: 'share'}],
  })
  const request = {spec, catalogue: sales(), missing: [], source: 'sales.csv', zone: 'UTC'}
  const {panels} = await rendered(await readDashboard(request, session))
  const share = panels.find(({title}) => title === 'Share')!
  expect(valuesOf(share)[1]).toEqual([null])
  expect(share.options).toMatchObject({reduceOptions: {calcs: ['last']}})
})

test('the same data give the same bytes, and hostile text is text', async () => {
  const data = await hostileData()
  expect((await renderGrafana(data)) === (await renderGrafana(await hostileData()))).toBe(true)
  const {panels, title} = await rendered(data)
  expect(title).toBe(hostile[0])
  const texts = panels.filter(({type}) => type === 'text')
  expect(texts.every(({options}) => options.mode === 'code')).toBe(true)
  const parts = panels.find(({type, title: heading}) => type === 'barchart' && heading === hostile[4])!
  expect(valuesOf(parts)[0]!.toSorted()).toEqual(hostile.toSorted())
})
