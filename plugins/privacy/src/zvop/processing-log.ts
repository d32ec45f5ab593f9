import {type Context, InvalidInputError} from '@omni-ops/core/operation'
import {civilDateAt, yearOf} from '../clock/civil-date.ts'
import type {ProcessingLogTables} from './tables.ts'

/** What is logged (ZVOP-2, article 22(1)): points 1 to 5, and 6 for what another law adds. */
export type LoggedAction = 'collection' | 'change' | 'consultation' | 'disclosure' | 'erasure' | 'other'

export interface LogEntry {
  readonly id: string
  readonly at: string
  readonly action: LoggedAction
  readonly system: string
  readonly actor: string
  readonly recipient: string | null
  readonly subject: string | null
  readonly purpose: string | null
  readonly details: string | null
  readonly recordedBy: string
  /** The last day of keeping, `YYYY-MM-DD`. */
  readonly keptUntil: string
}

export interface NewLogEntry {
  readonly action: LoggedAction
  readonly system: string
  /** Whoever runs the operation by default. */
  readonly actor?: string | undefined
  readonly recipient?: string | undefined
  readonly subject?: string | undefined
  readonly purpose?: string | undefined
  readonly details?: string | undefined
  readonly at?: string | undefined
}

/** A disclosure that does not say to whom: nobody could later identify the recipient (ZVOP-2, article 22(2)). */
export class RecipientNeededError extends InvalidInputError {
  override readonly code = 'recipient_needed'
}

/** Years of keeping that the law does not allow, or not without a reason. */
export class LogRetentionError extends InvalidInputError {
  override readonly code = 'log_retention'
}

const shortestYears = 2
const longestYears = 5

/**
 * The last day on which an entry is kept: 31 December, so many years after the year of the entry (ZVOP-2, article
 * 22(5)).
 * @param years Two; up to five where an impact assessment or a risk analysis found a risk that this reduces.
 * @throws LogRetentionError
 */
export function lastDayOfKeeping(at: Date, timeZone: string, years: number, reason: string | undefined): string {
  if (!Number.isInteger(years) || years < shortestYears || years > longestYears) {
    throw new LogRetentionError(
      `A processing log is kept for ${shortestYears} to ${longestYears} years, not ${years}`,
      {
        hint: 'correct privacy.processing_log_years (ZVOP-2, Article 22(5))',
      },
    )
  }
  if (years > shortestYears && reason === undefined) {
    throw new LogRetentionError(`Keeping a processing log for ${years} years needs the risk that it reduces`, {
      hint: 'name the impact assessment in privacy.processing_log_reason (ZVOP-2, Article 22(5))',
    })
  }
  return `${yearOf(civilDateAt(at, timeZone)) + years}-12-31`
}

/** Writes one entry. @throws RecipientNeededError, LogRetentionError, InvalidInputError for a time to come */
export async function logProcessing(context: Context, entry: NewLogEntry): Promise<LogEntry> {
  if (entry.action === 'disclosure' && entry.recipient === undefined) {
    throw new RecipientNeededError('A disclosure says who got the data', {hint: 'give the recipient'})
  }
  const {clock, settings, principal, random} = context
  const now = clock.now()
  const at = entry.at === undefined ? now : new Date(entry.at)
  if (at > now) throw new InvalidInputError(`${at.toISOString()} has not come yet`)
  const row = {
    id: random.id(),
    at: at.toISOString(),
    action: entry.action,
    system: entry.system,
    actor: entry.actor ?? principal.id,
    recipient: entry.recipient ?? null,
    subject: entry.subject ?? null,
    purpose: entry.purpose ?? null,
    details: entry.details ?? null,
    recorded_by: principal.id,
    kept_until: lastDayOfKeeping(
      at,
      settings.get('privacy.time_zone') as string,
      settings.get('privacy.processing_log_years') as number,
      settings.get('privacy.processing_log_reason') as string | undefined,
    ),
  }
  const store = await context.store()
  const audit = {
    action: 'processing.logged',
    resource: `processing_log:${row.id}`,
    details: {action: row.action, system: row.system},
  }
  await store.unit(context, {audit}, async unit => {
    await unit.database<ProcessingLogTables>().insertInto('privacy_processing_log').values(row).execute()
  })
  return entryFrom(row)
}

