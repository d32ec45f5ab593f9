/** What values are, which says how they vary by chance. */
export type Nature = 'count' | 'share' | 'other'

/** A scale on which values vary alike, high or low. Values are those of a step, which is named by its index. */
export interface VarianceScale {
  to(value: number, step: number): number
  from(value: number, step: number): number
  /** How far chance alone spreads a step, as a part of what it spreads the others by. */
  readonly deviation: (step: number) => number
  /** Interquartile range that chance alone gives, of distances by their deviations; nothing narrower is taken for one. */
  readonly leastRange: number
}

/** Interquartile range of a normal distribution whose standard deviation is 1. */
const normalRange = 1.349

/**
 * - Counts: twice the square root, on which chance alone has a standard deviation of about 1 however many there are
 *   (Anscombe, Biometrika 35, 1948).
 * - Shares of 0 to 1: the arcsine of the square root (the same source). Where it is known of how many things each is a
 *   share, with the variance p (1 − p) ÷ n that chance gives each by itself.
 * - What is above 0, such as sums of money and durations: the logarithm, as they vary by parts of themselves.
 * - What may also be 0: the square root. All else as it is.
 *
 * @param sizes of how many things each value is a share
 */
export function scaleOf(
  values: readonly (number | null)[],
  nature: Nature,
  sizes?: readonly (number | null)[],
): VarianceScale {
  const known = values.filter(value => value !== null)
  if (nature === 'count') return rootScale(3 / 8, normalRange)
  if (nature === 'share' && known.every(value => value >= 0 && value <= 1)) {
    return sizes === undefined ? shareScale : binomialScale(sizes)
  }
  if (known.every(value => value > 0)) return {...even, to: Math.log, from: Math.exp, leastRange: 0}
  if (known.every(value => value >= 0)) return rootScale(0, 0)
  return {...even, to: value => value, from: value => value, leastRange: 0}
}

const even = {deviation: () => 1}

function rootScale(offset: number, leastRange: number): VarianceScale {
  return {
    ...even,
    to: value => 2 * Math.sqrt(Math.max(0, value) + offset),
    from: value => Math.max(0, (Math.max(0, value) / 2) ** 2 - offset),
    leastRange,
  }
}

const angleOf = (share: number) => Math.asin(Math.sqrt(share))
const shareOf = (angle: number) => Math.sin(Math.min(Math.PI / 2, Math.max(0, angle))) ** 2
const shareScale: VarianceScale = {...even, to: angleOf, from: shareOf, leastRange: 0}

/**
 * Anscombe's arcsine of x of n things, asin √((x + 3/8) ÷ (n + 3/4)), has a variance of 1 ÷ (4n + 2) whatever the share
 * is. Distances are compared by that, and their spread is that of all of them, so that shares which vary more than
 * chance does are not all unusual (Laney's p′ chart: Quality Engineering 14(4), 2002).
 */
function binomialScale(sizes: readonly (number | null)[]): VarianceScale {
  const known = sizes.filter(size => size !== null && size > 0).toSorted((one, other) => one! - other!)
  const usual = known[known.length >> 1] ?? 1
  // A step of which there is nothing is told as if there were as many things as usual.
  const sizeOf = (step: number) => sizes[step] || usual
  return {
    to: (value, step) => angleOf((value * sizeOf(step) + 3 / 8) / (sizeOf(step) + 3 / 4)),
    from(value, step) {
      const share = (shareOf(value) * (sizeOf(step) + 3 / 4) - 3 / 8) / sizeOf(step)
      return Math.min(1, Math.max(0, share))
    },
    deviation: step => 1 / Math.sqrt(4 * sizeOf(step) + 2),
    leastRange: normalRange,
  }
}
