import {LatticeTooLargeError} from './errors.ts'

/** More nodes than this are refused: a tag and a bound are kept of each. */
export const largestLattice = 5_000_000

/**
 * The full-domain generalisation lattice: one node for each combination of hierarchy levels, one level per attribute.
 * Nodes are numbered in mixed radix, so that a step up in attribute `a` adds `strides[a]`.
 */
export class Lattice {
  /** Levels per attribute, level 0 included. */
  readonly heights: readonly number[]
  readonly strides: readonly number[]
  readonly size: number

  /** Throws LatticeTooLargeError above `largestLattice` nodes. */
  constructor(heights: readonly number[]) {
    this.heights = heights
    const strides: number[] = []
    let size = 1
    for (const height of heights) {
      strides.push(size)
      size *= height
    }
    if (size > largestLattice) {
      throw new LatticeTooLargeError(
        `The hierarchies span ${size.toLocaleString('en')} combinations, an optimal search takes at most ${largestLattice.toLocaleString('en')}`,
        {hint: 'leave out levels or attributes, or use --algorithm mondrian'},
      )
    }
    this.strides = strides
    this.size = size
  }

  /** The level of one attribute at a node. */
  level(node: number, attribute: number): number {
    return Math.floor(node / this.strides[attribute]!) % this.heights[attribute]!
  }

  levels(node: number): number[] {
    return this.heights.map((_, attribute) => this.level(node, attribute))
  }

  node(levels: readonly number[]): number {
    return levels.reduce((sum, level, attribute) => sum + level * this.strides[attribute]!, 0)
  }

  /** The nodes one step more general. */
  *successors(node: number): Generator<number> {
    for (let attribute = 0; attribute < this.heights.length; attribute++) {
      if (this.level(node, attribute) + 1 < this.heights[attribute]!) yield node + this.strides[attribute]!
    }
  }

  /** The nodes one step more specific. */
  *predecessors(node: number): Generator<number> {
    for (let attribute = 0; attribute < this.heights.length; attribute++) {
      if (this.level(node, attribute) > 0) yield node - this.strides[attribute]!
    }
  }

  /** Whether `general` is reached from `specific` by generalising only. */
  generalises(general: number, specific: number): boolean {
    return this.heights.every((_, attribute) => this.level(general, attribute) >= this.level(specific, attribute))
  }
}

/** What is known of a node without checking it. */
export const Tag = {unknown: 0, satisfying: 1, failing: 2} as const

/**
 * Predictive tags for a predicate that is monotone: what satisfies it still does after more generalisation, what
 * fails it still does after less. The tagged nodes are closed under these rules at all times.
 */
export class Tags {
  readonly #lattice: Lattice
  readonly #tags: Uint8Array

  constructor(lattice: Lattice) {
    this.#lattice = lattice
    this.#tags = new Uint8Array(lattice.size)
  }

  of(node: number): number {
    return this.#tags[node]!
  }

  /** The node and everything more general. */
  satisfying(node: number): void {
    this.#spread(node, Tag.satisfying, each => this.#lattice.successors(each))
  }

  /** The node and everything more specific. */
  failing(node: number): void {
    this.#spread(node, Tag.failing, each => this.#lattice.predecessors(each))
  }

  #spread(node: number, tag: number, next: (node: number) => Iterable<number>): void {
    const waiting = [node]
    for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
      if (this.#tags[each] === tag) continue
      this.#tags[each] = tag
      for (const neighbour of next(each)) if (this.#tags[neighbour] !== tag) waiting.push(neighbour)
    }
  }
}
