import type {Migration} from '@omni-ops/core/store'
import {migrations as budget} from './budget/tables.ts'
import {migrations as cache} from './cache/tables.ts'
import {migrations as chat} from './chat/tables.ts'
import {migrations as keys} from './keys/tables.ts'
import {
  endedCallMigrations as endedCalls,
  migrations as ledger,
  openCallMigrations as openCalls,
} from './ledger/tables.ts'
import {migrations as metering} from './metering/tables.ts'
import {migrations as sharedState} from './routing/shared-state-tables.ts'

export const migrations: readonly Migration[] = [
  ...ledger,
  ...budget,
  ...keys,
  ...cache,
  ...chat,
  ...openCalls,
  ...metering,
  ...endedCalls,
  ...sharedState,
]
