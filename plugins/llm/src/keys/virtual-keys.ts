import {
  keysCreate as kernelCreate,
  keysList as kernelList,
  keysRevoke as kernelRevoke,
} from '@omni-ops/core/keys/operations'
import type {Context, OperationOutput} from '@omni-ops/core/operation'
import type {Budgets} from '../budget/budgets.ts'
import {budgetSchema, type BudgetSettings} from '../configuration/schema.ts'
import type {KeyLimit} from './key-limits.ts'
import type {KeyTables} from './tables.ts'

type ApiKey = OperationOutput<typeof kernelList>['items'][number]

export interface VirtualKey extends KeyLimit {
  readonly key: ApiKey
}

export interface VirtualKeyRequest {
  readonly name: string
  readonly scopes: readonly string[]
  readonly expiresInDays: number | undefined
  readonly limit: KeyLimit
  readonly budget: {readonly usd: string; readonly window: BudgetSettings['window']} | undefined
}

const pageSize = 1_000

/**
 * Makes an API key with limits of its own, all in one unit of work: there is no moment at which the key works without
 * its limits.
 * @throws what `keys.create` throws
 */
export async function createVirtualKey(
  context: Context,
  budgets: Budgets,
  {name, scopes, expiresInDays, limit, budget}: VirtualKeyRequest,
): Promise<VirtualKey & {readonly text: string}> {
  const store = await context.store()
  const made = await store.unit(context, {audit: limitsSet}, async unit => {
    const {key: text, ...key} = await context.invoke(kernelCreate, {
      name,
      scopes: [...scopes],
      ...(expiresInDays === undefined ? {} : {expires_in_days: expiresInDays}),
    })
    await unit
      .database<KeyTables>()
      .insertInto('llm_key_limits')
      .values({
        key: key.prefix,
        targets: [...limit.targets] as never,
        rpm: limit.rpm,
        tpm: limit.tpm,
        created_at: context.clock.now().toISOString(),
      })
      .execute()
    if (budget) {
      const settings = budgetSchema().parse({scope: 'key', of: key.prefix, usd: budget.usd, window: budget.window})
      await budgets.set(context, settings)
    }
    return {text, key, ...limit}
  })
  return made

  function limitsSet({key}: {readonly key: ApiKey}) {
    return {
      action: 'llm.key.limited',
      resource: `key:${key.prefix}`,
      details: {targets: [...limit.targets], rpm: limit.rpm, tpm: limit.tpm},
    }
  }
}

/** The keys that have limits, in the order of their making; one that was rotated hands its limits on. */
export async function listVirtualKeys(context: Context): Promise<readonly VirtualKey[]> {
  const store = await context.store()
  const rows = await store.read<KeyTables>(context.tenant).selectFrom('llm_key_limits').selectAll().execute()
  const limits = new Map(rows.map(row => [row.key, row]))
  const found: VirtualKey[] = []
  const inherited = new Map<string, (typeof rows)[number]>()
  let cursor: string | undefined
  do {
    const page = await context.invoke(kernelList, {limit: pageSize, ...(cursor === undefined ? {} : {cursor})})
    for (const key of page.items) {
      const limit = limits.get(key.prefix) ?? inherited.get(key.id)
      if (limit && key.replaced_by !== null) inherited.set(key.replaced_by, limit)
      if (limit) found.push({key, targets: limit.targets, rpm: limit.rpm, tpm: limit.tpm})
    }
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return found
}

/** @throws what `keys.revoke` throws */
export async function revokeVirtualKey(context: Context, key: string): Promise<ApiKey> {
  return context.invoke(kernelRevoke, {key})
}
