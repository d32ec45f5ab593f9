import type {Store} from '@omni-ops/core/store'
import type {LedgerTables} from './tables.ts'

export type UsageDimension = 'model' | 'provider' | 'deployment' | 'tenant' | 'key' | 'operation' | 'day'

export interface UsageLine {
  readonly name: string
  readonly calls: number
  readonly failed: number
  readonly cached: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly costNanoUsd: bigint
  readonly unpriced: number
  readonly estimated: number
}

/** So many rows are read at once. */
const pageSize = 2_000

interface Row {
  readonly at: string
  readonly tenant: string
  readonly purpose: string
  readonly key: string | null
  readonly deployment: string | null
  readonly provider: string
  readonly model: string
  readonly outcome: string
  readonly input_tokens: number | null
  readonly output_tokens: number | null
  readonly estimated: boolean
  readonly cost_nano_usd: bigint | null
}

/** What a tenant used from a time on, the dearest first; days in their order. */
export async function usageBy(
  store: Store,
  tenant: string,
  {by, since}: {readonly by: UsageDimension; readonly since: Date},
): Promise<readonly UsageLine[]> {
  const lines = new Map<string, UsageLine>()
  let after = ''
  for (;;) {
    const rows = await store
      .read<LedgerTables>(tenant)
      .selectFrom('llm_requests')
      .selectAll()
      .where('at', '>=', since.toISOString())
      .where('id', '>', after)
      .orderBy('id')
      .limit(pageSize)
      .execute()
    for (const row of rows) {
      const name = nameOf(row, by)
      lines.set(name, added(lines.get(name), name, row))
    }
    if (rows.length < pageSize) break
    after = rows.at(-1)!.id
  }
  const all = [...lines.values()]
  if (by === 'day') return all.toSorted((left, right) => (left.name < right.name ? -1 : 1))
  return all.toSorted((left, right) => {
    if (left.costNanoUsd !== right.costNanoUsd) return left.costNanoUsd > right.costNanoUsd ? -1 : 1
    return right.calls - left.calls
  })
}

function nameOf(row: Row, by: UsageDimension): string {
  switch (by) {
    case 'model':
      return row.provider === '' ? row.model : `${row.provider}/${row.model}`
    case 'provider':
      return row.provider || '(none)'
    case 'deployment':
      return row.deployment ?? '(none)'
    case 'tenant':
      return row.tenant
    case 'key':
      return row.key ?? '(none)'
    case 'operation':
      return row.purpose
    case 'day':
      return row.at.slice(0, 10)
  }
}

function added(line: UsageLine | undefined, name: string, row: Row): UsageLine {
  return {
    name,
    calls: (line?.calls ?? 0) + 1,
    failed: (line?.failed ?? 0) + (row.outcome === 'failed' || row.outcome === 'interrupted' ? 1 : 0),
    cached: (line?.cached ?? 0) + (row.outcome === 'cached' ? 1 : 0),
    inputTokens: (line?.inputTokens ?? 0) + (row.input_tokens ?? 0),
    outputTokens: (line?.outputTokens ?? 0) + (row.output_tokens ?? 0),
    costNanoUsd: (line?.costNanoUsd ?? 0n) + (row.cost_nano_usd ?? 0n),
    unpriced: (line?.unpriced ?? 0) + (row.cost_nano_usd === null ? 1 : 0),
    estimated: (line?.estimated ?? 0) + (row.estimated ? 1 : 0),
  }
}
