import type {PanelData, TrendData} from '../query/panel-data.ts'
import {axisLabel} from './html/time-axis.ts'
import {mostBars} from './html/trend-chart.ts'

/** Whether there is nothing that could be drawn. */
export function isEmpty(data: PanelData): boolean {
  switch (data.kind) {
    case 'figure':
      return data.value === null
    case 'funnel':
      return data.steps.every(({value}) => value === null)
    case 'matrix':
      return data.values.flat().every(value => value === null)
    case 'trend':
    case 'breakdown':
      return data.series.every(({values}) => values.every(value => value === null))
  }
}

/** What has to be known of a panel to read it right, in sentences. */
export function remarksOn(data: PanelData): readonly string[] {
  switch (data.kind) {
    case 'figure':
      return []
    case 'trend':
      return trendRemarks(data)
    case 'breakdown': {
      const apart = data.series.filter((_, index) => data.additive[index] === false).map(({title}) => title)
      return apart.length === 0
        ? []
        : [`${apart.join(', ')}: computed for each row by itself; the rows do not add up to All.`]
    }
    case 'funnel':
      return ['Each step is counted by itself: who is in one need not have been in the one before.']
    case 'matrix': {
      const parts = data.columns.filter(({complete}) => !complete).map(({label}) => axisLabel(label))
      return parts.length === 0 ? [] : [`Not whole: ${parts.join(', ')}.`]
    }
  }
}

function trendRemarks(data: TrendData): readonly string[] {
  return [...stepRemarks(data), ...methodRemarks(data)]
}

/** What is to be known of steps that are not whole, and of what could not be made of the rest. */
export function stepRemarks({buckets, forecast, usual}: TrendData): readonly string[] {
  const [first, last] = [buckets[0], buckets.at(-1)]
  return [
    ...(first !== last && first?.complete === false ? [`${axisLabel(first.label)} began before these days.`] : []),
    ...(last?.complete === false
      ? [`${axisLabel(last.label)} is not over: drawn ${buckets.length > mostBars ? 'dashed' : 'dashed or pale'}.`]
      : []),
    ...(forecast !== undefined && 'reason' in forecast ? [`No forecast: ${forecast.reason}.`] : []),
    ...(usual !== undefined && 'reason' in usual ? [`Nothing is marked: ${usual.reason}.`] : []),
  ]
}

/** How a forecast and what is usual were made, and how good they were. */
export function methodRemarks({forecast, usual}: TrendData): readonly string[] {
  return [
    ...(forecast !== undefined && 'notes' in forecast ? forecast.notes : []),
    ...(usual !== undefined && 'notes' in usual ? usual.notes : []),
  ]
}
