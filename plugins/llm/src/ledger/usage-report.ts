import type {Store} from '@omni-ops/core/store'
import type {QuantityTables} from '../metering/tables.ts'
import type {LedgerTables} from './tables.ts'

export type UsageDimension = 'model' | 'provider' | 'deployment' | 'tenant' | 'key' | 'operation' | 'day'

export interface UsageLine {
  readonly name: string
  readonly calls: number
  readonly failed: number
  readonly cached: number
  readonly inputTokens: number
  /** Of these, what a provider read from its own cache. */
  readonly cacheReadTokens: number
  /** Of these, what it wrote there. */
  readonly cacheWriteTokens: number
  readonly outputTokens: number
  /** Of sound that was written down. */
  readonly audioSeconds: number
  /** Of text that was spoken. */
  readonly characters: number
  /** That were made or changed. */
  readonly images: number
  readonly costNanoUsd: bigint
  readonly unpriced: number
  readonly estimated: number
}

/** So many rows are read at once. */
const pageSize = 2_000

type Units = ReadonlyMap<string, bigint>

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
  readonly cache_read_tokens: number | null
  readonly cache_write_tokens: number | null
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
    const quantities = rows.length === 0 ? new Map() : await quantitiesOf(store, tenant, rows[0]!.id, rows.at(-1)!.id)
    for (const row of rows) {
      const name = nameOf(row, by)
      lines.set(name, added(lines.get(name), name, row, quantities.get(row.id) ?? new Map()))
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

/** Of the calls whose ids lie between two, these included, by call and unit. */
async function quantitiesOf(store: Store, tenant: string, from: string, to: string): Promise<Map<string, Units>> {
  const rows = await store
    .read<QuantityTables>(tenant)
    .selectFrom('llm_quantities')
    .selectAll()
    .where('request', '>=', from)
    .where('request', '<=', to)
    .execute()
  const found = new Map<string, Map<string, bigint>>()
  for (const {request, unit, thousandths} of rows) {
    found.set(request, (found.get(request) ?? new Map<string, bigint>()).set(unit, thousandths))
  }
  return found
}

/** Of calls for which nobody was asked, such as those that a budget refused. */
const nobody = '(none)'

function nameOf(row: Row, by: UsageDimension): string {
  switch (by) {
    case 'model':
      // Where nobody was asked, the row has what the caller named, which may be no model at all.
      return row.provider === '' ? nobody : `${row.provider}/${row.model}`
    case 'provider':
      return row.provider || nobody
    case 'deployment':
      return row.deployment ?? nobody
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

function added(line: UsageLine | undefined, name: string, row: Row, units: Units): UsageLine {
  const counted = (unit: string) => Number(units.get(unit) ?? 0n) / 1_000
  return {
    name,
    calls: (line?.calls ?? 0) + 1,
    failed: (line?.failed ?? 0) + (row.outcome === 'failed' || row.outcome === 'interrupted' ? 1 : 0),
    cached: (line?.cached ?? 0) + (row.outcome === 'cached' ? 1 : 0),
    inputTokens: (line?.inputTokens ?? 0) + (row.input_tokens ?? 0),
    cacheReadTokens: (line?.cacheReadTokens ?? 0) + (row.cache_read_tokens ?? 0),
    cacheWriteTokens: (line?.cacheWriteTokens ?? 0) + (row.cache_write_tokens ?? 0),
    outputTokens: (line?.outputTokens ?? 0) + (row.output_tokens ?? 0),
    audioSeconds: (line?.audioSeconds ?? 0) + counted('audio_seconds'),
    characters: (line?.characters ?? 0) + counted('characters'),
    images: (line?.images ?? 0) + counted('images'),
    costNanoUsd: (line?.costNanoUsd ?? 0n) + (row.cost_nano_usd ?? 0n),
    unpriced: (line?.unpriced ?? 0) + (row.cost_nano_usd === null ? 1 : 0),
    estimated: (line?.estimated ?? 0) + (row.estimated ? 1 : 0),
  }
}
