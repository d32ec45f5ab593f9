import type {FigureData} from '../query/panel-data.ts'
import {changeText, quantityText} from './quantity-text.ts'

export interface Comparison {
  readonly text: string
  /** Undefined where neither is better, or nothing changed. */
  readonly better: boolean | undefined
}

/** A figure against the days before, in one line. */
export function comparisonText({value, previous, unit, metric, noComparison}: FigureData): Comparison {
  if (noComparison !== undefined) return {text: `no comparison: ${noComparison}`, better: undefined}
  const change = changeText(value, previous, unit)
  if (change === undefined) return {text: 'no comparison', better: undefined}
  const told = change.direction === 'same' || metric.better === 'neither'
  const better = told ? undefined : (change.direction === 'up') === (metric.better === 'higher')
  const word = better === undefined ? '' : better ? ', better' : ', worse'
  return {text: `${change.text}${word}, from ${quantityText(previous, unit)}`, better}
}

/** How much of its target a figure has reached; undefined where it has none. */
export function targetText(target: FigureData['target'], unit: FigureData['unit']): string | undefined {
  if (target === undefined) return undefined
  const reached = target.reached === null ? 'no data for the target' : quantityText(target.reached, {kind: 'share'})
  return `${reached}, of ${target.title}, ${quantityText(target.value, unit)}`
}
