import {CancelledError, OmniError} from '@omni-ops/core/operation'
import type pg from 'pg'
import {DataDeniedError, DataQueryError, DataUnavailableError} from '../errors.ts'
import {postgresConnection} from './postgres-address.ts'

type Texts = readonly (string | null)[]

export interface PostgresSessionOptions {
  readonly signal: AbortSignal
  /** For each statement, in milliseconds. */
  readonly timeout?: number
  /** Settings of the client that replace those of the address, for tests that bring their own stream. */
  readonly client?: Partial<pg.ClientConfig>
}

const defaultTimeout = 120_000

/**
 * One transaction that only reads, and sees the database as it was when it began, however long it takes
 * (https://www.postgresql.org/docs/current/transaction-iso.html#XACT-REPEATABLE-READ). Close it.
 */
export class PostgresSession implements AsyncDisposable {
  readonly #client: pg.Client
  readonly #signal: AbortSignal
  readonly #place: string
  readonly #types: pg.CustomTypesConfig
  #begun = false
  readonly #cancelled = Promise.withResolvers<never>()
  readonly #cancel = () => {
    this.#cancelled.reject(new CancelledError())
    this.#client.end().catch(() => undefined)
  }

  private constructor(client: pg.Client, signal: AbortSignal, place: string) {
    this.#client = client
    this.#signal = signal
    this.#place = place
    this.#types = {getTypeParser: () => (value: string) => value} as unknown as pg.CustomTypesConfig
    this.#cancelled.promise.catch(() => undefined)
    signal.addEventListener('abort', this.#cancel, {once: true})
  }

  /** @throws DataUnavailableError, InvalidInputError for an address that is none */
  static async open(address: string, options: PostgresSessionOptions): Promise<PostgresSession> {
    const {signal, timeout = defaultTimeout} = options
    if (signal.aborted) throw new CancelledError()
    const {default: driver} = await import('pg')
    const connection = await postgresConnection(address)
    const client = new driver.Client({
      ...connection,
      application_name: 'omni dashboard',
      connectionTimeoutMillis: 15_000,
      ...options.client,
    })
    // Without a listener, a connection that breaks between two queries would end the process.
    client.on('error', () => {})
    const place = `PostgreSQL at ${connection.host}`
    const session = new PostgresSession(client, signal, place)
    try {
      // One that was aborted while the driver was loaded tells no listener.
      if (signal.aborted) throw new CancelledError()
      await session.#unlessCancelled(client.connect())
      // PostgreSQL 14 and later then end a query whose asker is gone; others when its time is over.
      await client.query('SET client_connection_check_interval = 1000').catch(() => undefined)
      session.#begun = true
      await session.#ask('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY')
      // Rows are read to the end, so that the plan for the first of them is the wrong one.
      await client.query(
        `SET LOCAL statement_timeout = ${timeout}; SET LOCAL lock_timeout = 10000; SET LOCAL TimeZone = 'UTC';
        SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL extra_float_digits = 1; SET LOCAL cursor_tuple_fraction = 1.0`,
      )
      return session
    } catch (error) {
      await session.close()
      throw session.#told(error)
    }
  }

  /** Values are text, as PostgreSQL writes them. */
  async rows(sql: string, values: readonly unknown[] = []): Promise<readonly Texts[]> {
    return (await this.#ask(sql, values)).rows
  }

  /** What the columns of a query are: a domain is what it is over. */
  async fields(sql: string): Promise<readonly pg.FieldDef[]> {
    return (await this.#ask(sql)).fields
  }

  /** The rows of a query, some thousand at a time: the next are on their way while these are looked at. */
  async *stream(sql: string, values: readonly string[]): AsyncGenerator<readonly Texts[]> {
    const written = sql.replaceAll(/\$(\d+)/g, (_, number: string) =>
      this.#client.escapeLiteral(values[Number(number) - 1]!),
    )
    await this.#ask(`DECLARE omni_rows NO SCROLL CURSOR FOR ${written}`)
    let next = this.rows(`FETCH ${rowsAtOnce} FROM omni_rows`)
    for (;;) {
      const rows = await next
      if (rows.length === 0) break
      next = this.rows(`FETCH ${rowsAtOnce} FROM omni_rows`)
      // It is awaited above; where the caller stops before, nobody is left to be told.
      next.catch(() => undefined)
      yield rows
    }
    await this.#ask('CLOSE omni_rows')
  }

  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#cancel)
    if (this.#signal.aborted) return
    if (this.#begun) await this.#client.query('ROLLBACK').catch(() => undefined)
    await this.#client.end().catch(() => undefined)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #ask(text: string, values: readonly unknown[] = []): Promise<pg.QueryArrayResult<(string | null)[]>> {
    if (this.#signal.aborted) throw new CancelledError()
    try {
      return await this.#unlessCancelled(
        this.#client.query<(string | null)[]>({text, values: [...values], rowMode: 'array', types: this.#types}),
      )
    } catch (error) {
      throw this.#told(error)
    }
  }

  /** A connection that is ended while it is made settles nothing. */
  async #unlessCancelled<T>(work: Promise<T>): Promise<T> {
    work.catch(() => undefined)
    return Promise.race([work, this.#cancelled.promise])
  }

  #told(error: unknown): unknown {
    if (error instanceof OmniError) return error
    if (this.#signal.aborted) return new CancelledError('Cancelled', {cause: error})
    const {code = '', message} = error as {code?: string; message: string}
    if (code === '57014') return new DataQueryError(`${this.#place} took too long for a query`, {cause: error})
    if (code === '42501') return new DataDeniedError(`${this.#place}: ${message}`, {cause: error})
    // Classes of https://www.postgresql.org/docs/current/errcodes-appendix.html: a server that answers and refuses.
    if (/^[0-9A-Z]{5}$/.test(code) && !/^(08|28|3D|53|57|58)/.test(code)) {
      return new DataQueryError(`${this.#place} could not be asked: ${message}`, {cause: error})
    }
    const hint = code.startsWith('28')
      ? 'check the user, and the password in ~/.pgpass, PGPASSWORD or the variable of env:NAME'
      : 'check that it runs, its name and port, and sslmode'
    return new DataUnavailableError(`${this.#place} cannot be used: ${message}`, {hint, cause: error})
  }
}

const rowsAtOnce = 5000
