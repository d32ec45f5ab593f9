import {setImmediate} from 'node:timers/promises'
import type BetterSqlite3 from 'better-sqlite3'
import {CancelledError, InvalidInputError} from '@omni-ops/core/operation'
import type {EntityType} from '../detect/entity.ts'
import type {CellRewriter, RewrittenCell} from './cell-rewriter.ts'
import {UnreadableFileError} from './file-kind.ts'
import type {Unread} from './placed-text.ts'
import {type GroupOf, type KeyedTable, keyGroups} from './sqlite-keys.ts'
import {binaryText, type ColumnEntry, quoted, rowidName, type TableEntry} from './sqlite-schema.ts'

/** A database can't be made again with other values: its schema refuses them, or only its own program can read the schema. */
export class NotCopyableError extends InvalidInputError {
  override readonly code = 'not_copyable'
}

export interface CopySqliteOptions {
  readonly from: string
  /** A file that is there and empty. */
  readonly to: string
  /** How messages call the database. */
  readonly name: string
  readonly rewriter: CellRewriter
  readonly signal: AbortSignal
  /** Told of what was copied as it stands, or not at all, though it may be personal. */
  readonly unread: Unread
  /** Told of what was replaced in each value. */
  readonly replaced: (types: readonly EntityType[]) => void
  /** Told how many rows are copied. */
  readonly progress: (rows: number) => void
}

interface SchemaEntry {
  readonly type: 'table' | 'index' | 'view' | 'trigger'
  readonly name: string
  readonly sql: string
}

/** Rows between two looks at whether somebody cancelled. */
const rowsBetweenLooks = 500

/** What belongs to a file and not to its tables (sqlite.org/pragma.html). The first three count only before the first table. */
const settings = ['encoding', 'page_size', 'auto_vacuum', 'user_version', 'application_id'] as const

/**
 * Builds a database again, with its values rewritten, in one transaction. Only rewritten values are ever written to the new file, so none
 * of its pages, free ones too, holds an original. Tables come first, then indices, views, full-text indices and at last triggers,
 * which therefore see no row of the copying. Keys stay keys: see {@link keyGroups}.
 *
 * @throws UnreadableFileError, NotCopyableError, CancelledError
 */
export async function copySqlite(options: CopySqliteOptions): Promise<void> {
  const {default: Sqlite} = await import('better-sqlite3')
  const opened: BetterSqlite3.Database[] = []
  try {
    const source = new Sqlite(options.from, {readonly: true, fileMustExist: true})
    opened.push(source)
    const target = new Sqlite(options.to)
    opened.push(target)
    for (const database of opened) {
      database.defaultSafeIntegers(true)
      // The schema is not ours: it may call no function that has an effect (sqlite.org/security.html).
      database.pragma('trusted_schema = OFF')
    }
    source.pragma('cell_size_check = ON')
    // One state of the source, whatever others write to it meanwhile.
    source.exec('begin')
    for (const setting of settings) {
      const value = source.pragma(setting, {simple: true}) as bigint | string
      target.pragma(`${setting} = ${typeof value === 'string' ? quoted(value) : value}`)
    }
    target.pragma('foreign_keys = OFF')
    target.pragma('journal_mode = MEMORY')
    target.exec('begin immediate')
    await new SqliteCopy(source, target, options).run()
    target.exec('commit')
    if (source.pragma('journal_mode', {simple: true}) === 'wal') target.pragma('journal_mode = WAL')
  } catch (error) {
    if (!(error instanceof Sqlite.SqliteError)) throw error
    throw new UnreadableFileError(`${options.name} is no SQLite database that can be copied: ${error.message}`, {
      hint: 'an encrypted database has to be exported first; a damaged one may be saved with .recover of sqlite3',
      cause: error,
    })
  } finally {
    for (const database of opened.toReversed()) database.close()
  }
}

/** One copying: both databases and what is known of their tables. */
class SqliteCopy {
  readonly #source: BetterSqlite3.Database
  readonly #target: BetterSqlite3.Database
  readonly #options: CopySqliteOptions
  readonly #tables: ReadonlyMap<string, TableEntry>
  readonly #schema: readonly SchemaEntry[]
  #rows = 0

  constructor(source: BetterSqlite3.Database, target: BetterSqlite3.Database, options: CopySqliteOptions) {
    this.#source = source
    this.#target = target
    this.#options = options
    const tables = source.pragma('table_list') as TableEntry[]
    this.#tables = new Map(tables.filter(({schema}) => schema === 'main').map(table => [table.name, table]))
    this.#schema = source
      .prepare<[], SchemaEntry>('select type, name, sql from sqlite_schema where sql is not null order by rowid')
      .all()
      .filter(entry => !entry.name.startsWith('sqlite_'))
  }

