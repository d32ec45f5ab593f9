/** A ranked list as scores by key. */
export type Scores<Key> = ReadonlyMap<Key, number>

/** Scores moved to 0…1 within their list; all 1 where they are equal. */
export function minMax<Key>(scores: Scores<Key>): Map<Key, number> {
  const values = [...scores.values()]
  const lowest = Math.min(...values)
  const range = Math.max(...values) - lowest
  return new Map([...scores].map(([key, score]) => [key, range > 0 ? (score - lowest) / range : 1]))
}

/**
 * The convex combination of two lists after min-max normalisation, in which what a list lacks counts 0. Bruch, Gai and
 * Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval" (ACM TOIS 2023), find it better than reciprocal ranks
 * and hardly sensitive to its weight.
 */
export function convexCombination<Key>(one: Scores<Key>, other: Scores<Key>, weight = 0.5): Map<Key, number> {
  const fused = new Map([...minMax(one)].map(([key, score]) => [key, weight * score]))
  for (const [key, score] of minMax(other)) fused.set(key, (fused.get(key) ?? 0) + (1 - weight) * score)
  return fused
}
