import type {Context} from '@omni-ops/core/operation'
import type {Unit} from '@omni-ops/core/store'
import type {DashboardDefinition} from './dashboard-definition.ts'
import type {DefinitionTables} from './definition-tables.ts'

/** Keeps what a page can be read from again, in the unit of work that keeps the page; forgets what was kept before. */
export async function keepDefinition(
  path: string,
  definition: DashboardDefinition | undefined,
  unit: Unit,
): Promise<void> {
  const database = unit.database<DefinitionTables>()
  await database.deleteFrom('dashboard_definitions').where('path', '=', path).execute()
  if (definition !== undefined) await database.insertInto('dashboard_definitions').values({path, definition}).execute()
}

/** What pages can be read from again, by path: of those where it is known. */
export async function keptDefinitions(context: Context): Promise<ReadonlyMap<string, DashboardDefinition>> {
  const database = (await context.store()).read<DefinitionTables>(context.tenant)
  const rows = await database.selectFrom('dashboard_definitions').selectAll().execute()
  return new Map(rows.map(({path, definition}) => [path, definition]))
}
