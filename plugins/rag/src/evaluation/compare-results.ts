import {ConflictError} from '@omni-ops/core/operation'
import type {EvaluationResult} from './evaluation-result.ts'
import {measures, type MeasureName} from './measures.ts'
import {holmAdjusted, type Interval, pairedTest} from './resampling.ts'

/** `no difference shown` is not "the same": the queries are too few, or too alike, to tell. */
export type Verdict = 'better' | 'worse' | 'no difference shown'

export interface MeasureComparison {
  readonly measure: MeasureName
  /** Means over the queries that both have. */
  readonly before: number
  readonly after: number
  readonly difference: number
  readonly interval: Interval | undefined
  /** Two-sided, for whoever looks at this measure alone. */
  readonly p: number
  /** The same adjusted by Holm for the number of measures compared, which the verdict goes by. */
  readonly adjusted: number
  readonly verdict: Verdict
  readonly queries: number
  /** Queries that went better and worse than before. */
  readonly improved: number
  readonly worsened: number
}

export interface ResultComparison {
  readonly measures: readonly MeasureComparison[]
  /** Queries that only one of the two has; they are left out. */
  readonly unpaired: number
}

/** The two results have no query in common. */
export class NothingInCommonError extends ConflictError {
  override readonly code = 'rag_results_not_comparable'
}

/** Below this p-value a difference counts as shown. */
export const SIGNIFICANT = 0.05

/**
 * Compares two runs over the same queries with a paired randomisation test on each measure's differences. Speed is not
 * compared: it belongs to the machine.
 *
 * @throws NothingInCommonError
 */
export function compareResults(before: EvaluationResult, after: EvaluationResult): ResultComparison {
  const earlier = new Map(before.outcomes.map(outcome => [outcome.id, outcome]))
  const pairs = after.outcomes.flatMap(outcome => {
    const other = earlier.get(outcome.id)
    return other?.question === outcome.question ? [{before: other.measures, after: outcome.measures}] : []
  })
  if (pairs.length === 0) {
    throw new NothingInCommonError(`The results of ${before.set} and ${after.set} have no query in common`, {
      hint: 'compare two runs over the same set',
    })
  }
  const tested = measures.flatMap(({name, better}) => {
    const values = pairs.flatMap(pair => {
      const [was, is] = [pair.before[name], pair.after[name]]
      return was === undefined || is === undefined ? [] : [{was, is}]
    })
    return values.length === 0 ? [] : [{name, better, values, test: pairedTest(values.map(({was, is}) => is - was))}]
  })
  const adjusted = holmAdjusted(tested.map(({test}) => test.p))
  return {
    measures: tested.map(({name, better, values, test}, at) => {
      const gains = values.map(({was, is}) => (better === 'higher' ? is - was : was - is))
      const gain = better === 'higher' ? test.difference : -test.difference
      const shown = adjusted[at]! < SIGNIFICANT
      const sum = (pick: (value: {was: number; is: number}) => number) =>
        values.reduce((total, value) => total + pick(value), 0) / values.length
      return {
        measure: name,
        before: sum(({was}) => was),
        after: sum(({is}) => is),
        difference: test.difference,
        interval: test.interval,
        p: test.p,
        adjusted: adjusted[at]!,
        verdict: shown ? (gain > 0 ? 'better' : 'worse') : 'no difference shown',
        queries: values.length,
        improved: gains.filter(each => each > 0).length,
        worsened: gains.filter(each => each < 0).length,
      }
    }),
    unpaired: before.outcomes.length + after.outcomes.length - 2 * pairs.length,
  }
}
