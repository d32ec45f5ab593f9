import Sqlite, {type Database} from 'better-sqlite3'
import type {SampleTable} from '../../src/sample/sample-table.ts'

export const zone = 'Europe/Ljubljana'

/** One side of a metric as SQLite computes it: whole numbers, or millionths where `micro`. */
export interface Part {
  readonly table: string
  readonly sql: string
  readonly micro?: true
  /** Only rows of the last day of each bucket on which the table has any. */
  readonly lastDay?: true
}
export type Recipe =
  | Part
  | {readonly above: Part; readonly below: Part}
  | {readonly table: string; readonly column: string; readonly percentile: number; readonly micro?: true}

const formatter = new Intl.DateTimeFormat('sv', {
  timeZone: zone,
  dateStyle: 'short',
  timeStyle: 'medium',
})

/** The sample in SQLite, with each row's local time computed by Node's own calendar. Decimals become millionths. */
export function sampleDatabase(
  tables: Readonly<Record<string, SampleTable>>,
  time: Readonly<Record<string, string>>,
): Database {
  const database = new Sqlite(':memory:')
  database.defaultSafeIntegers(true)
  for (const [table, {columns, rows}] of Object.entries(tables)) {
    const names = [...Object.keys(columns), 'local', 'local_day', 'local_week', 'local_month', 'utc_hour']
    database.exec(`create table ${table} (${names.join(', ')})`)
    const insert = database.prepare(`insert into ${table} values (${names.map(() => '?').join(', ')})`)
    database.transaction(() => {
      for (const row of rows) {
        const at = String(row[time[table]!])
        const local = at.length === 10 ? `${at} 00:00:00.000` : `${formatter.format(new Date(at))}${at.slice(19, 23)}`
        const values = Object.entries(columns).map(([name, type]) => {
          const value = row[name] ?? null
          if (value === null) return null
          if (type === 'DOUBLE') return BigInt(Math.round(Number(value) * 1e6))
          if (type === 'BIGINT') return BigInt(Number(value))
          return typeof value === 'boolean' ? BigInt(value) : value
        })
        const day = local.slice(0, 10)
        insert.run(...values, local, day, mondayOf(day), `${day.slice(0, 7)}-01`, `${at.slice(0, 13)}:00:00Z`)
      }
    })()
  }
  return database
}

export function shiftDay(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

export function mondayOf(day: string): string {
  return shiftDay(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7))
}

export interface Cut {
  /** Of local time, as SQL. */
  readonly condition: string
  readonly group?: string | undefined
}

/** A metric's values by group, as text; the key of the only group is empty. */
export function recompute(database: Database, recipe: Recipe, cut: Cut): ReadonlyMap<string, string | null> {
  if ('percentile' in recipe) return percentiles(database, recipe, cut)
  if (!('above' in recipe)) return values(database, recipe, cut)
  const [above, below] = [values(database, recipe.above, cut), values(database, recipe.below, cut)]
  return new Map(
    [...new Set([...above.keys(), ...below.keys()])].map(key => {
      const divisor = Number(below.get(key) ?? NaN)
      return [key, divisor === 0 || Number.isNaN(divisor) ? null : digits(Number(above.get(key) ?? 0) / divisor)]
    }),
  )
}

function values(database: Database, {table, sql, micro, lastDay}: Part, {condition, group}: Cut) {
  const bucket = group !== undefined && /^(local_|utc_)/.test(group) ? group : "''"
  const last = lastDay
    ? ` and (${bucket}, local_day) in (select ${bucket}, max(local_day) from ${table} where ${condition} group by 1)`
    : ''
  const rows = database
    .prepare<[], {key: string; value: bigint | null}>(
      `select ${group ?? "''"} as key, ${sql} as value from ${table} where ${condition}${last} group by 1`,
    )
    .all()
  return new Map(rows.map(({key, value}) => [key, value === null ? null : micro ? millionths(value) : String(value)]))
}

function millionths(value: bigint): string {
  const sign = value < 0n ? '-' : ''
  const text = String(value < 0n ? -value : value).padStart(7, '0')
  const fraction = text.slice(-6).replace(/0+$/, '')
  return `${sign}${text.slice(0, -6)}${fraction && `.${fraction}`}`
}

const digits = (value: number) => (String(value).includes('e') ? value.toFixed(20).replace(/0+$/, '') : String(value))

function percentiles(
  database: Database,
  {table, column, percentile, micro}: {table: string; column: string; percentile: number; micro?: true},
  {condition, group}: Cut,
) {
  const rows = database
    .prepare<[], {key: string; value: bigint}>(
      `select ${group ?? "''"} as key, ${column} as value from ${table} where ${condition} and ${column} is not null order by 2`,
    )
    .all()
  return new Map(
    [...Map.groupBy(rows, ({key}) => key)].map(([key, each]) => {
      const rank = (percentile / 100) * (each.length - 1)
      const [low, high] = [Math.floor(rank), Math.ceil(rank)].map(
        at => Number(each[at]!.value) / (micro ? 1e6 : 1),
      ) as [number, number]
      const value = low + (rank - Math.floor(rank)) * (high - low)
      return [key, value.toFixed(6).replace(/\.?0+$/, '')] as const
    }),
  )
}
