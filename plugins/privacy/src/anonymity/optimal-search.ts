import {ClassEvaluator, type EquivalenceClasses, type PrivacyRequirements, type Verdict} from './equivalence-classes.ts'
import {type Cost, costOf, type Objective} from './information-loss.ts'
import {Lattice, Tag, Tags} from './lattice.ts'
import type {Microdata} from './microdata.ts'

export interface SearchOptions {
  readonly data: Microdata
  readonly requirements: PrivacyRequirements
  readonly objective: Objective
  readonly signal?: AbortSignal
  /** Told now and then how many nodes are decided. */
  readonly onProgress?: (decided: number, total: number) => void
}

/** The best transformation, one level per quasi-identifier. */
export interface Optimum {
  readonly levels: readonly number[]
  readonly cost: number
  readonly classes: EquivalenceClasses & {readonly classOf: Int32Array}
  readonly verdict: Verdict
  /** How many nodes the lattice has, and how many of them were grouped and judged. */
  readonly nodes: number
  readonly checked: number
}

/**
 * Finds the transformation of least cost that satisfies the requirements; undefined where none does. The result is
 * the global optimum. Of several with the same cost, the one with the lowest levels.
 *
 * Nodes are taken in the order of their bounds. An undecided node starts a path of undecided nodes to the top, which
 * a binary search divides by a monotone predicate, and each answer is spread over the lattice (the strategy of Flash,
 * Kohlmayer et al. 2012). The predicate is the full verdict where that is monotone, otherwise its monotone part. The
 * search ends when the next bound is not below the best cost.
 */
export async function findOptimum(options: SearchOptions): Promise<Optimum | undefined> {
  const {data, requirements, objective, signal, onProgress} = options
  const lattice = new Lattice(data.quasiIdentifiers.map(({hierarchy}) => hierarchy.levels))
  const search = new LatticeSearch(data, lattice, requirements, costOf(objective, data, lattice))
  let [decided, checked] = [0, 0]
  signal?.throwIfAborted()
  for (const node of search.order) {
    if (search.finishedBefore(node)) break
    search.visit(node)
    decided++
    if (search.checked === checked) continue
    // Something was grouped, which takes its time: let the program breathe.
    checked = search.checked
    onProgress?.(decided, lattice.size)
    await new Promise(resolve => setImmediate(resolve))
    signal?.throwIfAborted()
  }
  return search.result()
}

class LatticeSearch {
  readonly order: Uint32Array
  /** How many nodes were grouped. */
  checked = 0
  readonly #lattice: Lattice
  readonly #evaluator: ClassEvaluator
  readonly #cost: Cost
  readonly #tags: Tags
  readonly #bounds: Float64Array
  /** The predicate by which nodes are tagged is the whole verdict. */
  readonly #verdictIsMonotone: boolean
  #best: {readonly node: number; readonly cost: number} | undefined
  /** The node that was looked at last, so that classifying and judging it group it once. */
  #latest: {readonly node: number; readonly classes: EquivalenceClasses} | undefined

