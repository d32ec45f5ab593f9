import type {Context} from '@omni-ops/core/operation'
import type {Right} from './right.ts'
import type {RequestTables} from './tables.ts'

/** One line of the table that 11 CCR 7102(a)(1) asks for. */
export interface MetricsRow {
  readonly request: string
  readonly received: number
  /** In whole or in part. */
  readonly complied: number
  readonly denied: number
  /** Days from receipt to answer; null where none was answered. */
  readonly median_days: number | null
  readonly mean_days: number | null
}

const lines: readonly (readonly [string, readonly Right[]])[] = [
  ['delete', ['delete']],
  ['correct', ['correct']],
  ['know', ['know_categories', 'know_specific']],
  ['opt-out of sale/sharing', ['opt_out']],
  ['limit', ['limit']],
]

const dayMs = 24 * 60 * 60 * 1000

/** The requests under the CCPA that were received in a calendar year (UTC). */
export async function yearlyMetrics(year: number, context: Context): Promise<MetricsRow[]> {
  const rows = await (
    await context.store()
  )
    .read<RequestTables>(context.tenant)
    .selectFrom('privacy_requests')
    .select(['right', 'outcome', 'received_at', 'closed_at'])
    .where('regime', '=', 'ccpa')
    .where('received_at', '>=', `${year}-01-01`)
    .where('received_at', '<', `${year + 1}-01-01`)
    .execute()
  return lines.map(([request, rights]) => {
    const own = rows.filter(({right}) => rights.includes(right))
    const complied = own.filter(({outcome}) => outcome === 'fulfilled' || outcome === 'partly_refused')
    const denied = own.filter(({outcome}) => outcome === 'refused' || outcome === 'not_found')
    const days = [...complied, ...denied]
      .flatMap(({received_at, closed_at}) =>
        closed_at === null ? [] : [(Date.parse(closed_at) - Date.parse(received_at)) / dayMs],
      )
      .toSorted((a, b) => a - b)
    return {
      request,
      received: own.length,
      complied: complied.length,
      denied: denied.length,
      median_days: rounded(medianOf(days)),
      mean_days: rounded(days.length === 0 ? undefined : days.reduce((sum, each) => sum + each, 0) / days.length),
    }
  })
}

function medianOf(sorted: readonly number[]): number | undefined {
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]]
  return low === undefined || high === undefined ? undefined : (low + high) / 2
}

function rounded(days: number | undefined): number | null {
  return days === undefined ? null : Math.round(days * 10) / 10
}
