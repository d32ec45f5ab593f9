import {InvalidInputError} from '@omni-ops/core/operation'
import type {Catalogue, CatalogueTable} from '../catalogue/catalogue.ts'
import type {DataSession} from '../data/data-session.ts'
import {quoted} from '../data/quote.ts'
import type {DashboardSpec, Grain} from '../spec/dashboard-spec.ts'

/** A stretch of time: instants in UTC with microseconds, the end not in it. */
export interface Window {
  readonly start: string
  readonly end: string
  /** The calendar days of `start` and of the last moment, in the zone of the dashboard. */
  readonly firstDay: string
  readonly lastDay: string
}

export interface ReportingPeriod {
  readonly zone: string
  readonly current: Window
  /** As many calendar days directly before, up to the same time of day: as long as `current`, however far it got. */
  readonly previous: Window
  readonly days: number
  /** From the first to the last moment that each table tells of. Outside of it nothing is known, and so nothing is 0. */
  readonly coverage: ReadonlyMap<string, Window>
}

/** One step of a time axis. */
export interface Bucket {
  /** `2026-03-29`, or for hours the instant, `2026-03-29T00:00:00Z`. */
  readonly key: string
  /** As people of the zone write it. */
  readonly label: string
  readonly start: string
  readonly end: string
  /** False where it began before the period, or is not over yet. */
  readonly complete: boolean
}

/** More than a screen can tell apart, and a table can hold. */
const mostBuckets = 20_000

/** ISO 8601 in UTC with microseconds, DuckDB's own resolution. */
export const isoText = (instant: string) => `strftime(timezone('UTC', ${instant}), '%Y-%m-%dT%H:%M:%S.%fZ')`

/**
 * The moment of a row, as an instant with a zone. The day of a date begins at the zone's midnight, or at its first
 * moment where clocks skip midnight.
 */
export function instantOf(time: NonNullable<CatalogueTable['time']>, alias: string): string {
  const column = `${alias}.${quoted(time.column)}`
  return time.kind === 'instant' ? column : `timezone($zone, CAST(${column} AS TIMESTAMP))`
}

/** Gives instants that do not say their zone the one of the catalogue. */
export async function settleZones(catalogue: Catalogue, session: DataSession): Promise<void> {
  for (const [table, {time}] of Object.entries(catalogue.tables)) {
    if (time?.kind !== 'instant') continue
    const [found] = await session.query(`SELECT typeof(${quoted(time.column)}) AS type FROM ${quoted(table)} LIMIT 1`)
    if (found === undefined || found.type === 'TIMESTAMP WITH TIME ZONE') continue
    const column = quoted(time.column)
    const zone = time.zone.replaceAll("'", "''")
    await session.query(
      `ALTER TABLE ${quoted(table)} ALTER ${column} SET DATA TYPE TIMESTAMPTZ USING timezone('${zone}', CAST(${column} AS TIMESTAMP))`,
    )
  }
}

export interface PeriodOptions {
  readonly period: DashboardSpec['period']
  readonly zone: string
  /** ISO 8601; the last moment that the data tells of where it is not given. */
  readonly asOf?: string | undefined
}

/**
 * What a dashboard tells about, from the data: undefined where no table has a row. Calendar units are those of the zone,
 * so that a day of 23 or 25 hours is a day.
 * @throws InvalidInputError for a zone that the IANA database does not have
 */
