import {AsyncLocalStorage} from 'node:async_hooks'
import {type CompiledQuery, type DatabaseConnection, type Kysely, type RawBuilder, sql} from 'kysely'
import type * as z from 'zod'
import {appendEntry, type ChainHead, lockChain} from '../audit/append.ts'
import type {AuditSubject} from '../audit/audit-entry.ts'
import type {Context} from '../operation/context.ts'
import {CancelledError} from '../operation/errors.ts'
import type {EventDefinition} from '../operation/event.ts'
import {type Engine, kyselyOver, type Survival} from './engine.ts'
import {StoreUsageError, TenantIsolationError} from './errors.ts'
import {type IdempotentRequest, keepResponse, takeKey} from './idempotency.ts'
import {Lock} from './lock.ts'
import {publishEvent} from './outbox.ts'
import type {PreparedQuery} from './prepared-query.ts'
import type {KernelDatabase} from './system.ts'
import {type TableScopes, TenantPlugin} from './tenancy.ts'

/** What a unit of work needs of its context. */
export type UnitContext = Pick<
  Context,
  'tenant' | 'principal' | 'operation' | 'clock' | 'random' | 'signal' | 'witness'
>

/** Takes part in a unit's transaction on behalf of whoever made the call; what it throws rolls the unit back. */
export type UnitWitness = (database: Kysely<KernelDatabase>) => Promise<void>

export interface UnitOptions<T> {
  /** What to record; a function where it depends on the result; false only for bookkeeping nobody asked for. */
  readonly audit: AuditSubject | ((result: T) => AuditSubject) | false
  readonly idempotency?: IdempotentRequest
  /**
   * What the commit survives: a power cut, as it is on the disk when the unit ends; or, for records that come by the
   * thousand, the end of every process, kill -9 included. Then a power cut may take what was committed within the last
   * second. Of a unit inside another the outer one's counts.
   */
  readonly survives?: Survival
}

/** Queries on one tenant's rows that only read. */
export type TenantReader<DB> = Pick<
  Kysely<DB>,
  'selectFrom' | 'selectNoFrom' | 'with' | 'withRecursive' | 'fn' | 'dynamic'
>

/** Queries on one tenant's rows inside a unit of work. */
export type TenantWriter<DB> = TenantReader<DB> & Pick<Kysely<DB>, 'insertInto' | 'updateTable' | 'deleteFrom'>

/** What the work of a unit may do with the store. */
export interface Unit {
  /** The tenant's rows, as the unit sees and changes them. */
  database<DB>(): TenantWriter<DB>
  /** Runs a query of `Store.prepare`. */
  run<Values extends object, Row>(query: PreparedQuery<Values, Row>, values: Values): Promise<readonly Row[]>
  /** Records an event that is delivered after the commit, at least once. */
  publish<P extends z.ZodObject>(event: EventDefinition<P>, payload: z.input<P>): Promise<void>
}

export interface CommittedUnit<T> {
  readonly result: T
  /** The head of the tenant's chain, if the unit moved it. */
  readonly head: ChainHead | undefined
}

/** Runs units of work against one engine. */
export class Units {
  readonly #engine: Engine
  readonly #tables: TableScopes
  readonly #current = new AsyncLocalStorage<UnitPart>()

  constructor(engine: Engine, tables: TableScopes) {
    this.#engine = engine
    this.#tables = tables
  }

  /** One transaction; inside another unit, a part of its transaction that can fail alone. See `Store.unit`. */
  async run<T>(
    context: UnitContext,
    options: UnitOptions<T>,
    work: (unit: Unit) => Promise<T>,
  ): Promise<CommittedUnit<T>> {
    const outer = this.#current.getStore()
    if (outer?.unit.open) return {result: await outer.nested(context, options, work, this.#current), head: undefined}
    if (context.signal.aborted) throw new CancelledError()
    const {signal} = context
    return this.#engine.transaction(
      async connection => {
        const unit = new OpenUnit(this.#engine, connection, this.#tables, context)
        try {
          await unit.begin()
          const result = await this.#current.run(new UnitPart(unit), () => unit.perform(context, options, work))
          await unit.beWitnessed()
          unit.assertCommittable()
          return {result, head: unit.movedHead}
        } finally {
          unit.open = false
        }
      },
      {signal, survives: options.survives ?? 'power-cut'},
    )
  }
}

/** Where in a unit the running code is: the unit itself, or a part of it. Parts started at once run one by one. */
class UnitPart {
  readonly unit: OpenUnit
  readonly #nesting = new Lock()

  constructor(unit: OpenUnit) {
    this.unit = unit
  }

  async nested<T>(
    context: UnitContext,
    options: UnitOptions<T>,
    work: (unit: Unit) => Promise<T>,
    current: AsyncLocalStorage<UnitPart>,
  ): Promise<T> {
    const {unit} = this
    if (context.tenant !== unit.tenant) {
      throw new TenantIsolationError('A unit of one tenant was begun inside a unit of another')
    }
    return this.#nesting.run(() =>
      unit.inSavepoint(() => current.run(new UnitPart(unit), () => unit.perform(context, options, work))),
    )
  }
}

class OpenUnit implements Unit {
  open = true
  readonly #engine: Engine
  readonly #context: UnitContext
  readonly #connection: DatabaseConnection
  readonly #tables: TableScopes
  #kernelQueries: Kysely<KernelDatabase> | undefined
  #domainQueries: Kysely<unknown> | undefined
  #head: ChainHead | undefined
  #moved = false
  #failed = false
  #savepoints = 0

