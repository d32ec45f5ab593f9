/** One component of a grouping key: the item's value is `codes[item]`, mapped through `map` where given, below `size`. */
export interface KeyColumn {
  readonly codes: Int32Array
  readonly map?: Int32Array
  /** How many different values there can be. */
  readonly size: number
}

/** Items with equal keys, as groups numbered in the order of their first item. */
export interface Grouping {
  readonly groups: number
  /** The group of each item. */
  readonly groupOf: Int32Array
  /** The first item of each group. */
  readonly first: Int32Array
}

/** The largest key that a double holds exactly. */
const largestKey = Number.MAX_SAFE_INTEGER

/**
 * Groups items by their keys. A key is packed into the 53 exact bits of a double; where the columns need more, they
 * are taken in several rounds, each refining the groups of the one before. The hash table is kept between calls,
 * so that a search over a lattice allocates little.
 */
export class Grouper {
  #table = new Int32Array(0)
  #keys = new Float64Array(0)

  group(items: number, columns: readonly KeyColumn[]): Grouping {
    let grouping: Grouping = {
      groups: Math.min(1, items),
      groupOf: new Int32Array(items),
      first: new Int32Array(Math.min(1, items)),
    }
    let next = 0
    while (next < columns.length) {
      const round: KeyColumn[] = next === 0 ? [] : [{codes: grouping.groupOf, size: grouping.groups}]
      let product = next === 0 ? 1 : Math.max(1, grouping.groups)
      while (next < columns.length) {
        const column = columns[next] as KeyColumn
        if (product * column.size > largestKey) break
        product *= Math.max(1, column.size)
        round.push(column)
        next++
      }
      grouping = this.#round(items, round)
    }
    return grouping
  }

  #round(items: number, columns: readonly KeyColumn[]): Grouping {
    this.#reserve(items)
    const table = this.#table
    const keys = this.#keys
    const mask = table.length - 1
    const packed = packedKeys(items, columns)
    const groupOf = new Int32Array(items)
    const first = new Int32Array(items)
    let groups = 0
    for (let item = 0; item < items; item++) {
      const key = packed[item]!
      let slot = hash(key) & mask
      for (;;) {
        const entry = table[slot]!
        if (entry === 0) {
          table[slot] = groups + 1
          keys[groups] = key
          first[groups] = item
          groupOf[item] = groups++
          break
        }
        if (keys[entry - 1] === key) {
          groupOf[item] = entry - 1
          break
        }
        slot = (slot + 1) & mask
      }
    }
    return {groups, groupOf, first: first.slice(0, groups)}
  }

  #reserve(items: number): void {
    const size = 2 ** Math.ceil(Math.log2(Math.max(2, items * 2)))
    if (this.#table.length === size) this.#table.fill(0)
    else this.#table = new Int32Array(size)
    if (this.#keys.length < items) this.#keys = new Float64Array(items)
  }
}

function packedKeys(items: number, columns: readonly KeyColumn[]): Float64Array {
  const packed = new Float64Array(items)
  let multiplier = 1
  for (const {codes, map, size} of columns) {
    if (map === undefined) for (let item = 0; item < items; item++) packed[item]! += codes[item]! * multiplier
    else {
      const scaled = Float64Array.from(map, code => code * multiplier)
      for (let item = 0; item < items; item++) packed[item]! += scaled[codes[item]!]!
    }
    multiplier *= Math.max(1, size)
  }
  return packed
}

/** Multiplicative hashing of both halves of the key, mixed as in MurmurHash3's finaliser. */
function hash(key: number): number {
  let mixed = Math.imul(key | 0, 0x9e3779b1) ^ Math.imul((key / 4294967296) | 0, 0x85ebca6b)
  mixed ^= mixed >>> 15
  mixed = Math.imul(mixed, 0x2c1b3c6d)
  return mixed ^ (mixed >>> 13)
}
