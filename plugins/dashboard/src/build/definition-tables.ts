import {column, type Migration, type TablesOf} from '@omni-ops/core/store'
import type {DashboardDefinition} from './dashboard-definition.ts'

const tables = {
  /** What each page can be read from again. Pages that were built before it was kept have none. */
  dashboard_definitions: {
    scope: 'tenant',
    columns: {
      path: column.text(),
      definition: column.json<DashboardDefinition>(),
    },
    primaryKey: ['path'],
  },
} as const

export type DefinitionTables = TablesOf<typeof tables>

export const migrations: readonly Migration[] = [{plugin: 'dashboard', name: '0004_definitions', tables}]
