import {column, type Migration, type TablesOf} from '@omni-ops/core/store'
import type {ProposalTrail} from '../propose/propose-dashboard.ts'
import type {PanelOutcome} from './dashboard-data.ts'

const tables = {
  /** The dashboards that lie in the dashboards directory, as they were last built. */
  dashboard_pages: {
    scope: 'tenant',
    columns: {
      /** The path below the tenant's directory, with `/` and without the ending. */
      path: column.text(),
      title: column.text(),
      /** The type; null for a dashboard of one's own. */
      type: column.text({nullable: true}),
      sample: column.boolean(),
      first_day: column.text(),
      last_day: column.text(),
      panels: column.json<readonly PanelOutcome[]>(),
      sha256: column.text(),
      bytes: column.integer(),
      built_at: column.timestamp(),
    },
    primaryKey: ['path'],
  },
} as const

/** The files of each, one for each format. Pages of before have none here: they are HTML alone. */
const fileTables = {
  dashboard_files: {
    scope: 'tenant',
    columns: {
      path: column.text(),
      format: column.text(),
      sha256: column.text(),
      bytes: column.integer(),
    },
    primaryKey: ['path', 'format'],
  },
} as const

const proposal = column.nullableJson<ProposalTrail>()
type Pages = TablesOf<typeof tables>

export interface PageTables extends TablesOf<typeof fileTables> {
  dashboard_pages: Pages['dashboard_pages'] & {proposal: ProposalTrail | null}
}

export const migrations: readonly Migration[] = [
  {plugin: 'dashboard', name: '0001_pages', tables},
  {
    plugin: 'dashboard',
    name: '0002_proposals',
    up: schema => schema.addColumn('dashboard_pages', 'proposal', proposal),
  },
  {plugin: 'dashboard', name: '0003_files', tables: fileTables},
]
