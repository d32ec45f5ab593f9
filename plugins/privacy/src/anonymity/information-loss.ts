import type {EquivalenceClasses, Verdict} from './equivalence-classes.ts'
import type {Lattice} from './lattice.ts'
import type {Microdata} from './microdata.ts'

/**
 * What a search minimises.
 *
 * - `entropy`: non-uniform entropy of the generalisation (El Emam et al. 2009; ARX's monotonic variant), in bits.
 *   Suppression does not count; the suppression limit bounds it.
 * - `entropy-with-suppression`: the same plus, for suppressed rows, the bits lost from their generalised values to
 *   nothing (ARX's non-monotonic variant).
 * - `discernibility`: Σ|E|² over kept classes plus rows · suppressed rows (Bayardo and Agrawal 2005).
 * - `discernibility-star`: Σ|E|² over all classes, the monotonic DM* (El Emam et al. 2009).
 * - `loss`: the mean over attributes of ARX's loss: the share of the domain that a value stands for, 0 to 1.
 */
export const objectives = [
  'entropy',
  'entropy-with-suppression',
  'discernibility',
  'discernibility-star',
  'loss',
] as const

export type Objective = (typeof objectives)[number]

/** An objective ready for a search: bounds that never decrease with generalisation, and the cost of judged classes. */
export interface Cost {
  /** Below or equal to the cost of the node; known before grouping. */
  bound(node: number): number
  /** Below or equal to the cost of the node and of all its generalisations; known after grouping. */
  groupedBound(node: number, classes: EquivalenceClasses): number
  /** The bound is the cost. */
  readonly exact: boolean
  of(node: number, classes: EquivalenceClasses, verdict: Verdict): number
}

/** Prepares an objective. What depends on one attribute and level alone is computed once. */
export function costOf(objective: Objective, data: Microdata, lattice: Lattice): Cost {
  switch (objective) {
    case 'entropy':
    case 'entropy-with-suppression': {
      const table = perLevel(data, generalisationEntropy)
      const bound = (node: number) => sumAt(table, node, lattice)
      return {
        bound,
        groupedBound: bound,
        exact: objective === 'entropy',
        of: (node, classes, verdict) =>
          objective === 'entropy'
            ? bound(node)
            : bound(node) + sum(suppressionEntropy(data, lattice, node, classes, verdict)),
      }
    }
    case 'loss': {
      const table = perLevel(data, generalisationLoss)
      const attributes = data.quasiIdentifiers.length
      const bound = (node: number) => sumAt(table, node, lattice) / attributes
      return {
        bound,
        groupedBound: bound,
        exact: false,
        of: (node, classes, verdict) => mean(attributeLoss(data, lattice, node, classes, verdict)),
      }
    }
    case 'discernibility':
    case 'discernibility-star':
      return {
        bound: () => 0,
        groupedBound: (_node, classes) => discernibilityStar(classes),
        exact: false,
        of: (_node, classes, verdict) =>
          objective === 'discernibility' ? discernibility(data, classes, verdict) : discernibilityStar(classes),
      }
  }
}

/** Rows of the table by leaf code, per quasi-identifier. */
function leafFrequencies(data: Microdata, attribute: number): Float64Array {
  const {hierarchy, codes} = data.quasiIdentifiers[attribute]!
  const frequencies = new Float64Array(hierarchy.domain.length)
  codes.forEach((code, tuple) => {
    frequencies[code]! += data.counts[tuple]!
  })
  return frequencies
}

type LevelMeasure = (data: Microdata, attribute: number, level: number, frequencies: Float64Array) => number

function perLevel(data: Microdata, measure: LevelMeasure): number[][] {
  return data.quasiIdentifiers.map(({hierarchy}, attribute) => {
    const frequencies = leafFrequencies(data, attribute)
    return Array.from({length: hierarchy.levels}, (_, level) => measure(data, attribute, level, frequencies))
  })
}

/** −Σ f(v) · log₂(f(v) / f(g(v))): the bits it takes to tell a value among those that share its generalisation. */
function generalisationEntropy(data: Microdata, attribute: number, level: number, frequencies: Float64Array): number {
  const {hierarchy} = data.quasiIdentifiers[attribute]!
  const codes = hierarchy.codes[level]!
  const generalised = new Float64Array(hierarchy.labels[level]!.length)
  frequencies.forEach((frequency, leaf) => {
    generalised[codes[leaf]!]! += frequency
  })
  let bits = 0
  frequencies.forEach((frequency, leaf) => {
    if (frequency > 0) bits -= frequency * Math.log2(frequency / generalised[codes[leaf]!]!)
  })
  return bits
}

