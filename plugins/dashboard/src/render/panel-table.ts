import {quoteCsv} from '@omni-ops/core/csv'
import type {BreakdownData, PanelData, TrendData, TrendUsual} from '../query/panel-data.ts'
import type {Quantity} from '../query/metric-query.ts'
import type {ReportingPeriod} from '../query/reporting-period.ts'
import type {Unit} from '../catalogue/catalogue.ts'
import {noData, quantityText, timesText} from './quantity-text.ts'

export interface TableCell {
  /** As a person reads it. */
  readonly text: string
  /** As a program reads it: exact digits, nothing where there is no number. */
  readonly raw: string
}

/** What a panel shows, as rows: the chart, the key figure, the table and the CSV all come from the same. */
export interface PanelTable {
  readonly columns: readonly {readonly title: string; readonly numeric: boolean}[]
  readonly rows: readonly (readonly TableCell[])[]
}

export function panelTable(data: PanelData, period: ReportingPeriod): PanelTable {
  switch (data.kind) {
    case 'figure': {
      const {metric, unit, target, value} = data
      return {
        columns: [
          {title: 'Days', numeric: false},
          {title: metric.title, numeric: true},
          ...(target === undefined
            ? []
            : [
                {title: target.title, numeric: true},
                {title: 'Reached', numeric: true},
              ]),
        ],
        rows: [
          [
            span(period.current),
            quantity(value, unit),
            ...(target === undefined ? [] : [quantity(target.value, unit), quantity(target.reached, share)]),
          ],
          ...(data.noComparison === undefined
            ? [
                [
                  span(period.previous),
                  quantity(data.previous, unit),
                  ...(target === undefined ? [] : [nothing, nothing]),
                ],
              ]
            : []),
        ],
      }
    }
    case 'trend':
      return trendTable(data)
    case 'breakdown':
      return breakdownTable(data)
    case 'funnel':
      return {
        columns: [
          {title: 'Step', numeric: false},
          {title: 'Number', numeric: true},
          {title: 'Of the first', numeric: true},
          {title: 'Of the one before', numeric: true},
        ],
        rows: data.steps.map(({title, value, ofFirst, ofPrevious}, index) => [
          words(title),
          quantity(value, data.unit),
          quantity(ofFirst, share),
          index === 0 ? nothing : quantity(ofPrevious, share),
        ]),
      }
    case 'matrix':
      return {
        columns: [
          {title: data.rowTitle, numeric: false},
          ...data.columns.map(({label, complete}) => ({
            title: complete ? label : `${label} (not whole)`,
            numeric: true,
          })),
        ],
        rows: data.rows.map(({label}, row) => [
          words(label),
          ...data.columns.map((_, column) => quantity(data.values[row]![column]!, data.unit)),
        ]),
      }
  }
}

function breakdownTable({dimension, categories, series, totals, lift}: BreakdownData): PanelTable {
  const times = (value: Quantity): TableCell => ({text: timesText(value), raw: value ?? ''})
  return {
    columns: [
      {title: dimension, numeric: false},
      ...series.map(({title}) => ({title, numeric: true})),
      ...(lift === undefined ? [] : [{title: `${series[0]!.title}: times All`, numeric: true}]),
    ],
    rows: [
      ...categories.map(({label}, index) => [
        words(label),
        ...series.map(({values, unit}) => quantity(values[index] ?? null, unit)),
        ...(lift === undefined ? [] : [times(lift[index] ?? null)]),
      ]),
      [
        words('All'),
        ...series.map(({unit}, index) => quantity(totals[index] ?? null, unit)),
        ...(lift === undefined ? [] : [times(totals[0] === null ? null : '1')]),
      ],
    ],
  }
}

/** Steps that are over, then those that are forecast; what one kind of step does not have is left empty. */
function trendTable(data: TrendData): PanelTable {
  const forecast = data.forecast !== undefined && 'values' in data.forecast ? data.forecast : undefined
  const usual = data.usual !== undefined && 'steps' in data.usual ? data.usual : undefined
  const unit = data.series[0]?.unit ?? {kind: 'number'}
  const told = new Set(data.buckets.map(({key}) => key))
  const toCome = forecast?.buckets.filter(({key}) => !told.has(key)) ?? []
  const ahead = new Map(forecast?.buckets.map(({key}, index) => [key, index]))
  return {
    columns: [
      {title: 'Begins', numeric: false},
      ...data.series.map(({title}) => ({title, numeric: true})),
      {title: 'Whole', numeric: false},
      ...(usual === undefined ? [] : usualColumns),
      ...(forecast === undefined
        ? []
        : [
            {title: 'Forecast', numeric: true},
            ...forecast.intervals.flatMap(({level}) => [
              {title: `${level * 100}% from`, numeric: true},
              {title: `${level * 100}% to`, numeric: true},
            ]),
          ]),
    ],
    rows: [...data.buckets, ...toCome].map((bucket, index) => {
      const isPast = index < data.buckets.length
      const step = ahead.get(bucket.key)
      const estimated = (values: readonly Quantity[]) => (step === undefined ? nothing : quantity(values[step]!, unit))
      return [
        {text: bucket.label, raw: bucket.key},
        ...data.series.map(each => (isPast ? quantity(each.values[index] ?? null, each.unit) : nothing)),
        words(!isPast ? 'to come' : bucket.complete ? 'yes' : 'no'),
        ...(usual === undefined ? [] : usualCells(usual.steps[index], unit)),
        ...(forecast === undefined
          ? []
          : [
              estimated(forecast.values),
              ...forecast.intervals.flatMap(({lower, upper}) => [estimated(lower), estimated(upper)]),
            ]),
      ]
    }),
  }
}

const usualColumns = [
  {title: 'Unusual', numeric: false},
  {title: 'Expected', numeric: true},
  {title: 'Usual from', numeric: true},
  {title: 'Usual to', numeric: true},
]

function usualCells(step: TrendUsual['steps'][number], unit: Unit): readonly TableCell[] {
  if (step === undefined) return usualColumns.map(() => nothing)
  const {expected, lower, upper, anomaly} = step
  return [words(anomaly ?? 'no'), quantity(expected, unit), quantity(lower, unit), quantity(upper, unit)]
}

/** Where a row has no such thing. */
const nothing: TableCell = {text: '', raw: ''}
const share: Unit = {kind: 'share'}
const words = (text: string): TableCell => ({text, raw: text})

const span = ({firstDay, lastDay}: ReportingPeriod['current']): TableCell => ({
  text: `${firstDay} to ${lastDay}`,
  raw: `${firstDay}/${lastDay}`,
})

const quantity = (value: Quantity, unit: Unit): TableCell => ({
  text: value === null ? noData : quantityText(value, unit),
  raw: value ?? '',
})

/** RFC 4180 with a byte order mark, by which spreadsheets know UTF-8, and no cell that they would run as a formula. */
export function panelCsv({columns, rows}: PanelTable): string {
  const line = (cells: readonly string[]) => `${cells.map(quoteCsv).join(',')}\r\n`
  return `\ufeff${line(columns.map(({title}) => title))}${rows.map(row => line(row.map(({raw}) => raw))).join('')}`
}