  constructor(engine: Engine, connection: DatabaseConnection, tables: TableScopes, context: UnitContext) {
    this.#engine = engine
    this.#context = context
    this.#connection = this.#watched(connection)
    this.#tables = tables
  }

  /** Made when first asked for, as units that run prepared queries alone need neither. */
  get #kernel(): Kysely<KernelDatabase> {
    return (this.#kernelQueries ??= kyselyOver<KernelDatabase>(this.#engine, this.#connection))
  }

  get #domain(): Kysely<unknown> {
    if (this.#domainQueries) return this.#domainQueries
    const tenancy = new TenantPlugin(this.tenant, this.#tables, true)
    return (this.#domainQueries = kyselyOver<unknown>(this.#engine, this.#connection, [tenancy], inner =>
      tenancy.confined(inner),
    ))
  }

  get tenant(): string {
    return this.#context.tenant
  }

  database<DB>(): TenantWriter<DB> {
    return this.#domain as Kysely<DB>
  }

  async run<Values extends object, Row>(query: PreparedQuery<Values, Row>, values: Values): Promise<readonly Row[]> {
    return (await this.#connection.executeQuery<Row>(query.bound(this.tenant, values))).rows
  }

  async publish<P extends z.ZodObject>(event: EventDefinition<P>, payload: z.input<P>): Promise<void> {
    await publishEvent(this.#kernel, this.#context, event, payload)
  }

  get movedHead(): ChainHead | undefined {
    return this.#moved ? this.#head : undefined
  }

  /**
   * From here to the end, the units of a tenant run one after the other on both dialects: PostgreSQL locks the tenant's
   * chain, SQLite has one writer anyhow and reads the chain when something is appended.
   */
  async begin(): Promise<void> {
    if (this.#engine.dialect === 'postgres') await this.#takeChain()
  }

  async #takeChain(): Promise<ChainHead> {
    return (this.#head ??= await lockChain(this.#kernel, this.#context.tenant, this.#engine.dialect))
  }

  async perform<T>(context: UnitContext, options: UnitOptions<T>, work: (unit: Unit) => Promise<T>): Promise<T> {
    const {idempotency} = options
    const {tenant, principal, operation, clock} = context
    const scope = {tenant, principal: principal.id, operation, clock}
    if (idempotency !== undefined) {
      const taken = await takeKey(this.#kernel, scope, idempotency)
      if (taken !== undefined) return taken.replay as T
    }
    const result = await work(this)
    if (context.signal.aborted) throw new CancelledError()
    if (options.audit !== false) await this.#record(context, options.audit, result)
    if (idempotency !== undefined) await keepResponse(this.#kernel, scope, idempotency, result)
    return result
  }

  async beWitnessed(): Promise<void> {
    await this.#context.witness?.(this.#kernel)
  }

  assertCommittable(): void {
    if (this.#failed) {
      throw new StoreUsageError('A failed query was ignored; the unit was rolled back', {
        hint: 'use onConflict, or put what may fail into a unit of its own',
      })
    }
  }

  /** Runs work that can fail alone: what it did is taken back, and the unit goes on. */
  async inSavepoint<T>(work: () => Promise<T>): Promise<T> {
    this.#savepoints += 1
    const name = sql.ref(`part_${this.#savepoints}`)
    const before = {head: this.#head, moved: this.#moved}
    await sql`savepoint ${name}`.execute(this.#kernel)
    try {
      const result = await work()
      this.assertCommittable()
      await sql`release savepoint ${name}`.execute(this.#kernel)
      return result
    } catch (error) {
      this.#head = before.head
      this.#moved = before.moved
      await this.#takeBack(name, error)
      throw error
    }
  }

  /** Rolls back to a savepoint; where that is not possible, the unit as a whole has failed, for the first reason. */
  async #takeBack(savepoint: RawBuilder<unknown>, reason: unknown): Promise<void> {
    this.#failed = false
    try {
      await sql`rollback to savepoint ${savepoint}`.execute(this.#kernel)
      await sql`release savepoint ${savepoint}`.execute(this.#kernel)
    } catch {
      // Cancelled, or SQLite had rolled back everything by itself, as it does when the disk is full.
      this.#failed = true
      throw reason
    }
  }

  async #record<T>(
    context: UnitContext,
    audit: AuditSubject | ((result: T) => AuditSubject),
    result: T,
  ): Promise<void> {
    const subject = typeof audit === 'function' ? audit(result) : audit
    this.#head = await appendEntry(this.#kernel, await this.#takeChain(), subject, {
      at: context.clock.now(),
      principal: context.principal.id,
      operation: context.operation,
      random: context.random,
    })
    this.#moved = true
  }

  /**
   * Refuses queries after the end, after a cancellation, and after a query that failed: PostgreSQL would refuse them
   * anyhow, and SQLite must not commit a half.
   */
  #watched(connection: DatabaseConnection): DatabaseConnection {
    const executeQuery = async <R>(query: CompiledQuery) => {
      if (!this.open) throw new StoreUsageError('The unit of work has ended')
      if (this.#failed) this.assertCommittable()
      if (this.#context.signal.aborted) throw new CancelledError()
      try {
        return await connection.executeQuery<R>(query)
      } catch (error) {
        this.#failed = true
        throw error
      }
    }
    return {executeQuery, streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize)}
  }
}
