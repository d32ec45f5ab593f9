import type {Span} from './entity.ts'

/**
 * Leaves spans that do not overlap, in order of start. The better score wins, in steps of a fifth; of nearly equal ones the longer, for
 * a part of an address or of a URL is no finding of its own; then the earlier one.
 */
export function resolveOverlaps(spans: readonly Span[]): Span[] {
  const ranked = spans.toSorted(
    (a, b) => strength(b) - strength(a) || b.end - b.start - (a.end - a.start) || a.start - b.start,
  )
  const kept: Span[] = []
  const taken = new Occupied()
  for (const span of ranked) {
    if (taken.overlaps(span.start, span.end)) continue
    taken.add(span.start, span.end)
    kept.push(span)
  }
  return kept.toSorted((a, b) => a.start - b.start)
}

/** Rounded, so that a hair's breadth in score does not beat length. */
function strength(span: Span): number {
  return Math.round(span.score * 5)
}

/** Disjoint intervals, kept in order. */
class Occupied {
  readonly #starts: number[] = []
  readonly #ends: number[] = []

  overlaps(start: number, end: number): boolean {
    const at = this.#place(start)
    const before = this.#ends[at - 1]
    const after = this.#starts[at]
    return (before !== undefined && before > start) || (after !== undefined && after < end)
  }

  add(start: number, end: number): void {
    const at = this.#place(start)
    this.#starts.splice(at, 0, start)
    this.#ends.splice(at, 0, end)
  }

  #place(start: number): number {
    let low = 0
    let high = this.#starts.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#starts[middle] as number) < start) low = middle + 1
      else high = middle
    }
    return low
  }
}