export async function reportingPeriod(
  catalogue: Catalogue,
  session: DataSession,
  options: PeriodOptions,
): Promise<ReportingPeriod | undefined> {
  const {period, zone, asOf} = options
  await assertZone(zone, session)
  const coverage = await coverageOf(catalogue, zone, session)
  const end =
    asOf === undefined
      ? [...coverage]
          .filter(([table]) => catalogue.tables[table]?.ahead !== true)
          .map(([, each]) => each.end)
          .toSorted()
          .at(-1)
      : `${asOf}`
  if (end === undefined) return undefined
  const [found] = await session.ask(
    `WITH bounds AS (
      SELECT CAST($end AS TIMESTAMPTZ) AS ending,
        timezone($zone, CAST($end AS TIMESTAMPTZ)) AS local_end,
        timezone($zone, CAST($end AS TIMESTAMPTZ) - INTERVAL 1 MICROSECOND) AS local_last
    ), starts AS (
      SELECT *, date_trunc('${period.unit}', local_last) - INTERVAL (${period.count - 1}) ${period.unit} AS local_start FROM bounds
    ), lengths AS (
      SELECT *, date_diff('day', CAST(local_start AS DATE), CAST(local_last AS DATE)) + 1 AS days FROM starts
    )
    SELECT days, ${isoText('ending')} AS "end", ${isoText('timezone($zone, CAST(local_start AS TIMESTAMP))')} AS start,
      CAST(CAST(local_start AS DATE) AS VARCHAR) AS first_day, CAST(CAST(local_last AS DATE) AS VARCHAR) AS last_day,
      ${isoText('timezone($zone, CAST(local_start - to_days(CAST(days AS INTEGER)) AS TIMESTAMP))')} AS previous_start,
      ${isoText('timezone($zone, CAST(local_end - to_days(CAST(days AS INTEGER)) AS TIMESTAMP))')} AS previous_end,
      CAST(CAST(local_start - to_days(CAST(days AS INTEGER)) AS DATE) AS VARCHAR) AS previous_first_day,
      CAST(CAST(local_last - to_days(CAST(days AS INTEGER)) AS DATE) AS VARCHAR) AS previous_last_day
    FROM lengths`,
    {zone, end},
  )
  const text = (name: string) => String(found![name])
  return {
    zone,
    coverage,
    days: Number(found!.days),
    current: {start: text('start'), end: text('end'), firstDay: text('first_day'), lastDay: text('last_day')},
    previous: {
      start: text('previous_start'),
      end: text('previous_end'),
      firstDay: text('previous_first_day'),
      lastDay: text('previous_last_day'),
    },
  }
}

async function assertZone(zone: string, session: DataSession): Promise<void> {
  const found = await session.ask('SELECT 1 AS found FROM pg_timezone_names() WHERE name = $zone LIMIT 1', {zone})
  if (found.length === 0)
    throw new InvalidInputError(`There is no time zone ${zone}`, {hint: 'write Europe/Ljubljana or UTC'})
}

async function coverageOf(
  catalogue: Catalogue,
  zone: string,
  session: DataSession,
): Promise<ReadonlyMap<string, Window>> {
  const coverage = new Map<string, Window>()
  for (const [table, {time}] of Object.entries(catalogue.tables)) {
    if (time === undefined) continue
    const column = quoted(time.column)
    const dated = time.kind === 'date'
    const first = dated ? `timezone($zone, CAST(min(${column}) AS TIMESTAMP))` : `min(${column})`
    // A day is told of to its end.
    const last = dated
      ? `timezone($zone, CAST(max(${column}) + 1 AS TIMESTAMP))`
      : `max(${column}) + INTERVAL 1 MICROSECOND`
    const day = (instant: string) => `CAST(CAST(timezone($zone, ${instant}) AS DATE) AS VARCHAR)`
    const [found] = await session.ask(
      `WITH bounds AS (SELECT ${first} AS first_moment, ${last} AS last_moment FROM ${quoted(table)})
      SELECT ${isoText('first_moment')} AS start, ${isoText('last_moment')} AS "end", ${day('first_moment')} AS first_day,
        ${day('last_moment - INTERVAL 1 MICROSECOND')} AS last_day FROM bounds WHERE first_moment IS NOT NULL`,
      {zone},
    )
    if (found === undefined) continue
    const {start, end, first_day: firstDay, last_day: lastDay} = found
    coverage.set(table, {start: String(start), end: String(end), firstDay: String(firstDay), lastDay: String(lastDay)})
  }
  return coverage
}

/**
 * The steps of the current period. Hours are steps of an hour from its first moment, so that the day on which clocks go
 * back has 25 and the one on which they go forward 23.
 * @throws InvalidInputError for more than a screen can tell apart
 */
