import type {Kysely, Selectable} from 'kysely'
import type {Clock, OperationEvent, Principal, Randomness} from '../operation/context.ts'
import {kyselyOver} from '../store/engine.ts'
import type {UnitDatabase} from '../store/kernel-migrations.ts'
import {publishEvent} from '../store/outbox.ts'
import type {Store} from '../store/store.ts'
import {systemOf} from '../store/system.ts'
import {jobFinished} from './events.ts'
import {rightsOf} from './kept-rights.ts'
import type {JobDatabase} from './tables.ts'

export type JobRow = Selectable<JobDatabase['omni_jobs']>

export type JobStatus = 'queued' | 'running' | 'done' | 'failed' | 'cancelled'

/** Work that is to be done later, by any server on the database. */
export interface JobRequest {
  readonly id: string
  readonly tenant: string
  readonly operation: string
  readonly input: Record<string, unknown>
  readonly principal: Principal
  readonly requestId: string
}

/** How a job ended. */
export type JobEnd =
  | {readonly status: 'done'; readonly output: string; readonly exitCode: number}
  | {readonly status: 'failed' | 'cancelled'; readonly error: Record<string, unknown>}

/** A job that a worker has, until its lease ends. */
export interface ClaimedJob {
  readonly row: JobRow
  readonly worker: string
}

/** Finished jobs are forgotten after a week. */
const keptMs = 7 * 24 * 60 * 60 * 1000

/**
 * The jobs of a database. A job is queued, taken by one worker with a lease, and taken by another when the lease ends
 * without a sign of life. Everything that a worker writes names itself and the attempt, so that one which was believed
 * dead and is not changes nothing any more.
 */
export class JobQueue {
  readonly #store: () => Promise<Store>
  readonly #clock: Clock
  readonly #random: Randomness

  constructor({
    store,
    clock,
    random,
  }: {
    readonly store: () => Promise<Store>
    readonly clock: Clock
    readonly random: Randomness
  }) {
    this.#store = store
    this.#clock = clock
    this.#random = random
  }

  /** Adds a job, or finds the one of the same id: a repeated request makes no second job. */
  async add(request: JobRequest): Promise<JobRow> {
    return this.#transaction(database => insertJob(database, this.#clock.now(), request))
  }