  async run(): Promise<void> {
    const ofType = (type: TableEntry['type']) =>
      this.#schema.filter(({type: kind, name}) => kind === 'table' && this.#tables.get(name)?.type === type)
    const tables = ofType('table').map(entry => ({...entry, columns: this.#columns(entry.name)}))
    const groupOf = this.#options.rewriter.merges ? keyGroups(this.#source, tables) : () => undefined
    for (const entry of this.#schema) await this.#tellLiterals(entry)
    for (const table of tables) {
      this.#make(table)
      await this.#copyRows(table, this.#rowIdOf(table), groupOf)
    }
    this.#copySequences()
    for (const type of ['index', 'view'] as const) this.#makeAll(type)
    for (const entry of ofType('virtual')) await this.#copyVirtual(entry, groupOf)
    this.#makeAll('trigger')
    this.#checkForeignKeys()
    // Statistics hold samples of keys (sqlite.org/fileformat2.html, 2.6.4): they are taken again, from what is there now.
    if (this.#tables.has('sqlite_stat1')) this.#target.exec('analyze')
  }

  #columns(table: string): readonly ColumnEntry[] {
    return this.#source.pragma(`table_xinfo(${quoted(table)})`) as ColumnEntry[]
  }

  #makeAll(type: SchemaEntry['type']): void {
    for (const entry of this.#schema) if (entry.type === type) this.#make(entry)
  }

  /** Prepared, not executed: one statement, whatever stands in the schema. */
  #make({type, name, sql}: SchemaEntry): void {
    this.#refusing(`the ${type} ${name} can't be made again`, () => this.#target.prepare(sql).run())
  }

  #refusing<T>(what: string, act: () => T): T {
    try {
      return act()
    } catch (error) {
      if (!isSqliteError(error)) throw error
      throw new NotCopyableError(`${this.#options.name}: ${what}: ${error.message}`, {
        hint: error.code.startsWith('SQLITE_CONSTRAINT')
          ? '--style partial keeps the form of most values and --style block their length; --types says which kinds are replaced'
          : 'export its tables as CSV, and mask those',
        cause: error,
      })
    }
  }

  /** A name for the row id, where rows have one beside their columns: full-text indices refer to it. */
  #rowIdOf({name, columns}: KeyedTable): string | undefined {
    if (this.#tables.get(name)?.wr !== 0n) return undefined
    const [key, ...more] = columns.filter(column => column.pk > 0n)
    if (key && more.length === 0 && /^integer$/i.test(key.type)) return undefined
    return rowidName(columns.map(column => column.name))
  }

  async #copyRows(table: KeyedTable, rowId: string | undefined, groupOf: GroupOf): Promise<void> {
    const {name} = table
    const columns = table.columns.filter(column => column.hidden === 0n).map(column => column.name)
    const listed = [...(rowId === undefined ? [] : [rowId]), ...columns.map(quoted)]
    const rows = this.#source.prepare<[], unknown[]>(`select ${listed.join(', ')} from ${quoted(name)}`).raw(true)
    const places = listed.map(() => '?').join(', ')
    const insert = this.#target.prepare(`insert into ${quoted(name)} (${listed.join(', ')}) values (${places})`)
    const first = rowId === undefined ? 0 : 1
    const binary = new Map<string, number>()
    for (const values of rows.iterate()) {
      if (++this.#rows % rowsBetweenLooks === 0) await this.#look()
      for (const [at, column] of columns.entries()) {
        const value = values[first + at]
        if (value === null || typeof value === 'number') continue
        const text = Buffer.isBuffer(value) ? binaryText(value) : (value as string | bigint)
        if (text === undefined) binary.set(column, (binary.get(column) ?? 0) + 1)
        const group = groupOf(name, column)
        const rewritten = text === undefined || text === '' ? undefined : await this.#rewrite(text, column, group)
        if (rewritten === undefined) continue
        this.#options.replaced(rewritten.types)
        values[first + at] = Buffer.isBuffer(value) ? Buffer.from(String(rewritten.value)) : rewritten.value
      }
      this.#refusing(`a row of ${name} is refused`, () => insert.run(values))
    }
    for (const [column, count] of binary) {
      this.#options.unread(`${name}.${column}: ${count} binary values are copied as they are`)
    }
  }

  #rewrite(value: string | bigint, column: string, group: ReturnType<GroupOf>): Promise<RewrittenCell | undefined> {
    const {rewriter} = this.#options
    return group ? group.rewrite(value, rewriter) : rewriter.rewrite(value, column)
  }

  async #look(): Promise<void> {
    this.#options.progress(this.#rows)
    await setImmediate()
    if (this.#options.signal.aborted) throw new CancelledError()
  }

  /** Where the next row of tables with AUTOINCREMENT goes on. */
  #copySequences(): void {
    if (!this.#tables.has('sqlite_sequence')) return
    const rows = this.#source.prepare<[], unknown[]>('select name, seq from sqlite_sequence').raw(true).all()
    this.#target.exec('delete from sqlite_sequence')
    const insert = this.#target.prepare('insert into sqlite_sequence (name, seq) values (?, ?)')
    for (const row of rows) insert.run(row)
  }

  async #copyVirtual(entry: SchemaEntry, groupOf: GroupOf): Promise<void> {
    const {name, sql} = entry
    let columns: readonly ColumnEntry[]
    try {
      columns = this.#columns(name)
      this.#target.prepare(sql).run()
    } catch (error) {
      if (!isSqliteError(error)) throw error
      return this.#options.unread(`the virtual table ${name} is not in the copy: ${error.message}`)
    }
    const fullText = /\busing\s+["'`[]?(fts[345])\b/i.exec(sql)?.[1]?.toLowerCase()
    // Tables over others, as of the terms of an index, have no rows of their own.
    if (fullText === undefined) {
      if (this.#hasShadows(name)) await this.#copyRows({name, columns}, undefined, groupOf)
      return
    }
    if (/\bcontent\s*=\s*(?:''|""|(?=[,)]))/i.test(sql)) {
      return this.#options.unread(`the full-text index ${name} is empty in the copy: it keeps words and no text`)
    }
    if (this.#tables.get(`${name}_content`)?.type === 'shadow') {
      await this.#copyRows({name, columns}, rowidName(columns.map(column => column.name)), groupOf)
    } else this.#command(name, 'rebuild')
    if (fullText === 'fts5') this.#copyConfiguration(name)
  }

  #hasShadows(name: string): boolean {
    const belongs = (table: TableEntry) => table.type === 'shadow' && table.name.startsWith(`${name}_`)
    return [...this.#tables.values()].some(belongs)
  }

  /** Full-text indices take commands as rows of a column of their own name (sqlite.org/fts5.html, 6). */
  #command(table: string, command: string): void {
    this.#refusing(`the full-text index ${table} can't be built again`, () =>
      this.#target.prepare(`insert into ${quoted(table)} (${quoted(table)}) values (?)`).run(command),
    )
  }

  #copyConfiguration(name: string): void {
    const rows = this.#source
      .prepare<[], unknown[]>(`select k, v from ${quoted(`${name}_config`)} where k <> 'version'`)
      .raw(true)
      .all()
    const insert = this.#target.prepare(`insert into ${quoted(name)} (${quoted(name)}, rank) values (?, ?)`)
    for (const row of rows) insert.run(row)
  }

  /** What stands in quotes or remarks of the schema is copied with it, so whoever reads the report has to know. */
  async #tellLiterals({type, name, sql}: SchemaEntry): Promise<void> {
    const types = new Set<EntityType>()
    for (const [literal] of sql.matchAll(/'(?:[^']|'')*'|--[^\n]*|\/\*[^*]*(?:\*(?!\/)[^*]*)*\*\//g)) {
      const text = literal.replace(/^(?:'|--|\/\*)|(?:'|\*\/)$/g, '')
      const found = await this.#options.rewriter.rewrite(text, '')
      for (const each of found?.types ?? []) types.add(each)
    }
    if (types.size > 0)
      this.#options.unread(`the ${type} ${name} is copied as it stands, with ${[...types].join(', ')}`)
  }

  #checkForeignKeys(): void {
    const counted = (database: BetterSqlite3.Database) =>
      Map.groupBy(
        database.pragma('foreign_key_check') as {table: string; parent: string}[],
        ({table, parent}) => `${table} to ${parent}`,
      )
    const broken = this.#refusing('its foreign keys can not be checked', () => counted(this.#target))
    if (broken.size === 0) return
    const before = counted(this.#source)
    for (const [reference, rows] of broken) {
      if (rows.length <= (before.get(reference)?.length ?? 0)) continue
      throw new NotCopyableError(`${this.#options.name}: masking would break references from ${reference}`, {
        hint: '--types says which kinds are replaced',
      })
    }
  }
}

function isSqliteError(error: unknown): error is Error & {readonly code: string} {
  return error instanceof Error && error.name === 'SqliteError'
}
