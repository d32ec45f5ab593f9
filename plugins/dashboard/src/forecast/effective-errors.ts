/** The fewest that a width is made from as if they had come alone: below, the expansion of Student's t is no good. */
const fewest = 3

/**
 * How many errors that have nothing to do with each other say as much of how large errors are as these do, one behind
 * the other: n ÷ (1 + 2 Σ (1 − k/n) ρₖ²), with the autocorrelations ρₖ of the errors (Bayley & Hammersley, Supplement to
 * the Journal of the Royal Statistical Society 8(2), 1946, for the variance). Forecasts `ahead` steps ahead from
 * neighbouring moments share all but one of the steps that they err by, so that their errors are a moving average of order
 * `ahead` − 1 even of the best forecasts (Hansen & Hodrick, Journal of Political Economy 88(5), 1980): that far each
 * positive autocorrelation counts, beyond it until the first that is not.
 */
export function effectiveErrors(errors: readonly number[], ahead: number): number {
  const count = errors.length
  const power = errors.reduce((sum, error) => sum + error * error, 0)
  if (power === 0) return count
  let divisor = 1
  for (let lag = 1; lag < Math.min(count - 1, 2 * ahead); lag++) {
    const shared = errors.slice(lag).reduce((sum, error, index) => sum + error * errors[index]!, 0) / power
    if (lag >= ahead && shared <= 0) break
    divisor += 2 * (1 - lag / count) * Math.max(0, shared) ** 2
  }
  return Math.max(fewest, count / divisor)
}

/**
 * How many times wider an interval has to be whose width is known from so many errors than one of known width: the
 * quantile of Student's t by that of the normal distribution, as prediction intervals with an estimated deviation have it
 * (Hahn & Meeker, Statistical Intervals, 1991). The quantile of t is Abramowitz & Stegun's expansion 26.7.5.
 */
export function wideningOf(errors: number, level: 0.8 | 0.95): number {
  const z = level === 0.8 ? 1.2815515655 : 1.9599639845
  const n = errors
  return (
    1 +
    (z ** 2 + 1) / (4 * n) +
    (5 * z ** 4 + 16 * z ** 2 + 3) / (96 * n ** 2) +
    (3 * z ** 6 + 19 * z ** 4 + 17 * z ** 2 - 15) / (384 * n ** 3)
  )
}