  /**
   * Takes the job that waited longest, of any tenant: a new one, or one whose worker gave no sign of life. Looks first
   * without a transaction, because most often there is nothing.
   */
  async claim(worker: string, lease: number): Promise<ClaimedJob | undefined> {
    const {engine} = systemOf(await this.#store())
    const now = this.#clock.now()
    const due = (database: Kysely<JobDatabase>) =>
      database
        .selectFrom('omni_jobs')
        .select(['tenant', 'id'])
        .where('status', 'in', ['queued', 'running'])
        .where('available_at', '<=', now.toISOString())
        .orderBy('available_at')
        .orderBy('id')
        .limit(1)
    if ((await due(kyselyOver<JobDatabase>(engine)).executeTakeFirst()) === undefined) return undefined
    return this.#transaction(async database => {
      const query = due(database)
      const found = await (engine.dialect === 'postgres' ? query.forUpdate().skipLocked() : query).executeTakeFirst()
      if (found === undefined) return undefined
      const row = await database
        .updateTable('omni_jobs')
        .set(update => ({
          status: 'running',
          claimed_by: worker,
          attempts: update('attempts', '+', 1),
          available_at: later(now, lease),
          started_at: update.fn.coalesce('started_at', update.val(now.toISOString())),
        }))
        .where('tenant', '=', found.tenant)
        .where('id', '=', found.id)
        .returningAll()
        .executeTakeFirstOrThrow()
      return {row, worker}
    })
  }

  /** Prolongs the lease. Tells whether the job is still the worker's, and whether it is to be cancelled. */
  async renew(job: ClaimedJob, lease: number): Promise<{readonly held: boolean; readonly cancel: boolean}> {
    const row = await this.#transaction(database =>
      own(database, job)
        .set({available_at: later(this.#clock.now(), lease)})
        .returning('cancel_requested')
        .executeTakeFirst(),
    )
    return {held: row !== undefined, cancel: row?.cancel_requested === true}
  }

  /** Notes that the job's operation is about to commit. @returns whether the job is still the worker's */
  async witness(database: Kysely<JobDatabase>, job: ClaimedJob): Promise<boolean> {
    const {numUpdatedRows} = await own(database, job).set({committed: true}).executeTakeFirst()
    return numUpdatedRows > 0n
  }

  /** Adds events to the job's log, and the last progress to the job. */
  async report(job: ClaimedJob, events: readonly OperationEvent[]): Promise<void> {
    if (events.length === 0) return
    const {tenant, id} = job.row
    await this.#transaction(async database => {
      const progress = events.findLast(event => event.type === 'progress')
      // Locks the row, so that numbers are given in order.
      const held = await own(database, job)
        .set(progress ? {progress: JSON.stringify(progress) as never} : {claimed_by: job.worker})
        .returning('id')
        .executeTakeFirst()
      if (held === undefined) return
      const {last} = await database
        .selectFrom('omni_job_events')
        .select(({fn}) => fn.max<bigint | null>('seq').as('last'))
        .where('tenant', '=', tenant)
        .where('job', '=', id)
        .executeTakeFirstOrThrow()
      await database
        .insertInto('omni_job_events')
        .values(
          events.map((event, index) => ({
            tenant,
            job: id,
            seq: Number(last ?? 0n) + index + 1,
            event: event.type,
            data: JSON.stringify(event),
          })) as never,
        )
        .execute()
    })
  }

  /** Ends the job, unless another worker has it by now. */
  async finish(job: ClaimedJob, end: JobEnd): Promise<void> {
    const result =
      end.status === 'done'
        ? {output: end.output, exit_code: end.exitCode}
        : {error: JSON.stringify(end.error) as never}
    const {tenant, id, operation} = job.row
    await this.#transaction(async database => {
      const ended = await own(database, job)
        .set({status: end.status, finished_at: this.#clock.now().toISOString(), claimed_by: null, ...result})
        .returning('id')
        .executeTakeFirst()
      if (ended === undefined) return
      const scope = {tenant, clock: this.#clock, random: this.#random}
      await publishEvent(database as unknown as Kysely<UnitDatabase>, scope, jobFinished, {
        id,
        operation,
        status: end.status,
      })
    })
  }

  /** Gives a job back that this worker cannot finish, for another to take at once. The attempt does not count. */
  async giveBack(job: ClaimedJob): Promise<void> {
    await this.#transaction(database =>
      own(database, job)
        .set(update => ({
          status: 'queued',
          claimed_by: null,
          available_at: this.#clock.now().toISOString(),
          attempts: update('attempts', '-', 1),
        }))
        .execute(),
    )
  }

  /** Forgets jobs that ended long ago, with their events. */
  async forgetOld(): Promise<void> {
    const before = later(this.#clock.now(), -keptMs)
    await this.#transaction(database => database.deleteFrom('omni_jobs').where('finished_at', '<', before).execute())
  }

  async #transaction<T>(work: (database: Kysely<JobDatabase>) => Promise<T>): Promise<T> {
    const {engine} = systemOf(await this.#store())
    return engine.transaction(connection => work(kyselyOver<JobDatabase>(engine, connection)))
  }
}

/** Adds a job in a transaction of somebody else's, or finds the one of the same id. */
export async function insertJob(database: Kysely<JobDatabase>, now: Date, request: JobRequest): Promise<JobRow> {
  const {id, tenant, operation, input, principal, requestId} = request
  await database
    .insertInto('omni_jobs')
    .values({
      tenant,
      id,
      operation,
      input: JSON.stringify(input),
      principal: principal.id,
      rights: JSON.stringify(rightsOf(principal)),
      request_id: requestId,
      status: 'queued',
      created_at: now.toISOString(),
      available_at: now.toISOString(),
    } as never)
    .onConflict(conflict => conflict.doNothing())
    .execute()
  return database
    .selectFrom('omni_jobs')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
}

function own(database: Kysely<JobDatabase>, {row, worker}: ClaimedJob) {
  return database
    .updateTable('omni_jobs')
    .where('tenant', '=', row.tenant)
    .where('id', '=', row.id)
    .where('status', '=', 'running')
    .where('claimed_by', '=', worker)
    .where('attempts', '=', row.attempts)
}

function later(now: Date, milliseconds: number): string {
  return new Date(now.getTime() + milliseconds).toISOString()
}
