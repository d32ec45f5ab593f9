import {quoteCsv} from '@omni-ops/core/csv'
import type {PanelData} from '../query/panel-data.ts'
import type {Quantity} from '../query/metric-query.ts'
import type {ReportingPeriod} from '../query/reporting-period.ts'
import type {Unit} from '../catalogue/catalogue.ts'
import {noData, quantityText} from './quantity-text.ts'

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
      const title = data.metric.title
      const rows = [
        [span(period.current), quantity(data.value, data.unit)],
        ...(data.noComparison === undefined ? [[span(period.previous), quantity(data.previous, data.unit)]] : []),
      ]
      return {
        columns: [
          {title: 'Days', numeric: false},
          {title, numeric: true},
        ],
        rows,
      }
    }
    case 'trend':
      return {
        columns: [
          {title: 'Begins', numeric: false},
          ...data.series.map(({title}) => ({title, numeric: true})),
          {title: 'Whole', numeric: false},
        ],
        rows: data.buckets.map((bucket, index) => [
          {text: bucket.label, raw: bucket.key},
          ...data.series.map(({values, unit}) => quantity(values[index] ?? null, unit)),
          {text: bucket.complete ? 'yes' : 'no', raw: bucket.complete ? 'yes' : 'no'},
        ]),
      }
    case 'breakdown':
      return {
        columns: [{title: data.dimension, numeric: false}, ...data.series.map(({title}) => ({title, numeric: true}))],
        rows: [
          ...data.categories.map(({label}, index) => [
            {text: label, raw: label},
            ...data.series.map(({values, unit}) => quantity(values[index] ?? null, unit)),
          ]),
          [
            {text: 'All', raw: 'All'},
            ...data.series.map(({unit}, index) => quantity(data.totals[index] ?? null, unit)),
          ],
        ],
      }
  }
}

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
