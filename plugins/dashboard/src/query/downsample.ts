import type {Quantity} from './metric-query.ts'

/**
 * Which points of a long axis are drawn: of each stretch the first, the last, the lowest, the highest and a gap, for
 * every series, so that no extreme and no gap is lost (M4: Jugel et al., PVLDB 7(10), 2014). Indices in order.
 */
export function downsample(series: readonly (readonly Quantity[])[], length: number, limit: number): readonly number[] {
  const all = Array.from({length}, (_, index) => index)
  if (length <= limit) return all
  const stretch = Math.ceil(length / Math.max(1, Math.floor(limit / 4)))
  const kept = new Set<number>()
  for (let start = 0; start < length; start += stretch) {
    const end = Math.min(length, start + stretch)
    kept.add(start).add(end - 1)
    for (const values of series) for (const index of extremes(values, start, end)) kept.add(index)
  }
  return [...kept].toSorted((a, b) => a - b)
}

function extremes(values: readonly Quantity[], start: number, end: number): readonly number[] {
  let lowest: number | undefined
  let highest: number | undefined
  let gap: number | undefined
  for (let index = start; index < end; index++) {
    const value = values[index] ?? null
    if (value === null) gap ??= index
    else {
      if (lowest === undefined || Number(value) < Number(values[lowest])) lowest = index
      if (highest === undefined || Number(value) > Number(values[highest])) highest = index
    }
  }
  return [lowest, highest, gap].filter(each => each !== undefined)
}
