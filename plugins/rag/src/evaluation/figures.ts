import type {EvaluationResult, QueryOutcome} from './evaluation-result.ts'
import {measureNames, type MeasureName} from './measures.ts'
import {mean, percentile} from './metrics.ts'
import {areaInterval, areaUnderRoc, type Interval, meanInterval} from './resampling.ts'

/** A measure over all queries that it applies to. */
export interface Figure {
  readonly measure: MeasureName
  readonly value: number
  /** Of confidence 95 %; absent for speed, and where there are too few queries. */
  readonly interval: Interval | undefined
  /** How many queries it rests on. */
  readonly queries: number
}

/** The figures of a run, in the order of `measures`; those that apply to no query are left out. */
export function figuresOf(result: EvaluationResult): Figure[] {
  return measureNames.flatMap(name => figureOf(name, result) ?? [])
}

function figureOf(name: MeasureName, result: EvaluationResult): Figure | undefined {
  const {outcomes} = result
  switch (name) {
    case 'p50_ms':
    case 'p95_ms':
      return speed(
        name,
        outcomes.map(({search_ms}) => search_ms),
      )
    case 'answer_p50_ms':
    case 'answer_p95_ms':
      return speed(
        name,
        outcomes.flatMap(({answer_ms}) => answer_ms ?? []),
      )
    case 'docs_per_s':
      if (result.docs_per_s === null) return undefined
      return {measure: name, value: result.docs_per_s, interval: undefined, queries: outcomes.length}
    case 'refusal_auroc':
      return refusalArea(outcomes)
    default: {
      const values = outcomes.flatMap(({measures}) => measures[name] ?? [])
      if (values.length === 0) return undefined
      return {measure: name, value: mean(values), interval: meanInterval(values), queries: values.length}
    }
  }
}

function speed(measure: MeasureName, times: readonly number[]): Figure | undefined {
  if (times.length === 0) return undefined
  const share = measure.includes('p50') ? 0.5 : 0.95
  return {measure, value: percentile(share, times), interval: undefined, queries: times.length}
}

function refusalArea(outcomes: readonly QueryOutcome[]): Figure | undefined {
  const of = (answerable: boolean) =>
    outcomes.flatMap(each => (each.answerable === answerable && each.confidence !== null ? each.confidence : []))
  const [positives, negatives] = [of(true), of(false)]
  if (positives.length === 0 || negatives.length === 0) return undefined
  return {
    measure: 'refusal_auroc',
    value: areaUnderRoc(positives, negatives),
    interval: areaInterval(positives, negatives),
    queries: positives.length + negatives.length,
  }
}
