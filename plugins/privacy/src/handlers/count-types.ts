import type {EntityType} from '../detect/entity.ts'

/** How many spans there are of each kind. */
export function countTypes(spans: Iterable<{readonly type: EntityType}>): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const {type} of spans) counts[type] = (counts[type] ?? 0) + 1
  return counts
}