export interface LogFilter {
  readonly system?: string | undefined
  readonly subject?: string | undefined
  readonly actor?: string | undefined
  /** ISO 8601: at or after, and before. */
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly limit: number
  /** `next` of the page before. */
  readonly cursor?: string | undefined
}

export interface LogPage {
  /** The newest first. */
  readonly entries: readonly LogEntry[]
  readonly next: string | null
}

/** A page of entries. That it was looked at is audited: the log serves the purposes of article 22(3) alone. */
export async function readLog(context: Context, filter: LogFilter, purpose: string): Promise<LogPage> {
  const store = await context.store()
  const audit = ({entries}: LogPage) => ({
    action: 'processing_log.read',
    resource: 'processing_log',
    details: {purpose, entries: entries.length},
  })
  return store.unit(context, {audit}, async unit => {
    let query = unit
      .database<ProcessingLogTables>()
      .selectFrom('privacy_processing_log')
      .selectAll()
      .orderBy('at', 'desc')
      .orderBy('id', 'desc')
      .limit(filter.limit + 1)
    for (const name of ['system', 'subject', 'actor'] as const) {
      const value = filter[name]
      if (value !== undefined) query = query.where(name, '=', value)
    }
    if (filter.since !== undefined) query = query.where('at', '>=', new Date(filter.since).toISOString())
    if (filter.until !== undefined) query = query.where('at', '<', new Date(filter.until).toISOString())
    if (filter.cursor !== undefined) {
      const {at, id} = parseCursor(filter.cursor)
      query = query.where(({eb, and, or}) => or([eb('at', '<', at), and([eb('at', '=', at), eb('id', '<', id)])]))
    }
    const rows = await query.execute()
    const entries = rows.slice(0, filter.limit).map(entryFrom)
    const last = entries.at(-1)
    return {entries, next: rows.length > filter.limit && last !== undefined ? cursorOf(last) : null}
  })
}

/** Deletes the entries whose last day of keeping is over, and says how many. */
export async function expireLog(context: Context, {dryRun}: {readonly dryRun: boolean}): Promise<number> {
  const today = civilDateAt(context.clock.now(), context.settings.get('privacy.time_zone') as string)
  const store = await context.store()
  if (dryRun) {
    const found = await store
      .read<ProcessingLogTables>(context.tenant)
      .selectFrom('privacy_processing_log')
      .select(({fn}) => fn.countAll<bigint>().as('count'))
      .where('kept_until', '<', today)
      .executeTakeFirstOrThrow()
    return Number(found.count)
  }
  const audit = (deleted: number) => ({
    action: 'processing_log.expired',
    resource: 'processing_log',
    details: {deleted, before: today},
  })
  return store.unit(context, {audit}, async unit => {
    const {numDeletedRows} = await unit
      .database<ProcessingLogTables>()
      .deleteFrom('privacy_processing_log')
      .where('kept_until', '<', today)
      .executeTakeFirst()
    return Number(numDeletedRows)
  })
}

/** How many entries there are of each action. */
export async function countLog(context: Context): Promise<Record<string, number>> {
  const rows = await (
    await context.store()
  )
    .read<ProcessingLogTables>(context.tenant)
    .selectFrom('privacy_processing_log')
    .select(({fn}) => ['action', fn.countAll<bigint>().as('count')])
    .groupBy('action')
    .orderBy('action')
    .execute()
  return Object.fromEntries(rows.map(({action, count}) => [action, Number(count)]))
}

interface LogRow {
  readonly id: string
  readonly at: string
  readonly action: string
  readonly system: string
  readonly actor: string
  readonly recipient: string | null
  readonly subject: string | null
  readonly purpose: string | null
  readonly details: string | null
  readonly recorded_by: string
  readonly kept_until: string
}

function entryFrom({recorded_by: recordedBy, kept_until: keptUntil, action, ...row}: LogRow): LogEntry {
  return {
    id: row.id,
    at: row.at,
    action: action as LoggedAction,
    system: row.system,
    actor: row.actor,
    recipient: row.recipient,
    subject: row.subject,
    purpose: row.purpose,
    details: row.details,
    recordedBy,
    keptUntil,
  }
}

function cursorOf({at, id}: LogEntry): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url')
}

function parseCursor(cursor: string): {at: string; id: string} {
  try {
    const [at, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [unknown, unknown]
    if (typeof at === 'string' && typeof id === 'string') return {at, id}
  } catch {
    // Told below.
  }
  throw new InvalidInputError('The cursor is not one of this list', {hint: 'start again without it'})
}
