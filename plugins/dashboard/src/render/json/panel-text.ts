import type {PanelData} from '../../query/panel-data.ts'
import type {ReportingPeriod} from '../../query/reporting-period.ts'
import type {Panel} from '../../spec/dashboard-spec.ts'
import {comparisonText, targetText} from '../comparison-text.ts'
import {describePanel} from '../describe-panel.ts'
import {remarksOn} from '../html/page.ts'
import {panelTable} from '../panel-table.ts'
import {quantityText} from '../quantity-text.ts'

/** A panel as its page tells it in words: for whoever shows it elsewhere, with the same digits and the same warnings. */
export function panelText({title}: Panel, data: PanelData, period: ReportingPeriod) {
  const {columns, rows} = panelTable(data, period)
  return {
    ...(data.kind === 'figure' ? figureText(data) : {}),
    description: describePanel(title, data),
    remarks: [...remarksOn(data)],
    columns: columns.map(each => ({...each})),
    rows: rows.map(row => row.map(({text}) => text)),
  }
}

function figureText(data: PanelData & {kind: 'figure'}) {
  const target = targetText(data.target, data.unit)
  return {
    value: quantityText(data.value, data.unit),
    comparison: comparisonText(data).text,
    ...(target === undefined ? {} : {target}),
  }
}
