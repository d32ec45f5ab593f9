import {sql} from 'kysely'
import type {Store} from '../store/store.ts'
import {systemOf} from '../store/system.ts'
import type {RealTable} from './comparison.ts'

interface ColumnRow {
  readonly table_name: string
  readonly column_name: string
}

const sqliteColumns = sql<ColumnRow>`
  select t.name as table_name, c.name as column_name
  from pragma_table_list as t join pragma_table_info(t.name) as c
  where t.schema = 'main' and t.type in ('table', 'view', 'virtual') and t.name not like 'sqlite\\_%' escape '\\'
  order by t.name, c.cid`

const postgresColumns = sql<ColumnRow>`
  select table_name, column_name from information_schema.columns
  where table_schema = current_schema() order by table_name, ordinal_position`

/** Reads from the database which tables and columns it really has. */
export async function readRealSchema(store: Store): Promise<RealTable[]> {
  const {database} = systemOf(store)
  const {rows} = await (store.dialect === 'sqlite' ? sqliteColumns : postgresColumns).execute(database)
  return [...Map.groupBy(rows, row => row.table_name)].map(([table, columns]) => ({
    store: 'sql',
    table,
    fields: columns.map(row => row.column_name),
  }))
}
