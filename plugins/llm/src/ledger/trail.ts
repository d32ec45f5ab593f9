import {NotFoundError} from '@omni-ops/core/operation'
import type {Store} from '@omni-ops/core/store'
import type {Attempt} from '../routing/routed-call.ts'
import type {LedgerTables} from './tables.ts'

/** No call of the tenant has this id. */
export class UnknownRequestError extends NotFoundError {
  override readonly code = 'llm_unknown_request'
}

/** What was tried for a call, in order. @throws UnknownRequestError */
export async function attemptsOf(store: Store, tenant: string, request: string): Promise<readonly Attempt[]> {
  const database = store.read<LedgerTables>(tenant)
  const known = await database.selectFrom('llm_requests').select('id').where('id', '=', request).executeTakeFirst()
  if (!known) {
    throw new UnknownRequestError(`There is no call ${request}`, {hint: '`omni llm ask … --json` says its request_id'})
  }
  const rows = await database
    .selectFrom('llm_attempts')
    .selectAll()
    .where('request', '=', request)
    .orderBy('number')
    .execute()
  return rows.map(row => ({
    deployment: row.deployment,
    provider: row.provider,
    model: row.model,
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    outcome: row.outcome as Attempt['outcome'],
    status: row.status,
  }))
}
