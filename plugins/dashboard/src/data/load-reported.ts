import {createHmac} from 'node:crypto'
import {type DuckDBAppender, DuckDBDecimalValue, DuckDBTimestampTZValue} from '@duckdb/node-api'
import {
  type Context,
  hasScope,
  type ReportedColumn,
  type ReportedForm,
  type ReportedTable,
} from '@omni-ops/core/operation'
import {DataSession} from './data-session.ts'
import {quoted} from './quote.ts'

/** A plugin would give something personal to a report. A mistake in the plugin, whatever it is that is asked for. */
class PersonalReportError extends TypeError {}

/** Rows of plugins, which the store knows by their migrations alone. */
type AnyTables = Readonly<Record<string, Readonly<Record<string, unknown>>>>

const rowsAtOnce = 2000

/** The tables of which this caller may have reports. */
export async function reportedTables(context: Context): Promise<readonly ReportedTable[]> {
  const tables = await context.registry.reportedTables()
  return tables.filter(({scopes}) => scopes.every(scope => hasScope(context.principal, scope)))
}

/**
 * Copies what plugins report of the caller's tenant. The store adds the tenant, whatever is asked; columns that are not
 * reported are not read. Pseudonyms are keyed anew each time: they tell callers apart within one page, and nothing beyond it.
 */
export async function openReported(tables: readonly ReportedTable[], context: Context): Promise<DataSession> {
  await assertImpersonal(tables, context)
  const session = await DataSession.open({files: [], signal: context.signal})
  try {
    const key = context.random.bytes(32)
    for (const table of tables) await copy(table, key, session, context)
    return session
  } catch (error) {
    await session.close()
    throw error
  }
}

/** What is declared as personal, or not declared at all, is given as a pseudonym or not at all. */
async function assertImpersonal(tables: readonly ReportedTable[], {registry}: Context): Promise<void> {
  const declared = await registry.privacy()
  for (const {table, columns} of tables) {
    const fields = declared.find(each => each.store === 'sql' && each.table === table)?.fields ?? {}
    const open = Object.values(columns).find(({of, as}) => as !== 'pseudonym' && fields[of] !== 'non-personal')
    if (open !== undefined) throw new PersonalReportError(`${table}.${open.of} is personal and no part of a report`)
  }
}

async function copy(
  {name, table, key, columns, complete}: ReportedTable,
  secret: Uint8Array,
  session: DataSession,
  context: Context,
): Promise<void> {
  await complete?.(context)
  const database = (await context.store()).read<AnyTables>(context.tenant)
  const entries = Object.entries(columns)
  await session.query(
    `CREATE TABLE ${quoted(name)} (${entries.map(([column, {as}]) => `${quoted(column)} ${typeOf(as)}`).join(', ')})`,
  )
  const needed = [...new Set([key, ...entries.map(([, {of}]) => of)])]
  let after = ''
  await session.append(name, async appender => {
    for (;;) {
      const rows = await database
        .selectFrom(table)
        .select(needed)
        .where(key, '>', after)
        .orderBy(key)
        .limit(rowsAtOnce)
        .execute()
      for (const row of rows) {
        for (const [, column] of entries) append(appender, column, row[column.of], secret)
        appender.endRow()
      }
      if (rows.length < rowsAtOnce) break
      after = String(rows.at(-1)![key])
    }
  })
}

function typeOf(form: ReportedForm): string {
  if (typeof form === 'object') return `DECIMAL(${widest}, ${form.decimals})`
  return {text: 'VARCHAR', pseudonym: 'VARCHAR', integer: 'BIGINT', boolean: 'BOOLEAN', instant: 'TIMESTAMPTZ'}[form]
}

/** Holds 64 bits, whatever the places. */
const widest = 38

function append(appender: DuckDBAppender, {as}: ReportedColumn, value: unknown, secret: Uint8Array): void {
  if (value === null || value === undefined) return appender.appendNull()
  if (typeof as === 'object') {
    return appender.appendDecimal(new DuckDBDecimalValue(BigInt(value as bigint), widest, as.decimals))
  }
  switch (as) {
    case 'integer':
      return appender.appendBigInt(BigInt(value as number))
    case 'boolean':
      return appender.appendBoolean(value === true)
    case 'instant':
      return appender.appendTimestampTZ(new DuckDBTimestampTZValue(BigInt(Date.parse(String(value))) * 1000n))
    case 'pseudonym':
      return appender.appendVarchar(createHmac('sha256', secret).update(String(value)).digest('hex').slice(0, 32))
    case 'text':
      return appender.appendVarchar(String(value))
  }
}
