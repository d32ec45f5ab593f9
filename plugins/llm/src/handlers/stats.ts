import type {Handler} from '@omni-ops/core/operation'
import {percentilesOf} from '../asking/percentiles.ts'
import {dollarsFromNano} from '../configuration/money.ts'
import type {LedgerTables} from '../ledger/tables.ts'
import type {stats} from '../operations/stats.ts'
import {ledgerOf} from '../routing/open-engine.ts'

const dayMs = 86_400_000
const unknown = {p50: null, p95: null, p99: null}

export const handle: Handler<typeof stats> = async (_, context) => {
  await (await ledgerOf(context)).complete(context)
  const since = new Date(context.clock.now().getTime() - dayMs).toISOString()
  const rows = await (
    await context.store()
  )
    .read<LedgerTables>(context.tenant)
    .selectFrom('llm_requests')
    .select(['outcome', 'cost_nano_usd', 'duration_ms', 'first_content_ms', 'attempts'])
    .where('at', '>=', since)
    .execute()
  const outcomes: Record<string, number> = {}
  for (const {outcome} of rows) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  const answered = rows.filter(({outcome}) => outcome === 'answered')
  const firsts = answered.flatMap(({first_content_ms: first}) => (first === null ? [] : [first]))
  return {
    since,
    calls: rows.length,
    outcomes,
    cost_usd: dollarsFromNano(rows.reduce((sum, {cost_nano_usd: cost}) => sum + (cost ?? 0n), 0n)),
    unpriced: rows.filter(({cost_nano_usd: cost}) => cost === null).length,
    latency_ms: percentilesOf(answered.map(({duration_ms}) => duration_ms)) ?? unknown,
    first_content_ms: percentilesOf(firsts) ?? unknown,
    failovers: rows.filter(({attempts}) => attempts > 1).length,
  }
}
