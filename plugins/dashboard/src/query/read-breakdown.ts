import {additivityOf} from '../catalogue/catalogue.ts'
import type {BreakdownPanel, MatrixPanel} from '../spec/dashboard-spec.ts'
import {others, type Quantity, type Split} from './metric-query.ts'
import {at, categoryOf, type MetricReader, quotient} from './metric-reader.ts'
import type {BreakdownData, MatrixData, Series} from './panel-data.ts'
import {bucketsOf} from './reporting-period.ts'

/** The keys by themselves; all other values are one where there is a key for them. */
const splitBy = (dimension: string, keys: readonly string[]): Split => ({
  dimension,
  top: keys.filter(key => key !== others),
})

export async function readBreakdown(panel: BreakdownPanel, reader: MetricReader): Promise<BreakdownData> {
  const {current} = reader.period
  const keys = await reader.categories(panel.rank_by ?? panel.metrics[0]!, panel.dimension, panel.top)
  const series: Series[] = []
  const totals: Quantity[] = []
  for (const name of panel.metrics) {
    const values = await reader.values(name, {window: current, split: splitBy(panel.dimension, keys)})
    series.push({
      title: reader.metric(name).title,
      unit: await reader.unit(name),
      values: keys.map(category => values.get(at({category})) ?? reader.nothing(name, current)),
      other: false,
    })
    totals.push(await reader.total(name, current))
  }
  return {
    kind: 'breakdown',
    dimension: reader.catalogue.dimensions[panel.dimension]!.title,
    categories: keys.map(categoryOf),
    series,
    totals,
    additive: panel.metrics.map(name => additivityOf(reader.metric(name)) !== 'none'),
    ...(panel.lift ? {lift: series[0]!.values.map(value => quotient(value, totals[0]!))} : {}),
  }
}

export async function readMatrix(panel: MatrixPanel, reader: MetricReader): Promise<MatrixData> {
  const {metric: name, rows: rowDimension, columns: columnDimension, grain} = panel
  const {current} = reader.period
  const {dimensions} = reader.catalogue
  const rank = panel.rank_by ?? name
  const rows = await reader.categories(rank, rowDimension, panel.top_rows)
  const shared = {
    kind: 'matrix' as const,
    metric: reader.metric(name),
    unit: await reader.unit(name),
    rowTitle: dimensions[rowDimension]!.title,
    rows: rows.map(categoryOf),
  }
  const split = splitBy(rowDimension, rows)
  if (columnDimension === undefined) {
    const buckets = (await bucketsOf(reader.period, grain!, reader.session)).slice(-panel.top_columns)
    const values = await reader.values(name, {window: current, grain, split})
    return {
      ...shared,
      columnTitle: `By ${grain}`,
      columns: buckets.map(({label, complete}) => ({label, kind: 'value', complete})),
      values: rows.map(category =>
        buckets.map(bucket => reader.inBucket(name, bucket, values.get(at({bucket: bucket.key, category})))),
      ),
    }
  }
  const columns = await reader.categories(rank, columnDimension, panel.top_columns)
  const values = await reader.values(name, {window: current, split, across: splitBy(columnDimension, columns)})
  return {
    ...shared,
    columnTitle: dimensions[columnDimension]!.title,
    columns: columns.map(key => ({...categoryOf(key), complete: true})),
    values: rows.map(category =>
      columns.map(crossing => values.get(at({category, crossing})) ?? reader.nothing(name, current)),
    ),
  }
}
