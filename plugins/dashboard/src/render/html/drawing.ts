import type {PanelData} from '../../query/panel-data.ts'
import type {Panel} from '../../spec/dashboard-spec.ts'
import {breakdownChart, funnelChart} from './breakdown-chart.ts'
import {matrixChart} from './matrix-chart.ts'
import {trendChart} from './trend-chart.ts'
import type {ChartWidth} from './vega-svg.ts'

/** What is drawn of a panel, as SVG text; empty for a figure, which is a number and no picture. */
export async function drawing(panel: Panel, data: PanelData, width: ChartWidth): Promise<string> {
  switch (data.kind) {
    case 'figure':
      return ''
    case 'trend':
      return trendChart(data, panel.kind === 'trend' ? panel.mark : 'line', width)
    case 'breakdown':
      return breakdownChart(data, panel.kind === 'breakdown' ? panel.mark : 'bar', width)
    case 'funnel':
      return funnelChart(data, width)
    case 'matrix':
      return matrixChart(data, width)
  }
}
