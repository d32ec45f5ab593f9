import type {Kysely} from 'kysely'
import type {AnchorFiles} from '../audit/anchor.ts'
import type {AuditDatabase} from '../audit/migration.ts'
import type {OpeningDatabase} from '../audit/opening.ts'
import type {KeyDatabase} from '../keys/tables.ts'
import type {Clock, Logger} from '../operation/context.ts'
import type {Engine} from './engine.ts'
import type {UnitDatabase} from './kernel-migrations.ts'
import type {Migration} from './migration.ts'
import type {Store} from './store.ts'

export type KernelDatabase = AuditDatabase & OpeningDatabase & UnitDatabase & KeyDatabase

/** The inside of a store, for the kernel: it sees all tenants. This module is not exported to plugins. */
export interface StoreSystem {
  readonly engine: Engine
  readonly database: Kysely<KernelDatabase>
  readonly migrations: readonly Migration[]
  readonly clock: Clock
  readonly log: Logger
  readonly anchors: AnchorFiles | undefined
}

const systems = new WeakMap<Store, StoreSystem>()

export function registerSystem(store: Store, system: StoreSystem): void {
  systems.set(store, system)
}

export function systemOf(store: Store): StoreSystem {
  const system = systems.get(store)
  if (system === undefined) throw new TypeError('Not a store that openStore made')
  return system
}
