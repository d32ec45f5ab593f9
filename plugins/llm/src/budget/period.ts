import type {BudgetSettings} from '../configuration/schema.ts'

export type BudgetWindow = BudgetSettings['window']

/** A window of time: from its beginning on, and until before its end. */
export interface Period {
  readonly start: Date
  readonly end: Date
}

interface Day {
  readonly year: number
  readonly month: number
  readonly day: number
}

/**
 * The calendar day, week (from Monday, ISO 8601) or month around an instant in a time zone; undefined for `total`. Where
 * the clocks change, a day has 23 or 25 hours.
 */
export function periodAround(window: BudgetWindow, at: Date, timeZone: string): Period | undefined {
  if (window === 'total') return undefined
  const today = dayOf(at, timeZone)
  const [first, next] = boundsOf(window, today)
  return {start: midnight(first, timeZone), end: midnight(next, timeZone)}
}

function boundsOf(window: 'day' | 'week' | 'month', {year, month, day}: Day): [Day, Day] {
  if (window === 'month') return [{year, month, day: 1}, normal(year, month + 1, 1)]
  if (window === 'day') return [{year, month, day}, normal(year, month, day + 1)]
  const sinceMonday = (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7
  return [normal(year, month, day - sinceMonday), normal(year, month, day - sinceMonday + 7)]
}

/** The calendar counts on over the ends of months and years. */
function normal(year: number, month: number, day: number): Day {
  const date = new Date(Date.UTC(year, month - 1, day))
  return {year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate()}
}

/**
 * The first instant of a calendar day. Where the clocks skip midnight, as in some zones in spring, the day begins with
 * the first time that it has.
 */
function midnight({year, month, day}: Day, timeZone: string): Date {
  const nominal = Date.UTC(year, month - 1, day)
  const before = nominal - offsetAt(nominal - 86_400_000, timeZone)
  const after = nominal - offsetAt(nominal + 86_400_000, timeZone)
  const candidates = [Math.min(before, after), Math.max(before, after)]
  const found = candidates.find(time => isStartOf(time, {year, month, day}, timeZone))
  return new Date(found ?? transitionInto({year, month, day}, candidates[0]!, candidates[1]!, timeZone))
}

function isStartOf(time: number, day: Day, timeZone: string): boolean {
  return isSame(dayOf(new Date(time), timeZone), day) && !isSame(dayOf(new Date(time - 1), timeZone), day)
}

/** Where no clock ever showed midnight: the instant at which the day begins, between two that are apart by the change. */
function transitionInto(day: Day, from: number, to: number, timeZone: string): number {
  let low = from - 3_600_000
  let high = to + 3_600_000
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (isBefore(dayOf(new Date(middle), timeZone), day)) low = middle
    else high = middle
  }
  return high
}

function isSame(left: Day, right: Day): boolean {
  return left.year === right.year && left.month === right.month && left.day === right.day
}

function isBefore(left: Day, right: Day): boolean {
  return Date.UTC(left.year, left.month - 1, left.day) < Date.UTC(right.year, right.month - 1, right.day)
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(timeZone, made)
  return made
}

function partsOf(at: Date, timeZone: string): Readonly<Record<string, number>> {
  return Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({type, value}) => [type, Number(value)]),
  )
}

function dayOf(at: Date, timeZone: string): Day {
  const {year, month, day} = partsOf(at, timeZone)
  return {year: year!, month: month!, day: day!}
}

/** Milliseconds that the zone's clocks are ahead of UTC at an instant. */
function offsetAt(time: number, timeZone: string): number {
  const {year, month, day, hour, minute, second} = partsOf(new Date(time), timeZone)
  const shown = Date.UTC(year!, month! - 1, day!, hour, minute, second)
  return shown - Math.floor(time / 1000) * 1000
}