/** Per attribute, the bits from the suppressed rows' generalised values to a single one that stands for all of them. */
export function suppressionEntropy(
  data: Microdata,
  lattice: Lattice,
  node: number,
  classes: EquivalenceClasses,
  verdict: Verdict,
): number[] {
  return data.quasiIdentifiers.map(({hierarchy, codes}, attribute) => {
    const level = lattice.level(node, attribute)
    const frequencies = new Float64Array(hierarchy.labels[level]!.length)
    for (let index = 0; index < classes.classes; index++) {
      if (!verdict.suppressed[index]) continue
      frequencies[hierarchy.codes[level]![codes[classes.first[index]!]!]!]! += classes.rows[index]!
    }
    let bits = 0
    for (const frequency of frequencies) {
      if (frequency > 0) bits -= frequency * Math.log2(frequency / verdict.suppressedRows)
    }
    return bits
  })
}

/** Per attribute, the bits of generalisation at a node. */
export function entropyOf(data: Microdata, lattice: Lattice, node: number): number[] {
  return data.quasiIdentifiers.map((_, attribute) =>
    generalisationEntropy(data, attribute, lattice.level(node, attribute), leafFrequencies(data, attribute)),
  )
}

/** Per attribute, the bits lost where everything is suppressed. */
export function greatestEntropy(data: Microdata): number[] {
  return data.quasiIdentifiers.map((_, attribute) => {
    let bits = 0
    for (const frequency of leafFrequencies(data, attribute)) {
      if (frequency > 0) bits -= frequency * Math.log2(frequency / data.subsetRows)
    }
    return bits
  })
}

/** (leaves − 1) / (domain − 1): 0 for a value as it was, 1 for one that stands for the whole domain. */
function lossOf(leaves: number, domain: number): number {
  return domain < 2 ? 0 : (leaves - 1) / (domain - 1)
}

function generalisationLoss(data: Microdata, attribute: number, level: number, frequencies: Float64Array): number {
  const {hierarchy} = data.quasiIdentifiers[attribute]!
  let loss = 0
  frequencies.forEach((frequency, leaf) => {
    loss += frequency * lossOf(hierarchy.leaves[level]![hierarchy.codes[level]![leaf]!]!, hierarchy.domain.length)
  })
  return loss / data.subsetRows
}

/** ARX's loss per attribute, 0 to 1; suppressed rows count in full. */
export function attributeLoss(
  data: Microdata,
  lattice: Lattice,
  node: number,
  classes: EquivalenceClasses,
  verdict: Verdict,
): number[] {
  return lossPerAttribute(data, lattice, node, classes, verdict, lossOf)
}

/**
 * The normalised certainty penalty per attribute, 0 to 1: leaves / domain, and nothing for a single value (Xu et al.
 * 2006); suppressed rows count in full. Its mean over attributes is the global certainty penalty (Ghinita et al. 2007).
 */
export function certaintyPenalty(
  data: Microdata,
  lattice: Lattice,
  node: number,
  classes: EquivalenceClasses,
  verdict: Verdict,
): number[] {
  return lossPerAttribute(data, lattice, node, classes, verdict, (leaves, domain) => (leaves < 2 ? 0 : leaves / domain))
}

function lossPerAttribute(
  data: Microdata,
  lattice: Lattice,
  node: number,
  classes: EquivalenceClasses,
  verdict: Verdict,
  lossOfValue: (leaves: number, domain: number) => number,
): number[] {
  return data.quasiIdentifiers.map(({hierarchy, codes}, attribute) => {
    const level = lattice.level(node, attribute)
    const losses = Float64Array.from(hierarchy.leaves[level]!, leaves => lossOfValue(leaves, hierarchy.domain.length))
    let loss = 0
    for (let index = 0; index < classes.classes; index++) {
      const value = hierarchy.codes[level]![codes[classes.first[index]!]!]!
      loss += classes.rows[index]! * (verdict.suppressed[index] ? 1 : losses[value]!)
    }
    return loss / data.subsetRows
  })
}

/** Σ|E|² over kept classes, and all rows of the table for each suppressed one. */
export function discernibility(data: Microdata, classes: EquivalenceClasses, verdict: Verdict): number {
  let penalty = 0
  for (let index = 0; index < classes.classes; index++) {
    const rows = classes.rows[index]!
    penalty += rows * (verdict.suppressed[index] ? data.subsetRows : rows)
  }
  return penalty
}

function discernibilityStar({classes, rows}: EquivalenceClasses): number {
  let penalty = 0
  for (let index = 0; index < classes; index++) penalty += rows[index]! ** 2
  return penalty
}

/** (∏(1 + xᵢ))^(1/n) − 1: how ARX aggregates the loss of attributes by default. */
export function geometricMean(values: readonly number[]): number {
  return values.reduce((product, value) => product * (1 + value), 1) ** (1 / values.length) - 1
}

function sumAt(table: readonly (readonly number[])[], node: number, lattice: Lattice): number {
  let total = 0
  for (let attribute = 0; attribute < table.length; attribute++)
    total += table[attribute]![lattice.level(node, attribute)]!
  return total
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length
}
