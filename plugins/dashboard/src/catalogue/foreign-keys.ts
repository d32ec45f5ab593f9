import type {DataSession} from '../data/data-session.ts'
import {quoted} from '../data/quote.ts'
import type {ColumnType, DataSchema} from './check-catalogue.ts'
import {plainName} from './plain-name.ts'

/** A column whose values are all keys of another table. */
export interface ForeignKey {
  readonly table: string
  readonly column: string
  readonly references: {readonly table: string; readonly column: string}
}

/** Fewer different values of text that are keys elsewhere, or a smaller part of those keys, may be chance. */
const fewestValues = 3
const leastCoverage = 0.5
const mostTables = 60

/**
 * Foreign keys as inclusion dependencies that hold in all rows (De Marchi, Lopes & Petit, Journal of Intelligent
 * Information Systems 32(1), 2009), of which most hold by chance: whole numbers from 1 are among any table's numbered
 * keys. So, of the features that tell the true ones (Rostin et al., WebDB 2009), numbers need the name of what they refer to,
 * and text without it needs several values that cover half of the keys. Of several the nearest name is taken, then the
 * table with the fewest keys beyond those that are referred to. A reference of a table to itself leads nowhere in a report.
 * @param keys the single columns that tell rows of tables apart
 */
export async function foreignKeys(
  schema: DataSchema,
  keys: ReadonlyMap<string, string>,
  session: DataSession,
): Promise<readonly ForeignKey[]> {
  const found: ForeignKey[] = []
  for (const [table, columns] of [...schema].slice(0, mostTables)) {
    for (const [column, type] of columns) {
      const references = await referenceOf({table, column, type}, schema, keys, session)
      if (references !== undefined) found.push({table, column, references})
    }
  }
  return found
}

interface Referring {
  readonly table: string
  readonly column: string
  readonly type: ColumnType
}

async function referenceOf(
  {table, column, type}: Referring,
  schema: DataSchema,
  keys: ReadonlyMap<string, string>,
  session: DataSession,
): Promise<ForeignKey['references'] | undefined> {
  if (type !== 'number' && type !== 'text') return undefined
  const candidates: {
    readonly table: string
    readonly column: string
    readonly named: boolean
    readonly coverage: number
  }[] = []
  for (const [other, key] of keys) {
    if (other === table || schema.get(other)?.get(key) !== type) continue
    const named = refersByName(column, other, key)
    if (!named && (type === 'number' || keys.get(table) === column)) continue
    const coverage = await coverageOf({table, column}, {table: other, column: key}, named ? 1 : fewestValues, session)
    if (coverage === undefined || (!named && coverage < leastCoverage)) continue
    candidates.push({table: other, column: key, named, coverage})
  }
  const [best] = candidates.toSorted(
    (one, other) => Number(other.named) - Number(one.named) || other.coverage - one.coverage,
  )
  return best === undefined ? undefined : {table: best.table, column: best.column}
}

/** The part of the keys that a column refers to; undefined where it has a value that is none of them. */
async function coverageOf(
  from: ForeignKey['references'],
  to: ForeignKey['references'],
  fewest: number,
  session: DataSession,
): Promise<number | undefined> {
  const [column, key] = [quoted(from.column), quoted(to.column)]
  const [found] = await session.ask(
    `WITH used AS (SELECT DISTINCT ${column} AS value FROM ${quoted(from.table)} WHERE ${column} IS NOT NULL)
    SELECT count(*) AS used, count(*) FILTER (value NOT IN (SELECT ${key} FROM ${quoted(to.table)} WHERE ${key} IS NOT NULL)) AS strays,
      (SELECT count(${key}) FROM ${quoted(to.table)}) AS keys FROM used`,
  )
  const [used, strays, keys] = [Number(found!.used), Number(found!.strays), Number(found!.keys)]
  return used < fewest || strays > 0 ? undefined : used / keys
}

/** `customer_id` and `ship_to_customer` refer to `customers.id`, and `vendor_code` to any table by its `vendor_code`. */
function refersByName(column: string, table: string, key: string): boolean {
  const [own, theirs, place] = [column, key, table].map(plainName).map(compact) as [string, string, string]
  const things = [place, place.replace(/s$/, ''), place.replace(/ies$/, 'y'), place.replace(/es$/, '')]
  const generic = /^(id|uuid|key|code|no|number|name)$/.test(theirs)
  if (!generic) return own === theirs || own.endsWith(theirs)
  return things.some(thing => own === thing || own.endsWith(`${thing}${theirs}`) || own.endsWith(`${thing}id`))
}

const compact = (name: string) => name.replaceAll('_', '')
