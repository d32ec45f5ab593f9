import {openStore, type Store} from '@omni-ops/core/store'
import {silentLog, TestClock, testContext, type TestContextOptions} from '@omni-ops/core/testing'
import {onTestFinished} from 'vitest'
import {registry} from '../../support/workspace.ts'

/** A context with a store, budgets and a ledger, as an operation gets it. */
export async function meteredContext(options: TestContextOptions = {}) {
  const clock = options.clock ?? new TestClock()
  const store: Store =
    options.store ??
    (await openStore({url: 'sqlite::memory:', migrations: await registry.migrations(), clock, log: silentLog}))
  if (!options.store) onTestFinished(() => store.close())
  return testContext({registry, clock, ...options, store})
}

/** What the usage records say of every call, in order. */
export async function recorded(store: Store) {
  interface Rows {
    readonly llm_requests: {
      readonly id: string
      readonly purpose: string
      readonly provider: string
      readonly model: string
      readonly outcome: string
      readonly cost_nano_usd: bigint | null
      readonly estimated: boolean
    }
  }
  return store
    .read<Rows>('acme')
    .selectFrom('llm_requests')
    .select(['purpose', 'provider', 'model', 'outcome', 'cost_nano_usd', 'estimated'])
    .orderBy('id')
    .execute()
}
