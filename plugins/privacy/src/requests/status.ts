import type {Context} from '@omni-ops/core/operation'
import {PersonalDataMap} from '@omni-ops/core/privacy'
import {listHolds} from '../holds/holds.ts'
import {listLimits} from '../limits/limits.ts'
import {listNotices} from '../recipients/notices.ts'
import type {RequestTables} from './tables.ts'

const weekMs = 7 * 24 * 60 * 60 * 1000

/** How many requests there are, and what waits. Counts alone. */
export async function requestStatus(context: Context) {
  const rows = await (
    await context.store()
  )
    .read<RequestTables>(context.tenant)
    .selectFrom('privacy_requests')
    .select(['state', 'right', 'due_until'])
    .execute()
  const now = context.clock.now()
  const soon = new Date(now.getTime() + weekMs).toISOString()
  const open = rows.filter(({state}) => state !== 'closed')
  const late = open.filter(row => row.due_until <= now.toISOString())
  return {
    open: open.length,
    overdue: late.length,
    due_within_7_days: open.filter(row => row.due_until <= soon).length - late.length,
    closed: rows.length - open.length,
    by_state: countsOf(rows.map(({state}) => state)),
    by_right: countsOf(rows.map(({right}) => right)),
    holds: (await listHolds(context)).filter(({releasedAt}) => releasedAt === null).length,
    limits: (await listLimits(context)).filter(({liftedAt}) => liftedAt === null).length,
    pending_notices: (await listNotices({state: 'pending'}, context)).length,
    places: (await PersonalDataMap.open(context)).places.filter(({declaration}) => declaration.personal !== undefined)
      .length,
  }
}

function countsOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
