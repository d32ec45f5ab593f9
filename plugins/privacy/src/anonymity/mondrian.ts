import type {Microdata} from './microdata.ts'
import type {SensitiveModel} from './privacy-models.ts'
import {TupleSetJudge} from './tuple-set-judge.ts'

export interface MondrianOptions {
  readonly data: Microdata
  /** Least number of persons in a class. */
  readonly k: number
  readonly sensitive?: readonly SensitiveModel[]
  /** By quasi-identifier: the number each leaf of the domain stands for, where it is split by value and not by hierarchy. */
  readonly numeric?: Readonly<Record<string, Float64Array>>
  readonly signal?: AbortSignal
}

export interface MondrianResult {
  readonly classes: number
  /** The class of each tuple. */
  readonly classOf: Int32Array
  /** Rows of the table in each class, and different persons. */
  readonly rows: Int32Array
  readonly persons: Int32Array
  /** `labels[class][attribute]`: the published value. */
  readonly labels: readonly (readonly string[])[]
  /** Normalised certainty penalty of each attribute, 0 to 1. */
  readonly certaintyPenalty: readonly number[]
}

/** One attribute of a set of tuples: how general it is published, and how it can be divided. */
interface Dimension {
  /** 0 to 1: the normalised certainty penalty of publishing the set as one. */
  width(set: Int32Array): number
  label(set: Int32Array): string
  /** Parts of at least `smallest` weight each, or undefined where there are none. */
  split(set: Int32Array, smallest: number): readonly Int32Array[] | undefined
}

/** How many tuples are divided between two looks at the abort signal. */
const breathe = 50_000

/** A table smaller than k cannot be published at all. */
export type MondrianFailure = 'too-small' | 'models'

/**
 * Strict multidimensional partitioning (Mondrian; LeFevre, DeWitt, Ramakrishnan 2006): a set of tuples is divided as
 * long as every part keeps at least k persons and passes the models; equal tuples always stay together. Numbers are
 * cut at the allowable value nearest the median; other attributes go down their hierarchy, where children that are
 * too small stay joined under their parent. Of all allowable divisions, the one that lowers the certainty penalty
 * most is taken.
 *
 * Returns a failure where not even the undivided table satisfies the requirements.
 */
export async function mondrian(options: MondrianOptions): Promise<MondrianResult | MondrianFailure> {
  const {data, k, sensitive = [], numeric = {}, signal} = options
  const judge = new TupleSetJudge(data, k, sensitive)
  const dimensions = data.quasiIdentifiers.map((_, attribute) => dimensionOf(data, attribute, numeric))
  const allowable = (tuples: Int32Array) => {
    const set = {tuples, from: 0, to: tuples.length}
    return judge.persons(set) >= judge.smallest && judge.passes(set)
  }
  const all = Int32Array.from({length: data.tuples}, (_, tuple) => tuple)
  if (judge.persons({tuples: all, from: 0, to: all.length}) < judge.smallest) return 'too-small'
  if (!allowable(all)) return 'models'
  const finished: Int32Array[] = []
  const waiting: Int32Array[] = [all]
  let divided = 0
  for (let set = waiting.pop(); set !== undefined; set = waiting.pop()) {
    divided += set.length
    if (divided > breathe) {
      divided = 0
      await new Promise(resolve => setImmediate(resolve))
      signal?.throwIfAborted()
    }
    const parts = bestDivision(set, dimensions, judge.smallest, allowable, data.counts)
    if (parts) waiting.push(...parts)
    else finished.push(set)
  }
  return resultOf(data, dimensions, finished, judge)
}

function bestDivision(
  set: Int32Array,
  dimensions: readonly Dimension[],
  smallest: number,
  allowable: (tuples: Int32Array) => boolean,
  counts: Int32Array,
): readonly Int32Array[] | undefined {
  if (weightOf(set, counts) < 2 * smallest) return undefined
  let best: readonly Int32Array[] | undefined
  let least = Number.POSITIVE_INFINITY
  for (const dimension of dimensions) {
    const parts = dimension.split(set, smallest)
    if (!parts?.every(allowable)) continue
    const penalty = parts.reduce((sum, part) => sum + penaltyOf(part, dimensions) * weightOf(part, counts), 0)
    if (penalty >= least) continue
    least = penalty
    best = parts
  }
  return best
}

function penaltyOf(set: Int32Array, dimensions: readonly Dimension[]): number {
  return dimensions.reduce((sum, dimension) => sum + dimension.width(set), 0)
}

function weightOf(set: Int32Array, counts: Int32Array): number {
  let weight = 0
  for (const tuple of set) weight += counts[tuple]!
  return weight
}

function resultOf(
  data: Microdata,
  dimensions: readonly Dimension[],
  sets: readonly Int32Array[],
  judge: TupleSetJudge,
): MondrianResult {
  const classOf = new Int32Array(data.tuples)
  sets.forEach((set, index) => {
    for (const tuple of set) classOf[tuple] = index
  })
  const rows = Int32Array.from(sets, set => weightOf(set, data.counts))
  return {
    classes: sets.length,
    classOf,
    rows,
    persons: Int32Array.from(sets, tuples => judge.persons({tuples, from: 0, to: tuples.length})),
    labels: sets.map(set => dimensions.map(dimension => dimension.label(set))),
    certaintyPenalty: dimensions.map(
      dimension => sets.reduce((sum, set, index) => sum + dimension.width(set) * rows[index]!, 0) / data.subsetRows,
    ),
  }
}

function dimensionOf(data: Microdata, attribute: number, numeric: Readonly<Record<string, Float64Array>>): Dimension {
  const values = numeric[data.quasiIdentifiers[attribute]!.name]
  return values ? numericDimension(data, attribute, values) : hierarchicalDimension(data, attribute)
}

