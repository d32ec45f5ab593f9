import type {Context} from '../operation/context.ts'
import {CancelledError, ConflictError, NotFoundError} from '../operation/errors.ts'
import type {TenantReader} from '../store/unit.ts'
import {jobFinished} from './events.ts'
import type {JobRow, JobStatus} from './job-queue.ts'
import type {JobDatabase} from './tables.ts'

/** No job of this id that the principal may see. */
export class UnknownJobError extends NotFoundError {
  override readonly code = 'unknown_job'
}

/** The job has ended. */
export class JobEndedError extends ConflictError {
  override readonly code = 'job_ended'
}

/** One event of a job's log. */
export interface JobEvent {
  readonly seq: number
  readonly event: string
  readonly data: Record<string, unknown>
}

/** A principal's jobs, the newest first. */
export async function listJobs(
  context: Context,
  {
    status,
    limit,
    before,
  }: {readonly status: JobStatus | undefined; readonly limit: number; readonly before: string | undefined},
): Promise<JobRow[]> {
  const jobs = (await context.store()).read<JobDatabase>(context.tenant).selectFrom('omni_jobs').selectAll()
  const own = seesAll(context) ? jobs : jobs.where('principal', '=', context.principal.id)
  const wanted = status === undefined ? own : own.where('status', '=', status)
  const page = before === undefined ? wanted : wanted.where('id', '<', before)
  return page.orderBy('id', 'desc').limit(limit).execute()
}

/** @throws UnknownJobError, also for a job of another principal */
export async function findJob(context: Context, id: string): Promise<JobRow> {
  return requireJob(context, (await context.store()).read<JobDatabase>(context.tenant), id)
}

/** What a job said after an event, in order; at most 1000 events. */
export async function jobEventsAfter(context: Context, job: string, seq: number): Promise<JobEvent[]> {
  return (await context.store())
    .read<JobDatabase>(context.tenant)
    .selectFrom('omni_job_events')
    .select(['seq', 'event', 'data'])
    .where('job', '=', job)
    .where('seq', '>', seq)
    .orderBy('seq')
    .limit(1000)
    .execute()
}

/**
 * Ends a job that waits, and asks the worker of one that runs to end it. Asked again it does nothing more.
 * @throws UnknownJobError, JobEndedError
 */
export async function cancelJob(context: Context, id: string): Promise<JobRow> {
  const store = await context.store()
  const audit = (row: JobRow) => ({action: 'job.cancelled', resource: `job:${row.id}`, details: {status: row.status}})
  return store.unit(context, {audit}, async unit => {
    const database = unit.database<JobDatabase>()
    const row = await requireJob(context, database, id)
    if (row.status === 'cancelled') return row
    if (row.status === 'done' || row.status === 'failed') throw new JobEndedError(`The job is ${row.status}`)
    // A worker that takes it at this moment finds the request when it next renews its lease.
    await database.updateTable('omni_jobs').set({cancel_requested: true}).where('id', '=', id).execute()
    const error = {...new CancelledError().report()}
    const end = {
      status: 'cancelled',
      finished_at: context.clock.now().toISOString(),
      error: JSON.stringify(error) as never,
    }
    const ended = await database
      .updateTable('omni_jobs')
      .set(end)
      .where('id', '=', id)
      .where('status', '=', 'queued')
      .returning('id')
      .executeTakeFirst()
    // The worker of one that runs tells its end.
    if (ended) await unit.publish(jobFinished, {id, operation: row.operation, status: 'cancelled'})
    return requireJob(context, database, id)
  })
}

async function requireJob(context: Context, database: TenantReader<JobDatabase>, id: string): Promise<JobRow> {
  const row = await database.selectFrom('omni_jobs').selectAll().where('id', '=', id).executeTakeFirst()
  if (row && (seesAll(context) || row.principal === context.principal.id)) return row
  throw new UnknownJobError(`There is no job ${id}`, {hint: '`omni jobs list` shows yours'})
}

function seesAll({principal}: Context): boolean {
  return principal.scopes === '*'
}