export async function bucketsOf(
  {current, zone}: {readonly current: Pick<Window, 'start' | 'end'>; readonly zone: string},
  grain: Grain,
  session: DataSession,
): Promise<readonly Bucket[]> {
  const rows =
    grain === 'hour' ? await hours(current, zone, session) : await calendarUnits(current, zone, grain, session)
  if (rows.length > mostBuckets) {
    throw new InvalidInputError(`The period has more than ${mostBuckets} ${grain}s`, {hint: 'choose a longer grain'})
  }
  return rows.map(row => {
    const [key, label, start, end] = ['key', 'label', 'start', 'end'].map(name => String(row[name]))
    return {
      key: key!,
      label: label!,
      start: start!,
      end: end!,
      complete: start! >= current.start && end! <= current.end,
    }
  })
}

async function hours({start, end}: Pick<Window, 'start' | 'end'>, zone: string, session: DataSession) {
  return session.ask(
    `SELECT strftime(timezone('UTC', hour), '%Y-%m-%dT%H:%M:%SZ') AS key,
      strftime(timezone($zone, hour), '%Y-%m-%d %H:%M') AS label,
      ${isoText('hour')} AS start, ${isoText('hour + INTERVAL 1 HOUR')} AS "end"
    FROM generate_series(CAST($start AS TIMESTAMPTZ), CAST($end AS TIMESTAMPTZ) - INTERVAL 1 MICROSECOND, INTERVAL 1 HOUR) AS t(hour)
    LIMIT ${mostBuckets + 1}`,
    {zone, start, end},
  )
}

async function calendarUnits(
  {start, end}: Pick<Window, 'start' | 'end'>,
  zone: string,
  grain: Exclude<Grain, 'hour'>,
  session: DataSession,
) {
  return session.ask(
    `SELECT strftime(unit, '%Y-%m-%d') AS key, strftime(unit, '${grain === 'month' ? '%Y-%m' : '%Y-%m-%d'}') AS label,
      ${isoText('timezone($zone, unit)')} AS start, ${isoText(`timezone($zone, unit + INTERVAL 1 ${grain})`)} AS "end"
    FROM generate_series(
      date_trunc('${grain}', timezone($zone, CAST($start AS TIMESTAMPTZ))),
      timezone($zone, CAST($end AS TIMESTAMPTZ) - INTERVAL 1 MICROSECOND),
      INTERVAL 1 ${grain}
    ) AS t(unit) LIMIT ${mostBuckets + 1}`,
    {zone, start, end},
  )
}

/** The moment so many steps later, or earlier where there are fewer than none: hours as they pass, days of the calendar. */
export async function movedBy(
  steps: number,
  grain: Grain,
  moment: string,
  {zone}: Pick<ReportingPeriod, 'zone'>,
  session: DataSession,
): Promise<string> {
  const moved =
    grain === 'hour'
      ? `CAST($moment AS TIMESTAMPTZ) + to_hours(CAST($steps AS INTEGER))`
      : `timezone($zone, CAST(timezone($zone, CAST($moment AS TIMESTAMPTZ)) + CAST($steps AS INTEGER) * INTERVAL 1 ${grain} AS TIMESTAMP))`
  const [found] = await session.ask(`SELECT ${isoText('moved')} AS moment FROM (SELECT ${moved} AS moved)`, {
    steps,
    moment,
    ...(grain === 'hour' ? {} : {zone}),
  })
  return String(found!.moment)
}

/** The step in which a row is, as its key; the same arithmetic as `bucketsOf`. */
export function bucketOf(grain: Grain, instant: string): string {
  if (grain !== 'hour') return `strftime(date_trunc('${grain}', timezone($zone, ${instant})), '%Y-%m-%d')`
  const whole = `epoch_us(${instant}) - epoch_us(CAST($start AS TIMESTAMPTZ))`
  const hour = `CAST($start AS TIMESTAMPTZ) + to_hours(CAST((${whole}) // 3600000000 AS INTEGER))`
  return `strftime(timezone('UTC', ${hour}), '%Y-%m-%dT%H:%M:%SZ')`
}
