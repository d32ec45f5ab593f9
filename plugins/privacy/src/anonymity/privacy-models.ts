import type {Hierarchy} from './hierarchy.ts'

/** A limit on what a sensitive attribute may show within an equivalence class. */
export type SensitiveModel =
  /** At least `l` different values (Machanavajjhala et al. 2007, as in section 3). */
  | {readonly kind: 'distinct-l-diversity'; readonly attribute: string; readonly l: number}
  /** Shannon entropy of the values at least log l (ibid., definition 4.1). */
  | {readonly kind: 'entropy-l-diversity'; readonly attribute: string; readonly l: number}
  /** r₁ < c · (r_l + … + r_m), r the counts in descending order (ibid., definition 4.2). */
  | {readonly kind: 'recursive-l-diversity'; readonly attribute: string; readonly l: number; readonly c: number}
  /** Earth mover's distance to the whole table's distribution at most t (Li, Li, Venkatasubramanian 2007). */
  | {
      readonly kind: 't-closeness'
      readonly attribute: string
      readonly t: number
      /** How far apart two values are: all equally, by rank, or by where their paths meet in a hierarchy. */
      readonly distance: 'equal' | 'ordered' | {readonly hierarchy: Hierarchy}
    }

/** δ-presence: for each class, the share of the population's members who are in the table (Nergiz et al. 2007). */
export interface PresenceModel {
  readonly minimum: number
  readonly maximum: number
}

/** Guards comparisons of sums of doubles: a distribution that meets its limit exactly must not fail by rounding. */
const tolerance = 1e-9

/**
 * One class's distribution of a sensitive attribute, counted in persons. The object and its arrays are reused from
 * class to class: a test must not keep them.
 */
export interface Distribution {
  /** By value code; zero for all values that are not in `present`. */
  readonly counts: Int32Array
  total: number
  /** The codes of the values that occur, in its first `distinct` places. */
  readonly present: Int32Array
  distinct: number
}

export type DistributionTest = (distribution: Distribution) => boolean

/**
 * The least number of persons in a class under a model, a monotone condition by which a search may prune. Fewer than
 * l persons are refused even where their rows show l values: one person with l rows hides nothing.
 */
export function smallestClass(model: SensitiveModel): number {
  return model.kind === 't-closeness' ? 1 : Math.max(1, Math.ceil(model.l - tolerance))
}

/**
 * Compiles a model for an attribute whose values are `labels` by code, with the table's `overall` counts by code.
 * The order of the labels is the order of `ordered` distances.
 */
export function distributionTest(
  model: SensitiveModel,
  labels: readonly string[],
  overall: Int32Array,
): DistributionTest {
  switch (model.kind) {
    case 'distinct-l-diversity':
      return ({distinct}) => distinct >= model.l - tolerance
    case 'entropy-l-diversity':
      return distribution => entropy(distribution) >= Math.log(model.l) - tolerance
    case 'recursive-l-diversity':
      return distribution => recursive(distribution, model.l, model.c)
    case 't-closeness': {
      const distance = distanceTo(model.distance, labels, proportions(overall))
      return distribution => distance(distribution) <= model.t + tolerance
    }
  }
}

/** Counts as shares of their sum. */
export function proportions(counts: Int32Array): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return Float64Array.from(counts, count => count / total)
}

/** Shannon entropy in nats. */
function entropy({counts, total, present, distinct}: Distribution): number {
  let sum = 0
  for (let index = 0; index < distinct; index++) {
    const share = counts[present[index]!]! / total
    sum -= share * Math.log(share)
  }
  return sum
}

function recursive({counts, present, distinct}: Distribution, l: number, c: number): boolean {
  const descending = Int32Array.from({length: distinct}, (_, index) => counts[present[index]!]!)
    .toSorted()
    .toReversed()
  let tail = 0
  for (let rank = l - 1; rank < distinct; rank++) tail += descending[rank]!
  return (descending[0] ?? 0) < c * tail
}

/** The earth mover's distance of a class to the expected shares, by code; between 0 and 1. */
export function distanceTo(
  ground: 'equal' | 'ordered' | {readonly hierarchy: Hierarchy},
  labels: readonly string[],
  expected: Float64Array,
): (distribution: Distribution) => number {
  if (ground === 'equal') return distribution => equalDistance(distribution, expected)
  if (ground === 'ordered') return distribution => orderedDistance(distribution, expected)
  return hierarchicalDistance(ground.hierarchy, labels, expected)
}

/** With all values equally far apart, the distance is what lies above the expected shares: the total variation. */
function equalDistance({counts, total, present, distinct}: Distribution, expected: Float64Array): number {
  let above = 0
  for (let index = 0; index < distinct; index++) {
    const code = present[index]!
    above += Math.max(0, counts[code]! / total - expected[code]!)
  }
  return above
}

/** The mean absolute cumulative difference over ranks, section 5.1 of Li et al. 2007. */
function orderedDistance({counts, total}: Distribution, expected: Float64Array): number {
  if (counts.length < 2) return 0
  let cumulative = 0
  let sum = 0
  for (let code = 0; code < counts.length; code++) {
    cumulative += counts[code]! / total - expected[code]!
    sum += Math.abs(cumulative)
  }
  return sum / (counts.length - 1)
}

/**
 * Section 5.2 of Li et al. 2007: at each inner node, what its children have too much of is moved to where too little
 * is, at a cost of the node's height over the hierarchy's.
 */
function hierarchicalDistance(
  hierarchy: Hierarchy,
  labels: readonly string[],
  expected: Float64Array,
): (distribution: Distribution) => number {
  const leafOf = leafCodes(hierarchy, labels)
  const height = hierarchy.levels - 1
  const net = Array.from({length: hierarchy.levels}, (_, level) => new Float64Array(hierarchy.labels[level]!.length))
  const excess = net.map(each => new Float64Array(each.length))
  const lack = net.map(each => new Float64Array(each.length))
  const parents = Array.from({length: height}, (_, level) => parentCodes(hierarchy, level))
  return ({counts, total}) => {
    for (const each of [...net, ...excess, ...lack]) each.fill(0)
    for (let code = 0; code < counts.length; code++) net[0]![leafOf[code]!]! += counts[code]! / total - expected[code]!
    let cost = 0
    for (let level = 0; level < height; level++) {
      const [from, to, over, under, parent] = [
        net[level]!,
        net[level + 1]!,
        excess[level + 1]!,
        lack[level + 1]!,
        parents[level]!,
      ]
      for (let child = 0; child < from.length; child++) {
        const value = from[child]!
        to[parent[child]!]! += value
        if (value > 0) over[parent[child]!]! += value
        else under[parent[child]!]! -= value
      }
      for (let node = 0; node < to.length; node++) cost += ((level + 1) / height) * Math.min(over[node]!, under[node]!)
    }
    return cost
  }
}

function leafCodes(hierarchy: Hierarchy, labels: readonly string[]): Int32Array {
  const byLabel = new Map(hierarchy.domain.map((label, code) => [label, code]))
  return Int32Array.from(labels, label => byLabel.get(label) as number)
}

function parentCodes(hierarchy: Hierarchy, level: number): Int32Array {
  const parents = new Int32Array(hierarchy.labels[level]!.length)
  const [below, above] = [hierarchy.codes[level]!, hierarchy.codes[level + 1]!]
  below.forEach((code, leaf) => {
    parents[code] = above[leaf]!
  })
  return parents
}
