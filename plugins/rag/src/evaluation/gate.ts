import {InvalidInputError} from '@omni-ops/core/operation'
import {type ResultComparison, SIGNIFICANT} from './compare-results.ts'
import type {Figure} from './figures.ts'
import {isMeasureName, measureNames, measureOf, type MeasureName} from './measures.ts'

/** A condition that a run has to meet. */
export interface Gate {
  /** As it was written. */
  readonly text: string
  readonly measure: MeasureName
  /** Which value is held against the bound: the mean, or an end of its interval. */
  readonly of: 'value' | 'lower' | 'upper'
  readonly comparator: '>=' | '>' | '<=' | '<'
  /** A number, or the saved result than which the run must not be shown to be worse. */
  readonly bound: number | {readonly saved: string}
}

export interface GateOutcome {
  readonly gate: string
  readonly measure: MeasureName
  readonly value: number
  readonly passed: boolean
  /** Why, in words. */
  readonly reason: string
}

/** The gate cannot be read, or names a measure that this evaluation does not have. */
export class InvalidGateError extends InvalidInputError {
  override readonly code = 'rag_invalid_gate'
}

const FORM = /^\s*(?:(lower|upper)\(\s*([^()\s]+)\s*\)|([^()<>=\s]+))\s*(>=|<=|>|<)\s*(\S.*?)\s*$/u

/**
 * Reads `ndcg@10>=0.7`, `lower(ndcg@10)>=0.65` or `ndcg@10>=NAME`, where NAME is a saved result.
 * @throws InvalidGateError
 */
export function parseGate(text: string): Gate {
  const match = FORM.exec(text)
  if (!match) {
    throw new InvalidGateError(`"${text}" is not a gate`, {
      hint: 'write MEASURE>=NUMBER, lower(MEASURE)>=NUMBER or MEASURE>=SAVED-RESULT',
    })
  }
  const measure = (match[2] ?? match[3])!
  if (!isMeasureName(measure)) throw unknownMeasure(measure, measureNames)
  const comparator = match[4] as Gate['comparator']
  const of = (match[1] ?? 'value') as Gate['of']
  const number = Number(match[5])
  if (Number.isFinite(number)) return {text, measure, of, comparator, bound: number}
  const towards = measureOf(measure).better === 'higher' ? '>=' : '<='
  if (of !== 'value' || comparator !== towards) {
    throw new InvalidGateError(`"${text}": against a saved result, write ${measure}${towards}${match[5]}`, {
      hint: 'it asks whether the paired test shows this run to be worse than that one',
    })
  }
  if (measureOf(measure).unit !== 'share' || measure === 'refusal_auroc') {
    throw new InvalidGateError(`"${text}": ${measure} is not a mean over queries, so there is no paired test of it`, {
      hint: 'compare it with a number',
    })
  }
  return {text, measure, of, comparator, bound: {saved: match[5]!}}
}

/**
 * Holds a gate against a run.
 *
 * @param comparison With the saved result that the gate names, if it names one.
 * @throws InvalidGateError where the run does not have the measure, or not its interval.
 */
export function checkGate(
  gate: Gate,
  figures: readonly Figure[],
  comparison: ResultComparison | undefined,
): GateOutcome {
  const figure = figures.find(({measure}) => measure === gate.measure)
  if (!figure) {
    throw unknownMeasure(
      gate.measure,
      figures.map(({measure}) => measure),
    )
  }
  if (typeof gate.bound !== 'number') return notWorse(gate, figure, comparison!)
  const {interval} = figure
  if (gate.of !== 'value' && interval === undefined) {
    throw new InvalidGateError(`"${gate.text}": ${gate.measure} has no interval here`, {
      hint: `compare the value: ${gate.measure}${gate.comparator}${gate.bound}`,
    })
  }
  const value = gate.of === 'value' ? figure.value : gate.of === 'lower' ? interval!.low : interval!.high
  const passed = holds(value, gate.comparator, gate.bound)
  const what = gate.of === 'value' ? gate.measure : `${gate.of}(${gate.measure})`
  return {gate: gate.text, measure: gate.measure, value, passed, reason: `${what} is ${rounded(value)}`}
}

function notWorse(gate: Gate, figure: Figure, comparison: ResultComparison): GateOutcome {
  const compared = comparison.measures.find(({measure}) => measure === gate.measure)
  if (!compared) {
    throw new InvalidGateError(`"${gate.text}": the saved result does not have ${gate.measure}`, {
      hint: `it has ${comparison.measures.map(({measure}) => measure).join(', ')}`,
    })
  }
  const {before, after, difference, p} = compared
  const worse = measureOf(gate.measure).better === 'higher' ? difference < 0 : difference > 0
  // One measure that was named beforehand: nothing to adjust for.
  const passed = !(worse && p < SIGNIFICANT)
  const verdict = passed ? 'not shown to be worse' : 'worse'
  return {
    gate: gate.text,
    measure: gate.measure,
    value: figure.value,
    passed,
    reason: `${rounded(before)} → ${rounded(after)}, ${verdict} (p = ${rounded(p)})`,
  }
}

/** Sums of many values are off in their last bits: a mean of exactly 0.725 meets `>=0.725`. */
const ROUNDING = 1e-9

function holds(value: number, comparator: Gate['comparator'], bound: number): boolean {
  switch (comparator) {
    case '>=':
      return value >= bound - ROUNDING
    case '>':
      return value > bound + ROUNDING
    case '<=':
      return value <= bound + ROUNDING
    case '<':
      return value < bound - ROUNDING
  }
}

function unknownMeasure(name: string, known: readonly string[]): InvalidGateError {
  return new InvalidGateError(`This evaluation has no measure "${name}"`, {
    hint: `it has ${known.join(', ')}`,
    details: {measures: known},
  })
}

function rounded(value: number): string {
  return String(Math.round(value * 1e4) / 1e4)
}
