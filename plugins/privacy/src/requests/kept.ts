import type {RequestBook} from './request-book.ts'

/** Why records are left as they are, counted by reason. */
export interface KeptReason {
  readonly reason: string
  readonly citation: string | null
  readonly records: number
}

/** The reasons why records of an open request are kept. */
export async function keptOf(id: string, book: RequestBook): Promise<KeptReason[]> {
  const items = []
  for (let after = 0; ;) {
    const page = await book.items(id, {after, limit: 1000})
    items.push(...page)
    const last = page.at(-1)
    if (last === undefined) return countReasons(items)
    after = last.seq
  }
}

/** How many records are kept for each reason. */
export function countReasons(
  items: readonly {readonly decision: string; readonly reason: string | null; readonly citation: string | null}[],
): KeptReason[] {
  const kept = new Map<string, KeptReason>()
  for (const {decision, reason, citation} of items) {
    if (decision !== 'keep' || reason === null) continue
    const key = `${reason}\0${citation}`
    kept.set(key, {reason, citation, records: (kept.get(key)?.records ?? 0) + 1})
  }
  return [...kept.values()]
}
