export interface Minimum {
  readonly point: readonly number[]
  readonly value: number
}

export interface NelderMeadOptions {
  /** Size of the first simplex, by coordinate. */
  readonly steps: readonly number[]
  readonly evaluations: number
  /** Ends where the values of the simplex differ by no more, as a share. */
  readonly tolerance: number
}

/**
 * A minimum of a function without derivatives (Nelder & Mead, The Computer Journal 7(4), 1965, with its coefficients 1, 2,
 * ½ and ½). Points that are not allowed are infinitely high. It moves the same way every time.
 */
export function nelderMead(
  height: (point: readonly number[]) => number,
  start: readonly number[],
  {steps, evaluations, tolerance}: NelderMeadOptions,
): Minimum {
  const spent = {evaluations: 0}
  const measured = (point: readonly number[]): Minimum => {
    spent.evaluations += 1
    return {point, value: height(point)}
  }
  const corners = [
    start,
    ...steps.map((step, axis) => start.map((each, index) => (index === axis ? each + step : each))),
  ]
  const simplex = corners.map(measured)
  while (spent.evaluations < evaluations) {
    simplex.sort((one, other) => one.value - other.value)
    const [best, worst] = [simplex[0]!, simplex.at(-1)!]
    if (worst.value - best.value <= tolerance * (Math.abs(best.value) + tolerance)) break
    const others = simplex.slice(0, -1)
    const centre = start.map((_, axis) => others.reduce((sum, {point}) => sum + point[axis]!, 0) / others.length)
    const along = (factor: number) => measured(centre.map((each, axis) => each + factor * (worst.point[axis]! - each)))
    const reflected = along(-1)
    if (reflected.value < best.value) {
      const expanded = along(-2)
      simplex[simplex.length - 1] = expanded.value < reflected.value ? expanded : reflected
      continue
    }
    if (reflected.value < others.at(-1)!.value) {
      simplex[simplex.length - 1] = reflected
      continue
    }
    const contracted = reflected.value < worst.value ? along(-0.5) : along(0.5)
    if (contracted.value < Math.min(reflected.value, worst.value)) {
      simplex[simplex.length - 1] = contracted
      continue
    }
    for (let index = 1; index < simplex.length; index++) {
      simplex[index] = measured(simplex[index]!.point.map((each, axis) => (each + best.point[axis]!) / 2))
    }
  }
  return simplex.reduce((one, other) => (other.value < one.value ? other : one))
}
