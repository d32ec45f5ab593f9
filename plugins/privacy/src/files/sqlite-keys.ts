import type BetterSqlite3 from 'better-sqlite3'
import {type ColumnEntry, quoted} from './sqlite-schema.ts'
import {type Cell, type CellRewriter, jsonOf, type RewrittenCell} from './cell-rewriter.ts'

interface IndexEntry {
  readonly name: string
  readonly unique: bigint
}

interface IndexColumn {
  readonly seqno: bigint
  /** -1 for the row id, -2 for an expression. */
  readonly cid: bigint
  readonly name: string | null
  readonly key: bigint
}

interface ForeignKeyColumn {
  readonly seq: bigint
  readonly table: string
  readonly from: string
  /** Null where the key refers to the primary key. */
  readonly to: string | null
}

/** A table with its columns. */
export interface KeyedTable {
  readonly name: string
  readonly columns: readonly ColumnEntry[]
}

/** Whether a value stands in a column as it was. */
type Probe = (value: Cell) => boolean

/** Columns whose values refer to each other or differ from row to row: one value is replaced by one value, and two by two. */
export class KeyGroup {
  readonly fields = new Set<string>()
  readonly probes: Probe[] = []
  readonly #replaced = new Map<string, RewrittenCell>()
  readonly #taken = new Set<string>()

  /** Looked at under the name of each of its columns, for a child may call by `owner` what its parent calls `email`. */
  async rewrite(value: Cell, rewriter: CellRewriter): Promise<RewrittenCell | undefined> {
    const key = `${typeof value}\0${value}`
    const known = this.#replaced.get(key)
    if (known !== undefined) return known
    for (const field of this.fields) {
      const rewritten = await rewriter.rewrite(value, field)
      if (rewritten === undefined) continue
      const told = {...rewritten, value: this.#apart(rewritten.value)}
      this.#replaced.set(key, told)
      return told
    }
    return undefined
  }

  #apart(value: Cell): Cell {
    let candidate = value
    for (let number = 2; this.#isTaken(candidate); number++) {
      if (typeof candidate === 'bigint') candidate -= 1n
      // White space after JSON is JSON (RFC 8259, 2).
      else candidate = jsonOf(candidate) ? `${candidate} ` : `${value} ${number}`
    }
    this.#taken.add(folded(candidate))
    return candidate
  }

  #isTaken(candidate: Cell): boolean {
    return this.#taken.has(folded(candidate)) || this.probes.some(probe => probe(candidate))
  }
}

/** As the collation that tells least apart compares (NOCASE, sqlite.org/datatype3.html, 7.1). */
function folded(value: Cell): string {
  return String(value).toLowerCase()
}

/** Finds the group of a column, where it belongs to one. */
export type GroupOf = (table: string, column: string) => KeyGroup | undefined

/** The columns of primary keys, unique indices and foreign keys, those that are linked in one group. */
export function keyGroups(database: BetterSqlite3.Database, tables: readonly KeyedTable[]): GroupOf {
  const groups = new Map<string, KeyGroup>()
  const byName = new Map(tables.map(table => [table.name.toLowerCase(), table]))
  const at = (table: string, column: string) => `${table.toLowerCase()}\0${column.toLowerCase()}`
  const groupAt = (table: string, column: string): KeyGroup => {
    const known = groups.get(at(table, column))
    if (known) return known
    const group = new KeyGroup()
    group.fields.add(column)
    groups.set(at(table, column), group)
    return group
  }
  for (const {name, columns} of tables) {
    for (const [column, leads] of uniqueColumns(database, name, columns)) {
      const {probes} = groupAt(name, column)
      // Looked up by an index; of columns that lead none, a collision is found when the index is built.
      if (leads) probes.push(probeOf(database, name, column))
    }
  }
  for (const {name} of tables) {
    for (const {table, from, to, seq} of database.pragma(`foreign_key_list(${quoted(name)})`) as ForeignKeyColumn[]) {
      const parent = byName.get(table.toLowerCase())
      const target = to ?? parent?.columns.find(column => column.pk === seq + 1n)?.name
      if (parent === undefined || target === undefined) continue
      const kept = groupAt(parent.name, target)
      const merged = groupAt(name, from)
      if (kept === merged) continue
      for (const field of merged.fields) kept.fields.add(field)
      kept.probes.push(...merged.probes)
      for (const [place, group] of groups) if (group === merged) groups.set(place, kept)
    }
  }
  return (table, column) => groups.get(at(table, column))
}

/** The columns that take part in a unique index or the primary key, with whether they come first in one. */
function uniqueColumns(
  database: BetterSqlite3.Database,
  table: string,
  columns: readonly ColumnEntry[],
): ReadonlyMap<string, boolean> {
  const found = new Map<string, boolean>()
  const add = (column: string, leads: boolean) => found.set(column, leads || found.get(column) === true)
  for (const {name, pk} of columns) if (pk > 0n) add(name, pk === 1n)
  for (const index of database.pragma(`index_list(${quoted(table)})`) as IndexEntry[]) {
    if (index.unique === 0n) continue
    const parts = (database.pragma(`index_xinfo(${quoted(index.name)})`) as IndexColumn[]).filter(
      part => part.key === 1n,
    )
    // What an expression reads is not told: it may be any column.
    if (parts.some(part => part.cid === -2n)) for (const {name} of columns) add(name, false)
    for (const {name, seqno} of parts) if (name !== null) add(name, seqno === 0n)
  }
  return found
}

function probeOf(database: BetterSqlite3.Database, table: string, column: string): Probe {
  const statement = database.prepare(`select 1 from ${quoted(table)} where ${quoted(column)} = ? limit 1`)
  return value => statement.get(value) !== undefined
}
