import type {Kysely} from 'kysely'
import {insertJob} from '../jobs/job-queue.ts'
import {principalOf} from '../jobs/kept-rights.ts'
import type {JobDatabase} from '../jobs/tables.ts'
import type {Runtime} from '../runtime.ts'
import {kyselyOver} from '../store/engine.ts'
import {systemOf} from '../store/system.ts'
import {nextTime} from './next-time.ts'
import {isRunning, type ScheduleRow} from './schedule-book.ts'
import type {ScheduleDatabase} from './tables.ts'

export interface ScheduleWorkerOptions {
  readonly runtime: Pick<Runtime, 'store' | 'clock' | 'random' | 'log'>
  /** Told when there is a new job. */
  readonly wake: () => void
  /** Between two looks at what is due, in milliseconds. */
  readonly interval?: number
}

type Database = Kysely<ScheduleDatabase & JobDatabase>

/**
 * Makes jobs of the schedules of a database that are due, of any tenant, and writes down how those jobs ended. What came
 * due while no server ran is made up for once, however often it was due; what comes due while its last run is not over
 * is passed over.
 */
export class ScheduleWorker {
  readonly #options: ScheduleWorkerOptions
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined

  constructor(options: ScheduleWorkerOptions) {
    this.#options = options
  }

  start(): void {
    // One look at a time: those of a database that is slow would pile up, and outlive `stop`.
    const look = () => {
      this.#looking ??= this.look()
        .catch((error: unknown) => {
          this.#options.runtime.log.warn('Schedules could not be read', {reason: String(error)})
        })
        .finally(() => (this.#looking = undefined))
    }
    this.#timer = setInterval(look, this.#options.interval ?? 1_000)
    look()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#looking
  }

  /** Takes what is due, one after the other. */
  async look(): Promise<void> {
    await this.#settle()
    while (await this.#takeOne());
  }

  async #takeOne(): Promise<boolean> {
    const {runtime, wake} = this.#options
    const {engine} = systemOf(await runtime.store())
    const now = runtime.clock.now()
    const due = (database: Database) =>
      database
        .selectFrom('omni_schedules')
        .selectAll()
        .where('due_at', '<=', now.toISOString())
        .orderBy('due_at')
        .orderBy('id')
        .limit(1)
    // Without a transaction first, because most often there is nothing.
    if ((await due(kyselyOver(engine)).executeTakeFirst()) === undefined) return false
    const taken = await engine.transaction(async connection => {
      const database = kyselyOver<ScheduleDatabase & JobDatabase>(engine, connection)
      const query = due(database)
      const row = await (engine.dialect === 'postgres' ? query.forUpdate().skipLocked() : query).executeTakeFirst()
      if (row === undefined) return false
      await this.#take(row, now, database)
      return true
    })
    wake()
    return taken
  }

  async #take(row: ScheduleRow & {readonly tenant: string}, now: Date, database: Database): Promise<void> {
    const due = (await nextTime(row.cron, row.zone, now)).toISOString()
    const own = database.updateTable('omni_schedules').where('tenant', '=', row.tenant).where('id', '=', row.id)
    if (isRunning(row, now)) {
      await own.set({due_at: due, skipped_at: now.toISOString()}).execute()
      return
    }
    const job = this.#options.runtime.random.id()
    const {tenant, operation, input} = row
    await insertJob(database as unknown as Kysely<JobDatabase>, now, {
      id: job,
      tenant,
      operation,
      input,
      principal: principalOf(row),
      requestId: `schedule:${row.id}`,
    })
    await own
      .set({
        due_at: due,
        job,
        status: 'running',
        started_at: now.toISOString(),
        finished_at: null,
        exit_code: null,
        error: null,
      })
      .execute()
  }

  /** Writes down how jobs of schedules ended. One that is forgotten ended unseen. */
  async #settle(): Promise<void> {
    const {engine} = systemOf(await this.#options.runtime.store())
    const database = kyselyOver<ScheduleDatabase & JobDatabase>(engine)
    const rows = await database
      .selectFrom('omni_schedules')
      .leftJoin('omni_jobs', join =>
        join.onRef('omni_jobs.tenant', '=', 'omni_schedules.tenant').onRef('omni_jobs.id', '=', 'omni_schedules.job'),
      )
      .select(['omni_schedules.tenant', 'omni_schedules.job', 'omni_jobs.status', 'omni_jobs.finished_at'])
      .select(['omni_jobs.exit_code', 'omni_jobs.error'])
      .where('omni_schedules.status', '=', 'running')
      .where('omni_schedules.job', 'is not', null)
      .where(where => where.or([where('omni_jobs.id', 'is', null), where('omni_jobs.finished_at', 'is not', null)]))
      .execute()
    if (rows.length === 0) return
    await engine.transaction(async connection => {
      const writer = kyselyOver<ScheduleDatabase>(engine, connection)
      for (const {tenant, job, status, finished_at, exit_code, error} of rows) {
        await writer
          .updateTable('omni_schedules')
          .set({
            status: status ?? 'failed',
            finished_at: finished_at ?? this.#options.runtime.clock.now().toISOString(),
            exit_code,
            error: (error === null ? null : JSON.stringify(error)) as never,
          })
          .where('tenant', '=', tenant)
          .where('job', '=', job)
          .execute()
      }
    })
  }
}
