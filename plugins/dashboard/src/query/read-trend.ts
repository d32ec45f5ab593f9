import type {TrendPanel} from '../spec/dashboard-spec.ts'
import {at, categoryOf, type MetricReader} from './metric-reader.ts'
import {others} from './metric-query.ts'
import type {Series, TrendData} from './panel-data.ts'
import {readForecast, readUsual} from './read-outlook.ts'
import {type Bucket, bucketsOf} from './reporting-period.ts'

export async function readTrend(panel: TrendPanel, reader: MetricReader): Promise<TrendData> {
  const buckets = await bucketsOf(reader.period, panel.grain, reader.session)
  const series =
    panel.split === undefined
      ? await seriesOfMetrics(panel, buckets, reader)
      : await seriesOfParts(panel, panel.split, buckets, reader)
  return {
    kind: 'trend',
    buckets,
    series,
    ...(panel.forecast === undefined ? {} : {forecast: await readForecast(panel, reader)}),
    ...(panel.anomalies ? {usual: await readUsual(panel, buckets, reader)} : {}),
  }
}

async function seriesOfMetrics({metrics, grain}: TrendPanel, buckets: readonly Bucket[], reader: MetricReader) {
  const series: Series[] = []
  for (const name of metrics) {
    const values = await reader.values(name, {window: reader.period.current, grain})
    series.push({
      title: reader.metric(name).title,
      unit: await reader.unit(name),
      values: buckets.map(bucket => reader.inBucket(name, bucket, values.get(at({bucket: bucket.key})))),
      other: false,
    })
  }
  return series
}

async function seriesOfParts(
  {metrics, grain, top: most}: TrendPanel,
  dimension: string,
  buckets: readonly Bucket[],
  reader: MetricReader,
): Promise<readonly Series[]> {
  const [name] = metrics as [string]
  const ranked = await reader.ranked(name, dimension)
  const top = ranked.slice(0, most)
  const unit = await reader.unit(name)
  const values = await reader.values(name, {window: reader.period.current, grain, split: {dimension, top}})
  const keys = ranked.length > top.length ? [...top, others] : top
  return keys.map(category => ({
    title: categoryOf(category).label,
    unit,
    values: buckets.map(bucket => reader.inBucket(name, bucket, values.get(at({bucket: bucket.key, category})))),
    other: category === others,
  }))
}
