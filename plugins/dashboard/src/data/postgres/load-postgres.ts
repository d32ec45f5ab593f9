import {type Context, nearest} from '@omni-ops/core/operation'
import {DataSession} from '../data-session.ts'
import {DataNotFoundError} from '../errors.ts'
import {type DataNeeds, type NeededColumns, neededColumns, reachAhead} from '../data-needs.ts'
import {quoted} from '../quote.ts'
import {
  type ColumnCopy,
  type ColumnOrigin,
  columnCopy,
  declaredDecimal,
  momentOf,
  numeric,
  originKind,
} from './postgres-column.ts'
import {PostgresSession, type PostgresSessionOptions} from './postgres-session.ts'

export interface PostgresRequest {
  readonly address: string
  /** Tables and views by their names, with a schema where it is not on the search path. */
  readonly tables?: readonly string[] | undefined
  readonly needs: DataNeeds
  /** Only rows with this value; tables without the column are left where they are. */
  readonly tenant?: {readonly column: string; readonly value: string} | undefined
  readonly client?: PostgresSessionOptions['client']
}

interface Relation {
  /** As the catalogue and the command call it. */
  readonly name: string
  readonly schema: string
  readonly table: string
  /** Quoted, with its schema. */
  readonly qualified: string
  readonly columns: readonly ColumnOrigin[]
  readonly time: string | undefined
}

/**
 * Copies what is needed of a PostgreSQL database, as it is at one moment, and closes the connection. Of tables whose
 * time is known only the rows of the periods are copied, and the oldest, by which is known since when there are any.
 * @throws DataUnavailableError, DataDeniedError, DataNotFoundError, UnreadableDataError, DataQueryError
 */
export async function openPostgres(request: PostgresRequest, {signal}: Pick<Context, 'signal'>): Promise<DataSession> {
  await using postgres = await PostgresSession.open(request.address, {
    signal,
    ...(request.client === undefined ? {} : {client: request.client}),
  })
  const needed = neededColumns(request.needs)
  const relations = await chosenRelations(postgres, request, needed)
  const since = await beginning(postgres, relations, request)
  const session = await DataSession.open({files: [], signal})
  try {
    for (const relation of relations) {
      const from = needed.isJoined(relation.name) ? undefined : since
      await copyRelation(postgres, relation, {from, tenant: request.tenant}, session)
      const columns = new Map(relation.columns.map(each => [each.name, originKind(each)]))
      session.markOrigin(relation.name, {
        schema: relation.schema,
        name: relation.table,
        columns,
        tenant: request.tenant,
      })
    }
    return session
  } catch (error) {
    await session.close()
    throw error
  }
}

/** Tables, views and their columns that may be read, those of partitions under the name of the whole. */
const listing = `
  SELECT n.nspname, c.relname, pg_table_is_visible(c.oid), a.attname, c.relkind
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
    AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_t%'
    AND has_schema_privilege(n.oid, 'USAGE') AND has_column_privilege(c.oid, a.attnum, 'SELECT')
  ORDER BY n.nspname, c.relname, a.attnum`

interface Listed {
  readonly schema: string
  readonly name: string
  readonly visible: boolean
  readonly foreign: boolean
  readonly columns: string[]
}

async function chosenRelations(
  postgres: PostgresSession,
  {tables, needs, tenant}: PostgresRequest,
  needed: NeededColumns,
): Promise<readonly Relation[]> {
  const listed = new Map<string, Listed>()
  for (const [schema, name, visible, column, kind] of await postgres.rows(listing)) {
    const key = `${schema}.${name}`
    const found = listed.get(key) ?? {
      schema: schema!,
      name: name!,
      visible: visible === 't',
      foreign: kind === 'f',
      columns: [],
    }
    found.columns.push(column!)
    listed.set(key, found)
  }
  const wanted = [...new Set(tables ?? Object.keys(needs.catalogue?.tables ?? {}))]
  const chosen =
    wanted.length > 0
      ? wanted.map(name => [name, relationNamed(name, listed)] as const)
      : // Another server's tables are asked only where somebody names them.
        [...listed.values()].filter(each => each.visible && !each.foreign).map(each => [each.name, each] as const)
  const relations: Relation[] = []
  for (const [name, {schema, name: relation, columns}] of chosen) {
    const useful = needed.columnsOf(name, columns)
    if (tenant !== undefined && !columns.includes(tenant.column)) continue
    // By names alone, most tables share a word with some type: one that has nothing to count is not worth its rows.
    if (useful.length === 0 || (wanted.length === 0 && needs.templates.length > 0 && useful.length < 2)) continue
    const read = tenant === undefined || useful.includes(tenant.column) ? useful : [...useful, tenant.column]
    const qualified = `${quoted(schema)}.${quoted(relation)}`
    const origins = await originsOf(postgres, qualified, read)
    if (origins.length === 0) continue
    const times = origins.filter(({typeId}) => timeTypes[typeId] !== undefined).map(each => each.name)
    const time = needed.timeOf(name, times)
    relations.push({name, schema, table: relation, qualified, columns: origins, time})
  }
  if (relations.length > 0) return relations
  throw new DataNotFoundError('The database has no table with what is asked for', {
    hint:
      tenant === undefined
        ? 'name tables with --table, or what their columns mean with --catalog'
        : `tables need ${tenant.column}`,
  })
}

function relationNamed(name: string, listed: ReadonlyMap<string, Listed>): Listed {
  const found = listed.get(name) ?? [...listed.values()].find(each => each.visible && each.name === name)
  if (found) return found
  const near = nearest(
    name,
    [...listed.values()].map(each => (each.visible ? each.name : `${each.schema}.${each.name}`)),
  )
  throw new DataNotFoundError(`The database has no table or view ${name} that may be read`, {
    hint:
      near.length > 0
        ? `did you mean ${near.join(' or ')}?`
        : 'write schema.table for one that is not on the search path',
  })
}

