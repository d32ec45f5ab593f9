import type {PanelData, TrendData} from '../../query/panel-data.ts'
import type {Panel} from '../../spec/dashboard-spec.ts'
import {comparable} from './breakdown-chart.ts'
import {markup, type Markup} from './markup.ts'
import {colourOf, dashOf, shapePaths} from './palette.ts'

/** What colours, dashes and shapes of a chart stand for; nothing where there is only one thing to see. */
export function legendOf(panel: Panel, data: PanelData): Markup | undefined {
  if (data.kind === 'trend') {
    const dashed = panel.kind === 'trend' && panel.mark === 'line'
    const series = data.series.map(({title, other}, index) => {
      const colour = colourOf(index, other)
      return item(dashed ? line(colour, dashOf(index).join(',')) : shape('M6,0H20V12H6Z', colour), title)
    })
    return list([...series, ...outlookItems(data)])
  }
  if (data.kind === 'breakdown' && panel.kind === 'breakdown' && panel.mark === 'dot') {
    return list(
      comparable(data).map(({title}, index) => item(shape(shapePaths[index]!, colourOf(index, false)), title)),
    )
  }
  return undefined
}

function outlookItems({forecast, usual}: TrendData): readonly Markup[] {
  const marks = usual !== undefined && 'steps' in usual && usual.steps.some(step => step?.anomaly !== undefined)
  return [
    ...(forecast === undefined || 'reason' in forecast
      ? []
      : [
          item(line(colourOf(0, false), '5,4'), 'Forecast'),
          ...forecast.intervals.map(({level}, index) =>
            item(
              shape('M6,0H20V12H6Z', colourOf(0, false), index === 0 ? '0.31' : '0.17'),
              `${level * 100}% of past errors`,
            ),
          ),
        ]),
    ...(marks ? [item(ring('M13,0.5L18.5,6L13,11.5L7.5,6Z'), 'Unusual')] : []),
  ]
}

const list = (items: readonly Markup[]) => markup`<ul class="legend">${items}</ul>`
const item = (mark: Markup, title: string) => markup`<li>${mark}${title}</li>`
const line = (colour: string, dash: string) => markup`<svg viewBox="0 0 26 12" aria-hidden="true">
  <path d="M0,6H26" stroke="${colour}" stroke-width="3" stroke-dasharray="${dash}" />
</svg>`
const shape = (path: string, colour: string, opacity = '1') => markup`<svg viewBox="0 0 26 12" aria-hidden="true">
  <path d="${path}" fill="${colour}" fill-opacity="${opacity}" />
</svg>`
const ring = (path: string) => markup`<svg viewBox="0 0 26 12" aria-hidden="true">
  <path d="${path}" fill="none" stroke="var(--bad)" stroke-width="2" />
</svg>`
