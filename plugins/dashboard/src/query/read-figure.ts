import type {FigurePanel, FunnelPanel} from '../spec/dashboard-spec.ts'
import type {Quantity} from './metric-query.ts'
import {type MetricReader, quotient} from './metric-reader.ts'
import type {FigureData, FunnelData} from './panel-data.ts'

export async function readFigure({metric: name, target}: FigurePanel, reader: MetricReader): Promise<FigureData> {
  const {period} = reader
  const metric = reader.metric(name)
  const unit = await reader.unit(name)
  const value = await reader.total(name, period.current)
  const figure = {kind: 'figure' as const, metric, unit, value, ...(await targetOf(target, value, reader))}
  const late = reader.parts(name).find(({table}) => {
    const coverage = period.coverage.get(table)
    return coverage === undefined || coverage.firstDay > period.previous.firstDay
  })
  if (late !== undefined) {
    const begin = period.coverage.get(late.table)?.firstDay
    const noComparison = begin === undefined ? 'there are no data' : `the data begin on ${begin}`
    return {...figure, previous: null, noComparison}
  }
  const previous = await reader.total(name, period.previous)
  return {
    ...figure,
    previous,
    ...(previous === null ? {noComparison: 'there are no data for the days before'} : {}),
  }
}

async function targetOf(name: string | undefined, value: FigureData['value'], reader: MetricReader) {
  if (name === undefined) return {}
  const target = await reader.total(name, reader.period.current)
  return {target: {title: reader.metric(name).title, value: target, reached: quotient(value, target)}}
}

export async function readFunnel({metrics}: FunnelPanel, reader: MetricReader): Promise<FunnelData> {
  const values: Quantity[] = []
  for (const name of metrics) values.push(await reader.total(name, reader.period.current))
  return {
    kind: 'funnel',
    unit: await reader.unit(metrics[0]!),
    steps: metrics.map((name, index) => ({
      title: reader.metric(name).title,
      value: values[index]!,
      ofFirst: quotient(values[index]!, values[0]!),
      ofPrevious: index === 0 ? null : quotient(values[index]!, values[index - 1]!),
    })),
  }
}