async function originsOf(
  postgres: PostgresSession,
  qualified: string,
  columns: readonly string[],
): Promise<readonly ColumnOrigin[]> {
  const fields = await postgres.fields(`SELECT ${columns.map(quoted).join(', ')} FROM ${qualified} LIMIT 0`)
  const types = [...new Set(fields.map(({dataTypeID}) => dataTypeID))]
  const made = await postgres.rows('SELECT oid, typcategory FROM pg_type WHERE oid = ANY ($1::oid[])', [types])
  const categories = new Map(made.map(([id, category]) => [Number(id), category!]))
  return fields
    .map(({name, dataTypeID: typeId, dataTypeModifier: typeModifier}): ColumnOrigin => ({
      name,
      typeId,
      typeModifier,
      category: typeId < firstMadeType ? undefined : categories.get(typeId),
    }))
    .filter(origin => columnCopy(origin, 0) !== undefined)
}

/** Identifiers from here on are of types that somebody made in this database (`FirstNormalObjectId`). */
const firstMadeType = 16_384

const timeTypes: Readonly<Record<number, string>> = {1082: 'date', 1114: 'timestamp', 1184: 'timestamptz'}

/** The first moment that is asked for, as ISO 8601; undefined for all. */
async function beginning(
  postgres: PostgresSession,
  relations: readonly Relation[],
  {needs, tenant}: PostgresRequest,
): Promise<string | undefined> {
  const {history} = needs
  if (history === undefined || reachAhead(needs)) return undefined
  let latest = history.until === undefined ? undefined : Date.parse(history.until)
  if (latest === undefined) {
    for (const {qualified, time, columns} of relations) {
      if (time === undefined) continue
      const type = timeTypes[columns.find(({name}) => name === time)!.typeId]
      const cast = type === 'date' ? `${quoted(time)}::timestamp` : quoted(time)
      const [[last] = [null]] = await postgres.rows(
        `SELECT max(${cast}) FROM ${qualified}${tenant === undefined ? '' : ` WHERE ${quoted(tenant.column)}::text = $1`}`,
        tenant === undefined ? [] : [tenant.value],
      )
      const moment = last === null || last === undefined ? undefined : momentOf(last)
      // What is no moment is told of when its row is copied, which all are then.
      if (last && moment === undefined) return undefined
      if (moment !== undefined) latest = Math.max(latest ?? -Infinity, Number(moment / 1000n))
    }
  }
  if (latest === undefined) return undefined
  return new Date(latest - history.days * 86_400_000).toISOString()
}

interface CopyOptions {
  readonly from: string | undefined
  readonly tenant: PostgresRequest['tenant']
}

async function copyRelation(
  postgres: PostgresSession,
  relation: Relation,
  options: CopyOptions,
  session: DataSession,
): Promise<void> {
  const {name, qualified, columns} = relation
  const {where, values} = condition(relation, options)
  const copies = await copiesOf(postgres, relation, where, values)
  await session.query(
    `CREATE TABLE ${quoted(name)} (${copies.map(copy => `${quoted(copy.name)} ${copy.type}`).join(', ')})`,
  )
  const select = columns.map(column => quoted(column.name)).join(', ')
  await session.append(name, async appender => {
    for await (const rows of postgres.stream(`SELECT ${select} FROM ${qualified}${where}`, values)) {
      for (const row of rows) {
        for (const [index, copy] of copies.entries()) {
          const value = row[index]
          if (value === null || value === undefined) appender.appendNull()
          else copy.append(appender, value)
        }
        appender.endRow()
      }
    }
  })
}

function condition(
  {qualified, columns, time}: Relation,
  {from, tenant}: CopyOptions,
): {where: string; values: readonly string[]} {
  const values: string[] = []
  const own: string[] = []
  if (tenant !== undefined) {
    values.push(tenant.value)
    own.push(`${quoted(tenant.column)}::text = $${values.length}`)
  }
  if (from === undefined || time === undefined) {
    return {where: own.length === 0 ? '' : ` WHERE ${own.join(' AND ')}`, values}
  }
  values.push(from)
  const column = quoted(time)
  const type = timeTypes[columns.find(({name}) => name === time)!.typeId]!
  // Since when there are rows has to stay known: before it nothing is 0.
  const oldest = `SELECT min(${column}) FROM ${qualified}${own.length === 0 ? '' : ` WHERE ${own.join(' AND ')}`}`
  const recent = `(${column} >= $${values.length}::timestamptz::${type} OR ${column} = (${oldest}))`
  return {where: ` WHERE ${[...own, recent].join(' AND ')}`, values}
}

/** With the scales of decimals that declare none, as they are in the rows that are copied. */
async function copiesOf(
  postgres: PostgresSession,
  {qualified, columns}: Relation,
  where: string,
  values: readonly string[],
): Promise<readonly ColumnCopy[]> {
  const open = columns.filter(column => column.typeId === numeric && declaredDecimal(column) === undefined)
  const scales = new Map<string, number>()
  if (open.length > 0) {
    const list = open.map(({name}) => `max(scale(${quoted(name)}))`).join(', ')
    const [found = []] = await postgres.rows(`SELECT ${list} FROM ${qualified}${where}`, values)
    open.forEach(({name}, index) => scales.set(name, Number(found[index] ?? 0)))
  }
  return columns.map(column => columnCopy(column, scales.get(column.name))!)
}
