/**
 * The mean distance between a step and the same step one season before: what a forecast's error is measured against, so
 * that errors of different series compare (Hyndman & Koehler, International Journal of Forecasting 22(4), 2006). Undefined
 * where nothing is known a season apart; 0 where nothing changes.
 */
export function seasonalScale(values: readonly (number | null)[], season: number): number | undefined {
  let sum = 0
  let count = 0
  for (let index = season; index < values.length; index++) {
    const [now, before] = [values[index] ?? null, values[index - season] ?? null]
    if (now === null || before === null) continue
    sum += Math.abs(now - before)
    count += 1
  }
  return count === 0 ? undefined : sum / count
}

/** A distance as a share of the mean of both sizes, 0 to 2: one term of the symmetric mean absolute percentage error. */
export function symmetricShare(actual: number, forecast: number): number {
  const size = (Math.abs(actual) + Math.abs(forecast)) / 2
  return size === 0 ? 0 : Math.abs(actual - forecast) / size
}
