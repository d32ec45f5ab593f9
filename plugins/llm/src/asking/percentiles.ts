export interface Percentiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

/** By the nearest rank: the smallest value that so many per cent are no larger than. Undefined of no values. */
export function percentilesOf(values: readonly number[]): Percentiles | undefined {
  if (values.length === 0) return undefined
  const sorted = values.toSorted((left, right) => left - right)
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!
  return {p50: at(0.5), p95: at(0.95), p99: at(0.99)}
}
