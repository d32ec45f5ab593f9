import type {DuckDBAppender, DuckDBConnection, DuckDBInstance, DuckDBValue} from '@duckdb/node-api'
import {CancelledError, OmniError} from '@omni-ops/core/operation'
import type {ColumnType, DataSchema} from '../catalogue/check-catalogue.ts'
import {DataQueryError} from './errors.ts'
import {quoted} from './quote.ts'
import type {TableOrigin} from './table-origin.ts'

/** A value of a query's answer, without loss: whole numbers and decimals as text. */
export type Cell = string | number | boolean | null
export type Row = Readonly<Record<string, Cell>>

export interface DataSessionOptions {
  /** The only files that may ever be read, absolute; everything else on the machine and the network is out of reach. */
  readonly files: readonly string[]
  readonly signal: AbortSignal
  /** For all queries together. */
  readonly memoryMegabytes?: number
}

/**
 * Tables in memory, in a DuckDB whose configuration is locked before the first table is there: no extension is
 * loaded, no other file is read, nothing is written. Close it.
 */
export class DataSession implements AsyncDisposable {
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection
  readonly #signal: AbortSignal
  readonly #sampled = new Set<string>()
  readonly #origins = new Map<string, TableOrigin>()
  /** Answers to questions about the tables as they are now. */
  #answers = new Map<string, Promise<readonly Row[]>>()
  #running: Promise<unknown> = Promise.resolve()
  #interrupting: NodeJS.Timeout | undefined
  /** Again and again, since an interrupt before a query has begun is lost. */
  readonly #interrupt = () => {
    this.#connection.interrupt()
    this.#interrupting ??= setInterval(this.#interrupt, 50)
  }

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, signal: AbortSignal) {
    this.#instance = instance
    this.#connection = connection
    this.#signal = signal
    signal.addEventListener('abort', this.#interrupt, {once: true})
  }

  /** https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview has what each of the settings closes. */
  static async open({files, signal, memoryMegabytes = 512}: DataSessionOptions): Promise<DataSession> {
    const {DuckDBInstance} = await import('@duckdb/node-api')
    const instance = await DuckDBInstance.create(':memory:', {
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      memory_limit: `${memoryMegabytes}MB`,
    })
    const connection = await instance.connect()
    const list = files.map(file => `'${file.replaceAll("'", "''")}'`).join(', ')
    for (const statement of [
      "SET TimeZone = 'UTC'",
      `SET allowed_paths = [${list}]`,
      'SET enable_external_access = false',
      'SET lock_configuration = true',
    ]) {
      await connection.run(statement)
    }
    return new DataSession(instance, connection, signal)
  }

  /**
   * Asks about the tables; the same question gets the same answer without being asked again, until something changes
   * them. For what panels share.
   * @throws DataQueryError, CancelledError
   */
  async ask(sql: string, parameters: Readonly<Record<string, DuckDBValue>> = {}): Promise<readonly Row[]> {
    if (this.#signal.aborted) throw new CancelledError()
    const question = JSON.stringify([sql, parameters])
    const known = this.#answers.get(question)
    if (known !== undefined) return known
    if (this.#answers.size >= mostAnswers) this.#answers.clear()
    const answer = this.#run(sql, parameters)
    this.#answers.set(question, answer)
    answer.catch(() => this.#answers.delete(question))
    return answer
  }

  /**
   * Runs a statement, which may change tables.
   * @throws DataQueryError where DuckDB does not answer, with its first line
   * @throws CancelledError once the signal is aborted
   */
  async query(sql: string, parameters: Readonly<Record<string, DuckDBValue>> = {}): Promise<readonly Row[]> {
    if (!/^\s*(SELECT|WITH)\b/.test(sql)) this.#answers = new Map()
    return this.#run(sql, parameters)
  }

  async #run(sql: string, parameters: Readonly<Record<string, DuckDBValue>> = {}): Promise<readonly Row[]> {
    if (this.#signal.aborted) throw new CancelledError()
    try {
      const answer = this.#connection.runAndReadAll(sql, {...parameters})
      this.#running = answer.catch(() => undefined)
      const reader = await answer
      return reader.getRowObjectsJson() as readonly Row[]
    } catch (error) {
      if (this.#signal.aborted) throw new CancelledError('Cancelled', {cause: error})
      const [line = ''] = (error as Error).message.split('\n')
      throw new DataQueryError(`The data could not be asked: ${line}`, {cause: error})
    }
  }

  /**
   * Fills an existing table, row by row.
   * @throws DataQueryError where the rows do not fit into memory
   */
  async append(table: string, fill: (appender: DuckDBAppender) => void | Promise<void>): Promise<void> {
    if (this.#signal.aborted) throw new CancelledError()
    this.#answers = new Map()
    const appender = await this.#connection.createAppender(table)
    try {
      await fill(appender)
      appender.closeSync()
    } catch (error) {
      appender.clear()
      if (error instanceof OmniError) throw error
      const [line = ''] = (error as Error).message.split('\n')
      throw new DataQueryError(`The rows of ${table} could not be taken in: ${line}`, {cause: error})
    }
  }

  /** Says that a table's rows are measurements: where there is none, nothing was measured, and nothing is 0. */
  markSampled(table: string): void {
    this.#sampled.add(table)
  }

  isSampled(table: string): boolean {
    return this.#sampled.has(table)
  }

  /** Says that a table is a copy of one that can be asked by others too. */
  markOrigin(table: string, origin: TableOrigin): void {
    this.#origins.set(table, origin)
  }

  /** By table; those that were read from files have none. */
  get origins(): ReadonlyMap<string, TableOrigin> {
    return this.#origins
  }

  /** Whether no two rows have the same values in these columns. */
  async isKey(table: string, columns: readonly string[]): Promise<boolean> {
    const list = columns.map(quoted).join(', ')
    const repeated = await this.ask(
      `SELECT 1 AS one FROM ${quoted(table)} GROUP BY ${list} HAVING count(*) > 1 LIMIT 1`,
    )
    return repeated.length === 0
  }

  /** The tables that are there now. */
  async schema(): Promise<DataSchema> {
    const rows = await this.query(
      'SELECT table_name AS "table", column_name AS "column", data_type AS "type" FROM information_schema.columns ' +
        "WHERE table_schema = 'main' ORDER BY table_name, ordinal_position",
    )
    const schema = new Map<string, Map<string, ColumnType>>()
    for (const {table, column, type} of rows) {
      const columns = schema.get(String(table)) ?? new Map<string, ColumnType>()
      columns.set(String(column), columnType(String(type)))
      schema.set(String(table), columns)
    }
    return schema
  }

  /** Removes every row that is not this tenant's, so that no query can meet one. */
  async keepTenant(column: string, tenant: string): Promise<void> {
    for (const [table, columns] of await this.schema()) {
      if (columns.has(column)) {
        const other = `CAST(${quoted(column)} AS VARCHAR) IS DISTINCT FROM $tenant`
        await this.query(`DELETE FROM ${quoted(table)} WHERE ${other}`, {tenant})
      } else {
        await this.query(`DROP TABLE ${quoted(table)}`)
      }
    }
  }

  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#interrupt)
    // A connection that is closed below a running query takes the process with it.
    this.#interrupt()
    await this.#running
    clearInterval(this.#interrupting)
    this.#connection.closeSync()
    this.#instance.closeSync()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** A dashboard of forty panels asks less. */
const mostAnswers = 1000

function columnType(type: string): ColumnType {
  if (type === 'VARCHAR' || type.startsWith('ENUM') || type === 'UUID') return 'text'
  if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*)$/.test(type)) return 'number'
  if (type === 'BOOLEAN') return 'boolean'
  if (type === 'DATE') return 'date'
  return type.startsWith('TIMESTAMP') ? 'instant' : 'other'
}
