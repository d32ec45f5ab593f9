import {HierarchyError} from './errors.ts'

/**
 * A generalisation hierarchy over an attribute's domain. Level 0 is the value itself; each level is coarser than the
 * one before: two values that are equal at a level stay equal at every higher one.
 */
export interface Hierarchy {
  readonly attribute: string
  /** Number of levels, level 0 included. */
  readonly levels: number
  /** The domain: the leaf values, by code. */
  readonly domain: readonly string[]
  /** The generalised values that occur at each level, by code; `labels[0]` is the domain. */
  readonly labels: readonly (readonly string[])[]
  /** `codes[level][leaf]` is the code of the leaf's generalised value at that level. */
  readonly codes: readonly Int32Array[]
  /** `leaves[level][code]` is how many leaves of the domain a generalised value stands for. */
  readonly leaves: readonly Int32Array[]
}

/**
 * Builds a hierarchy from its rows, each a leaf followed by its generalisations (the layout of ARX's hierarchy files).
 * Throws HierarchyError where rows differ in length, a leaf occurs twice with different generalisations, or a level
 * separates what a lower level had joined.
 */
export function hierarchyFromRows(attribute: string, rows: readonly (readonly string[])[]): Hierarchy {
  const levels = rows[0]?.length ?? 0
  if (levels === 0) throw new HierarchyError(`The hierarchy of ${attribute} is empty`)
  const byLeaf = new Map<string, readonly string[]>()
  for (const row of rows) {
    const leaf = row[0] as string
    if (row.length !== levels) {
      throw new HierarchyError(
        `The hierarchy of ${attribute} has ${row.length} levels for "${leaf}", elsewhere ${levels}`,
        {
          hint: 'give every value the same number of levels; repeat a value where a level changes nothing',
        },
      )
    }
    const known = byLeaf.get(leaf)
    if (known?.some((value, level) => value !== row[level])) {
      throw new HierarchyError(`The hierarchy of ${attribute} generalises "${leaf}" in two ways`)
    }
    byLeaf.set(leaf, row)
  }
  const domain = [...byLeaf.keys()]
  const labels: string[][] = []
  const codes: Int32Array[] = []
  const leaves: Int32Array[] = []
  for (let level = 0; level < levels; level++) {
    const known = new Map<string, number>()
    const column = new Int32Array(domain.length)
    domain.forEach((leaf, index) => {
      const label = (byLeaf.get(leaf) as readonly string[])[level] as string
      const code = known.get(label) ?? known.size
      known.set(label, code)
      column[index] = code
    })
    const counts = new Int32Array(known.size)
    for (const code of column) counts[code]!++
    labels.push([...known.keys()])
    codes.push(column)
    leaves.push(counts)
    if (level > 0) requireCoarser(attribute, codes[level - 1]!, column, labels[level - 1]!, level)
  }
  return {attribute, levels, domain, labels, codes, leaves}
}

function requireCoarser(
  attribute: string,
  below: Int32Array,
  above: Int32Array,
  labels: readonly string[],
  level: number,
): void {
  const parent = new Int32Array(labels.length).fill(-1)
  for (let leaf = 0; leaf < below.length; leaf++) {
    const child = below[leaf]!
    if (parent[child] === -1) parent[child] = above[leaf]!
    if (parent[child] === above[leaf]) continue
    throw new HierarchyError(
      `The hierarchy of ${attribute} gives "${labels[child]}" of level ${level - 1} two generalisations at level ${level}`,
      {hint: 'a level may only join values, never separate what a lower level has joined'},
    )
  }
}

/** Level 0 and total suppression, for an attribute of which nothing more is known. */
export function suppressionHierarchy(attribute: string, domain: readonly string[]): Hierarchy {
  return hierarchyFromRows(
    attribute,
    domain.map(value => [value, '*']),
  )
}

/**
 * Intervals that double in width at each level: `width`, 2·`width`, 4·`width` …, then `*`. The intervals are
 * `[low, high[`, aligned to multiples of their width. Throws HierarchyError for a value that is not a finite number.
 */
export function intervalHierarchy(
  attribute: string,
  domain: readonly string[],
  {width, levels = 3}: {readonly width: number; readonly levels?: number},
): Hierarchy {
  if (!(width > 0) || !Number.isFinite(width)) {
    throw new HierarchyError(`The width of ${attribute}'s intervals has to be above 0, not ${width}`)
  }
  const rows = domain.map(value => {
    const number = Number(value)
    if (value.trim() === '' || !Number.isFinite(number)) {
      throw new HierarchyError(`"${value}" of ${attribute} is not a number, so it has no interval`)
    }
    // From the narrowest interval up, so that the levels nest whatever the rounding of the division.
    const narrowest = Math.floor(tidy(number / width))
    const intervals = Array.from({length: levels}, (_, level) => {
      const place = Math.floor(narrowest / 2 ** level)
      const span = width * 2 ** level
      return `[${tidy(place * span)}, ${tidy((place + 1) * span)}[`
    })
    return [value, ...intervals, '*']
  })
  return hierarchyFromRows(attribute, rows)
}

/** Without the noise in the last digits of a double: 0.3 / 0.1 is 3. */
function tidy(value: number): number {
  return Number(value.toPrecision(12))
}

/** Replaces one more character from the right by `*` at each level, as postal codes are coarsened. */
export function redactionHierarchy(attribute: string, domain: readonly string[]): Hierarchy {
  const width = Math.max(1, ...domain.map(value => [...value].length))
  const rows = domain.map(value => {
    const characters = [...value.padEnd(width)]
    const levels = Array.from({length: width - 1}, (_, level) => {
      const kept = width - level - 1
      return characters.slice(0, kept).join('') + '*'.repeat(width - kept)
    })
    return [value, ...levels, '*']
  })
  return hierarchyFromRows(attribute, rows)
}

/** Calendar dates by month, quarter, year, decade, `*`. Throws HierarchyError unless a value begins `YYYY-MM-DD`. */
export function dateHierarchy(attribute: string, domain: readonly string[]): Hierarchy {
  const rows = domain.map(value => {
    const match = /^(\d{4})-(\d{2})-(\d{2})(?:$|T)/.exec(value)
    const month = Number(match?.[2])
    if (!match || month < 1 || month > 12) {
      throw new HierarchyError(`"${value}" of ${attribute} is not an ISO 8601 date (YYYY-MM-DD)`)
    }
    const year = match[1] as string
    return [value, `${year}-${match[2]}`, `${year}-Q${Math.ceil(month / 3)}`, year, `${year.slice(0, 3)}0s`, '*']
  })
  return hierarchyFromRows(attribute, rows)
}
