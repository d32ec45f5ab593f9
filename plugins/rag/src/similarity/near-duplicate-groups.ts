import {type SimHash, SimHashIndex} from './simhash.ts'

export interface NearDuplicateGroup<Key> {
  /** At least two, in the order in which they were given. */
  readonly members: readonly Key[]
  /** The most bits in which one differs from another that it was joined by. */
  readonly bits: number
}

/**
 * Groups what is near each other: two are in one group if a chain of near-duplicates leads from one to the other.
 * Equal fingerprints are taken together first, so that many copies cost no more than one.
 */
export function nearDuplicateGroups<Key>(
  entries: Iterable<readonly [key: Key, simhash: SimHash]>,
): NearDuplicateGroup<Key>[] {
  const keys = new Map<SimHash, Key[]>()
  for (const [key, simhash] of entries) {
    const same = keys.get(simhash)
    if (same) same.push(key)
    else keys.set(simhash, [key])
  }
  const parents = new Map<SimHash, SimHash>()
  const rootOf = (simhash: SimHash): SimHash => {
    let root = simhash
    for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent
    return root
  }
  const index = new SimHashIndex<SimHash>()
  const bitsOf = new Map<SimHash, number>()
  for (const simhash of keys.keys()) {
    for (const {key: other, bits} of index.near(simhash)) {
      const [one, two] = [rootOf(other), rootOf(simhash)]
      if (one === two) continue
      parents.set(two, one)
      bitsOf.set(one, Math.max(bits, bitsOf.get(one) ?? 0, bitsOf.get(two) ?? 0))
    }
    index.add(simhash, simhash)
  }
  const groups = new Map<SimHash, Key[]>()
  for (const [simhash, same] of keys) {
    const root = rootOf(simhash)
    groups.set(root, [...(groups.get(root) ?? []), ...same])
  }
  return [...groups].flatMap(([root, members]) => (members.length > 1 ? [{members, bits: bitsOf.get(root) ?? 0}] : []))
}
