import type {TenantReader} from '@omni-ops/core/store'
import type {KeyLineage} from '../keys/key-lineage.ts'
import type {LedgerTables} from '../ledger/tables.ts'
import {appliesTo, type Budget, ownerOf} from './account.ts'
import type {Period} from './period.ts'

/** What was spent of an account. */
export interface Spent {
  readonly nanoUsd: bigint
  /** Calls whose price nobody knows. */
  readonly unpriced: number
}

/**
 * What calls of a window cost, by the owner of their account under a budget. It is where an account begins: a budget that
 * is set on the 20th knows of what the month has cost so far. Calls that are still under way are not in it.
 */
export async function spentBefore(
  database: TenantReader<LedgerTables>,
  lineage: KeyLineage,
  tenant: string,
  budget: Budget,
  period: Period | undefined,
): Promise<ReadonlyMap<string, Spent>> {
  const rows = await database
    .selectFrom('llm_requests')
    .select(({fn}) => [
      'key',
      'provider',
      'model',
      fn.sum<bigint | string | null>('cost_nano_usd').as('cost'),
      fn.countAll<bigint | string>().as('calls'),
      fn.count<bigint | string>('cost_nano_usd').as('priced'),
    ])
    .where('at', '>=', period?.start.toISOString() ?? '')
    // Nobody was asked.
    .where('provider', '!=', '')
    .groupBy(['key', 'provider', 'model'])
    .execute()
  const found = new Map<string, Spent>()
  for (const {key, provider, model, cost, calls, priced} of rows) {
    const spender = {key: key === null ? null : await lineage.originOf(tenant, key), provider, model}
    if (!appliesTo(budget, spender)) continue
    const owner = ownerOf(budget, spender)
    const before = found.get(owner)
    found.set(owner, {
      nanoUsd: (before?.nanoUsd ?? 0n) + BigInt(cost ?? 0),
      unpriced: (before?.unpriced ?? 0) + Number(calls) - Number(priced),
    })
  }
  return found
}
