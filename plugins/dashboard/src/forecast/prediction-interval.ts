/**
 * Half the width of an interval that holds a next forecast's error with at least the probability `level`, from errors of
 * the same kind: the ⌈(n + 1) · level⌉-th smallest of n sizes (split conformal prediction: Vovk, Gammerman & Shafer,
 * Algorithmic Learning in a Random World, 2005; Lei et al., JASA 113, 2018). It supposes no distribution, but errors
 * that could have come in any order; for those of forecasts that overlap see `wideningOf`. Undefined where there are too few: 19 are the fewest for 95 %, 4 for 80 %.
 */
export function conformalWidth(errors: readonly number[], level: number): number | undefined {
  // Without the tolerance 20 · 0.95 would be a little more than 19.
  const rank = Math.ceil((errors.length + 1) * level - 1e-9)
  if (rank > errors.length) return undefined
  return errors.map(Math.abs).toSorted((one, other) => one - other)[rank - 1]
}