function numericDimension(data: Microdata, attribute: number, values: Float64Array): Dimension {
  const {hierarchy, codes} = data.quasiIdentifiers[attribute]!
  const numbers = Float64Array.from(codes, code => values[code]!)
  const ranks = ranksOf(numbers)
  const extent = (set: Int32Array) => {
    let [low, high] = [set[0]!, set[0]!]
    for (const tuple of set) {
      if (numbers[tuple]! < numbers[low]!) low = tuple
      if (numbers[tuple]! > numbers[high]!) high = tuple
    }
    return {low, high}
  }
  const whole = extent(Int32Array.from(numbers, (_, tuple) => tuple))
  const range = numbers[whole.high]! - numbers[whole.low]!
  const name = (tuple: number) => hierarchy.domain[codes[tuple]!]!
  return {
    width: set => {
      const {low, high} = extent(set)
      return range === 0 ? 0 : (numbers[high]! - numbers[low]!) / range
    },
    label: set => {
      const {low, high} = extent(set)
      return numbers[low] === numbers[high] ? name(low) : `[${name(low)}, ${name(high)}]`
    },
    split: (set, smallest) => {
      const sorted = sortedByRank(set, ranks)
      const cut = cutNearMedian(sorted, numbers, data.counts, smallest)
      return cut === undefined ? undefined : [sorted.slice(0, cut), sorted.slice(cut)]
    },
  }
}

/**
 * The set in ascending order of its ranks. Rank and place go into one double, so that the engine's own sort of numbers
 * does the work, which is an order of magnitude faster than one by a comparison function.
 */
function sortedByRank(set: Int32Array, ranks: Int32Array): Int32Array {
  const size = set.length
  const keys = Float64Array.from(set, (tuple, place) => ranks[tuple]! * size + place).toSorted()
  return Int32Array.from(keys, key => set[key % size]!)
}

/** The place of each number among the different ones, in ascending order. */
function ranksOf(numbers: Float64Array): Int32Array {
  const rankOf = new Map(
    [...new Set(numbers)].toSorted((left, right) => left - right).map((number, rank) => [number, rank]),
  )
  return Int32Array.from(numbers, number => rankOf.get(number)!)
}

/** Where to cut so that equal numbers stay together, both sides weigh enough, and the cut is nearest the median. */
function cutNearMedian(
  sorted: Int32Array,
  numbers: Float64Array,
  counts: Int32Array,
  smallest: number,
): number | undefined {
  const total = weightOf(sorted, counts)
  let before = 0
  let best: number | undefined
  let distance = Number.POSITIVE_INFINITY
  for (let place = 1; place < sorted.length; place++) {
    before += counts[sorted[place - 1]!]!
    if (numbers[sorted[place]!] === numbers[sorted[place - 1]!]) continue
    if (before < smallest || total - before < smallest) continue
    if (Math.abs(before - total / 2) >= distance) continue
    distance = Math.abs(before - total / 2)
    best = place
  }
  return best
}

function hierarchicalDimension(data: Microdata, attribute: number): Dimension {
  const {hierarchy, codes} = data.quasiIdentifiers[attribute]!
  const top = hierarchy.levels - 1
  const valueAt = (tuple: number, level: number) => hierarchy.codes[level]![codes[tuple]!]!
  /** The lowest level at which the whole set has one value; above the top where there is none. */
  const meeting = (set: Int32Array) => {
    let level = 0
    for (const tuple of set) while (level <= top && valueAt(tuple, level) !== valueAt(set[0]!, level)) level++
    return level
  }
  return {
    width: set => {
      const level = meeting(set)
      if (level > top) return 1
      const leaves = hierarchy.leaves[level]![valueAt(set[0]!, level)]!
      return leaves < 2 ? 0 : leaves / hierarchy.domain.length
    },
    label: set => {
      const level = meeting(set)
      return level > top ? '*' : hierarchy.labels[level]![valueAt(set[0]!, level)]!
    },
    split: (set, smallest) => {
      const level = meeting(set)
      if (level === 0) return undefined
      return partsOf(
        groupedBy(set, tuple => valueAt(tuple, level - 1)),
        data.counts,
        smallest,
      )
    },
  }
}

/** The tuples of each value. */
function groupedBy(set: Int32Array, valueOf: (tuple: number) => number): Int32Array[] {
  const sizes = new Map<number, number>()
  for (const tuple of set) sizes.set(valueOf(tuple), (sizes.get(valueOf(tuple)) ?? 0) + 1)
  const groups = new Map([...sizes].map(([value, size]) => [value, {tuples: new Int32Array(size), next: 0}]))
  for (const tuple of set) {
    const group = groups.get(valueOf(tuple))!
    group.tuples[group.next++] = tuple
  }
  return Array.from(groups.values(), ({tuples}) => tuples)
}

/** Each child that weighs enough is a part; the others are one part, which takes in the lightest child it needs. */
function partsOf(
  children: readonly Int32Array[],
  counts: Int32Array,
  smallest: number,
): readonly Int32Array[] | undefined {
  const byWeight = children
    .map(child => ({child, weight: weightOf(child, counts)}))
    .toSorted((left, right) => left.weight - right.weight)
  let joined = 0
  let weight = 0
  while (joined < byWeight.length && (byWeight[joined]!.weight < smallest || (weight > 0 && weight < smallest))) {
    weight += byWeight[joined]!.weight
    joined++
  }
  const rest = byWeight.slice(0, joined).flatMap(({child}) => [...child])
  const parts = byWeight.slice(joined).map(({child}) => child)
  if (rest.length > 0) parts.push(Int32Array.from(rest))
  return parts.length < 2 ? undefined : parts
}
