/** What `PRAGMA table_list` says of a table (sqlite.org/pragma.html#pragma_table_list). */
export interface TableEntry {
  readonly schema: string
  readonly name: string
  readonly type: 'table' | 'view' | 'shadow' | 'virtual'
  /** 1 for WITHOUT ROWID. */
  readonly wr: bigint
}

/** What `PRAGMA table_xinfo` says of a column. */
export interface ColumnEntry {
  readonly name: string
  readonly type: string
  /** Its place in the primary key, from 1. */
  readonly pk: bigint
  /** 1 for those of a virtual table that `select *` leaves out, 2 and 3 for generated ones. */
  readonly hidden: bigint
}

/** A name for the row id that no column hides (sqlite.org/rowidtable.html). */
export function rowidName(columns: readonly string[]): string | undefined {
  const taken = new Set(columns.map(name => name.toLowerCase()))
  return ['rowid', '_rowid_', 'oid'].find(name => !taken.has(name))
}

/** The text that a binary value is; undefined where it is none. */
export function binaryText(value: Buffer): string | undefined {
  if (value.includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(value)
  } catch {
    return undefined
  }
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
