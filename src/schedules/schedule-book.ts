import type {Kysely, Selectable} from 'kysely'
import {rightsOf} from '../jobs/kept-rights.ts'
import type {Context} from '../operation/context.ts'
import {CancelledError, ConflictError, ExitCode, NotFoundError, OmniError} from '../operation/errors.ts'
import {parseInput, requireScopes} from '../operation/invoke.ts'
import type {Operation, OperationInput} from '../operation/operation.ts'
import {nextTime} from './next-time.ts'
import type {ScheduleDatabase} from './tables.ts'

export type ScheduleRow = Selectable<ScheduleDatabase['omni_schedules']>

/** The tenant has no schedule of that name. */
export class UnknownScheduleError extends NotFoundError {
  override readonly code = 'unknown_schedule'
}

/** The name is taken. */
export class ScheduleExistsError extends ConflictError {
  override readonly code = 'schedule_exists'
}

/** Its last run is not over. */
export class ScheduleRunningError extends ConflictError {
  override readonly code = 'schedule_running'
}

/** A run in a process that is gone is over after so long. Milliseconds. */
const longestRunMs = 60 * 60 * 1000

export interface NewSchedule<O extends Operation> {
  readonly id: string
  readonly operation: O
  readonly input: OperationInput<O>
  readonly cron: string
  readonly zone: string
}

/**
 * Has an operation run at times, as whoever asks for it now.
 * @throws InvalidScheduleError, ScheduleExistsError, DeniedError, InputMismatchError
 */
export async function addSchedule<O extends Operation>(
  {id, operation, input, cron, zone}: NewSchedule<O>,
  context: Context,
): Promise<ScheduleRow> {
  requireScopes(operation, context)
  parseInput(operation, input)
  const now = context.clock.now()
  const row = {
    id,
    operation: operation.id,
    input: input as Record<string, unknown>,
    cron,
    zone,
    principal: context.principal.id,
    rights: rightsOf(context.principal),
    created_at: now.toISOString(),
    due_at: (await nextTime(cron, zone, now)).toISOString(),
  }
  const audit = {action: 'schedule.added', resource: `schedule:${id}`, details: {operation: operation.id, cron, zone}}
  return (await context.store()).unit(context, {audit}, async unit => {
    const database = unit.database<ScheduleDatabase>()
    const added = await database
      .insertInto('omni_schedules')
      .values(row)
      .onConflict(conflict => conflict.doNothing())
      .returningAll()
      .executeTakeFirst()
    if (added !== undefined) return added
    throw new ScheduleExistsError(`There is a schedule ${id} already`, {hint: 'remove it, or take another name'})
  })
}

/** Those of some operations, by name. */
export async function listSchedules(context: Context, operations: readonly string[]): Promise<readonly ScheduleRow[]> {
  return (await context.store())
    .read<ScheduleDatabase>(context.tenant)
    .selectFrom('omni_schedules')
    .selectAll()
    .where('operation', 'in', operations)
    .orderBy('id')
    .execute()
}

/** What runs is not ended by it. @throws UnknownScheduleError */
export async function removeSchedule(context: Context, id: string, operations: readonly string[]): Promise<void> {
  const audit = {action: 'schedule.removed', resource: `schedule:${id}`}
  await (
    await context.store()
  ).unit(context, {audit}, async unit => {
    const {numDeletedRows} = await unit
      .database<ScheduleDatabase>()
      .deleteFrom('omni_schedules')
      .where('id', '=', id)
      .where('operation', 'in', operations)
      .executeTakeFirst()
    if (numDeletedRows === 0n) throw unknownSchedule(id)
  })
}

/**
 * Runs a schedule's operation now, as the caller, and keeps what came of it.
 * @throws UnknownScheduleError, ScheduleRunningError; what the operation throws is in the row
 */
export async function runSchedule(context: Context, id: string, operations: readonly string[]): Promise<ScheduleRow> {
  const row = await beginRun(context, id, operations)
  const operation = await context.registry.operation(row.operation)
  if (operation === undefined) throw unknownSchedule(id)
  try {
    const output: unknown = await context.invoke(operation, row.input as never)
    return await endRun(context, row, {
      status: 'done',
      exit_code: operation.outcome?.(output) ?? ExitCode.done,
      error: null,
    })
  } catch (error) {
    const report = error instanceof OmniError ? error.report() : {code: 'bug', message: 'omni has a bug'}
    const isCancelled = error instanceof CancelledError
    const exitCode = error instanceof OmniError ? error.exitCode : ExitCode.bug
    const ended = await endRun(
      // What was cancelled can still be written down.
      {...context, signal: new AbortController().signal},
      row,
      {status: isCancelled ? 'cancelled' : 'failed', exit_code: exitCode, error: {...report}},
    )
    if (isCancelled || !(error instanceof OmniError)) throw error
    return ended
  }
}

/** Which of them are due and not running. */
export async function dueSchedules(context: Context, operations: readonly string[]): Promise<readonly string[]> {
  const now = context.clock.now()
  const rows = await listSchedules(context, operations)
  return rows.filter(row => row.due_at <= now.toISOString() && !isRunning(row, now)).map(({id}) => id)
}

/** Whether its last run may still be under way. */
export function isRunning({status, job, started_at: startedAt}: ScheduleRow, now: Date): boolean {
  if (status !== 'running') return false
  // Of a job its queue knows when it is over.
  return job !== null || now.getTime() - Date.parse(startedAt!) < longestRunMs
}

async function beginRun(context: Context, id: string, operations: readonly string[]): Promise<ScheduleRow> {
  const now = context.clock.now()
  return bookkeeping(context, async database => {
    const row = await database
      .selectFrom('omni_schedules')
      .selectAll()
      .where('id', '=', id)
      .where('operation', 'in', operations)
      .executeTakeFirst()
    if (row === undefined) throw unknownSchedule(id)
    if (isRunning(row, now)) {
      throw new ScheduleRunningError(`${id} is running since ${row.started_at}`, {hint: 'wait until it is over'})
    }
    return database
      .updateTable('omni_schedules')
      .set({
        status: 'running',
        job: null,
        started_at: now.toISOString(),
        finished_at: null,
        exit_code: null,
        error: null,
        due_at: (await nextTime(row.cron, row.zone, now)).toISOString(),
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
  })
}

type RunEnd = Pick<ScheduleRow, 'status' | 'exit_code' | 'error'>

async function endRun(context: Context, {id, started_at: startedAt}: ScheduleRow, end: RunEnd): Promise<ScheduleRow> {
  return bookkeeping(context, database =>
    database
      .updateTable('omni_schedules')
      .set({...end, finished_at: context.clock.now().toISOString()})
      .where('id', '=', id)
      .where('started_at', '=', startedAt)
      .returningAll()
      .executeTakeFirstOrThrow(() => unknownSchedule(id)),
  )
}

/** Nobody asked for it: the operation that runs has an entry of its own. */
async function bookkeeping<T>(
  context: Context,
  work: (database: Pick<Kysely<ScheduleDatabase>, 'selectFrom' | 'updateTable'>) => Promise<T>,
): Promise<T> {
  return (await context.store()).unit(context, {audit: false}, unit => work(unit.database<ScheduleDatabase>()))
}

const unknownSchedule = (id: string) =>
  new UnknownScheduleError(`There is no schedule ${id}`, {hint: 'list them to see which there are'})