  constructor(data: Microdata, lattice: Lattice, requirements: PrivacyRequirements, cost: Cost) {
    this.#lattice = lattice
    this.#evaluator = new ClassEvaluator(data, lattice, requirements)
    this.#cost = cost
    this.#tags = new Tags(lattice)
    this.#bounds = Float64Array.from({length: lattice.size}, (_, node) => cost.bound(node))
    this.#verdictIsMonotone = isMonotone(data, requirements, this.#evaluator.limit)
    this.order = byBoundAndHeight(lattice, this.#bounds)
  }

  /** Whether neither this node nor any after it can be better than the best. */
  finishedBefore(node: number): boolean {
    return this.#best !== undefined && this.#cost.bound(node) >= this.#best.cost
  }

  visit(node: number): void {
    const bound = this.#inheritedBound(node)
    if (this.#best && bound >= this.#best.cost) return
    if (this.#tags.of(node) === Tag.unknown) this.#classify(node)
    if (this.#tags.of(node) === Tag.failing) return
    if (this.#verdictIsMonotone && this.#cost.exact) {
      this.#offer(node, bound)
      return
    }
    const classes = this.#group(node)
    this.#bounds[node] = Math.max(bound, this.#cost.groupedBound(node, classes))
    if (this.#best && this.#bounds[node] >= this.#best.cost) return
    const verdict = this.#evaluator.judge(classes)
    if (verdict.satisfied) this.#offer(node, this.#cost.of(node, classes, verdict))
  }

  result(): Optimum | undefined {
    if (!this.#best) return undefined
    const {node, cost} = this.#best
    const classes = this.#evaluator.fullClasses(node)
    return {
      levels: this.#lattice.levels(node),
      cost,
      classes,
      verdict: this.#evaluator.judge(classes),
      nodes: this.#lattice.size,
      checked: this.checked,
    }
  }

  #offer(node: number, cost: number): void {
    if (this.#best === undefined || cost < this.#best.cost) this.#best = {node, cost}
  }

  /** The node's bound, raised to those of its predecessors: they come before it in the order. */
  #inheritedBound(node: number): number {
    let bound = this.#bounds[node]!
    for (const predecessor of this.#lattice.predecessors(node)) bound = Math.max(bound, this.#bounds[predecessor]!)
    this.#bounds[node] = bound
    return bound
  }

  /** Tags the node, and much of the lattice with it. */
  #classify(node: number): void {
    const path = this.#pathUp(node)
    let low = 0
    let high = path.length - 1
    while (low <= high) {
      const middle = (low + high) >>> 1
      const each = path[middle]!
      if (this.#passes(each)) {
        this.#tags.satisfying(each)
        high = middle - 1
      } else {
        this.#tags.failing(each)
        low = middle + 1
      }
    }
  }

  #passes(node: number): boolean {
    const classes = this.#group(node)
    return this.#verdictIsMonotone ? this.#evaluator.judge(classes).satisfied : this.#evaluator.largeEnough(classes)
  }

  /** Undecided nodes from this one upwards, each time the successor of least bound. */
  #pathUp(node: number): number[] {
    const path = [node]
    for (let each = node; ;) {
      let next: number | undefined
      for (const successor of this.#lattice.successors(each)) {
        if (this.#tags.of(successor) !== Tag.unknown) continue
        if (next === undefined || this.#bounds[successor]! < this.#bounds[next]!) next = successor
      }
      if (next === undefined) return path
      path.push(next)
      each = next
    }
  }

  #group(node: number): EquivalenceClasses {
    if (this.#latest?.node === node) return this.#latest.classes
    const classes = this.#evaluator.classes(node)
    this.#latest = {node, classes}
    this.checked++
    return classes
  }
}

/**
 * Whether a transformation that satisfies the requirements still does after more generalisation. Classes only grow,
 * and a merged class's distribution is a mixture of the two, so diversity, closeness and presence are kept. Not so
 * with suppression: rows of a good class may be drawn into a bad one. Nor where persons have rows in several classes:
 * one person with the same value in both counts once after the merge, so that it is no mixture.
 */
function isMonotone(data: Microdata, requirements: PrivacyRequirements, limit: number): boolean {
  const models = requirements.sensitive ?? []
  if (models.length === 0 && requirements.presence === undefined) return true
  return limit === 0 && (models.length === 0 || data.personOf === undefined)
}

/** All nodes by bound; of equal bounds, the lower in the lattice first, so that predecessors come before successors. */
function byBoundAndHeight(lattice: Lattice, bounds: Float64Array): Uint32Array {
  const height = Uint16Array.from({length: lattice.size}, (_, node) =>
    lattice.levels(node).reduce((sum, level) => sum + level, 0),
  )
  return Uint32Array.from({length: lattice.size}, (_, node) => node).toSorted(
    (left, right) => bounds[left]! - bounds[right]! || height[left]! - height[right]! || left - right,
  )
}
