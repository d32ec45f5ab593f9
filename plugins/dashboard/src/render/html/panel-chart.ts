import type {PanelData} from '../../query/panel-data.ts'
import type {Panel} from '../../spec/dashboard-spec.ts'
import {breakdownChart, type ChartWidth, trendChart} from './chart.ts'

/** What is drawn of a panel, as SVG text; empty for a figure, which is a number and no picture. */
export async function panelChart(panel: Panel, data: PanelData, width: ChartWidth): Promise<string> {
  switch (data.kind) {
    case 'figure':
      return ''
    case 'trend':
      return trendChart(data, panel.kind === 'trend' ? panel.mark : 'line', width)
    case 'breakdown':
      return breakdownChart(data, width)
  }
}
