/** What values are, which says how they vary by chance. */
export type Nature = 'count' | 'share' | 'other'

/** A scale on which values vary alike, high or low. */
export interface VarianceScale {
  to(value: number): number
  from(value: number): number
  /** Interquartile range that chance alone gives; nothing narrower is taken for one. */
  readonly leastRange: number
}

/** Interquartile range of a normal distribution whose standard deviation is 1. */
const normalRange = 1.349

/**
 * - Counts: twice the square root, on which chance alone has a standard deviation of about 1 however many there are
 *   (Anscombe, Biometrika 35, 1948).
 * - Shares of 0 to 1: the arcsine of the square root (the same source).
 * - What is above 0, such as sums of money and durations: the logarithm, as they vary by parts of themselves.
 * - What may also be 0: the square root. All else as it is.
 */
export function scaleOf(values: readonly (number | null)[], nature: Nature): VarianceScale {
  const known = values.filter(value => value !== null)
  if (nature === 'count') return rootScale(3 / 8, normalRange)
  if (nature === 'share' && known.every(value => value >= 0 && value <= 1)) return shareScale
  if (known.every(value => value > 0)) return {to: Math.log, from: Math.exp, leastRange: 0}
  if (known.every(value => value >= 0)) return rootScale(0, 0)
  return {to: value => value, from: value => value, leastRange: 0}
}

function rootScale(offset: number, leastRange: number): VarianceScale {
  return {
    to: value => 2 * Math.sqrt(Math.max(0, value) + offset),
    from: value => Math.max(0, (Math.max(0, value) / 2) ** 2 - offset),
    leastRange,
  }
}

const shareScale: VarianceScale = {
  to: value => Math.asin(Math.sqrt(value)),
  from: value => Math.sin(Math.min(Math.PI / 2, Math.max(0, value))) ** 2,
  leastRange: 0,
}
