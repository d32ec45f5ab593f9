import {InvalidInputError} from '@omni-ops/core/operation'

/** A day of the calendar without a time or a zone, as ISO 8601 writes it: `2026-02-28`. Such dates sort as text. */
export type CivilDate = string

const minute = 60_000
const day = 86_400_000
/** No zone was ever further from UTC than this, local mean times included. */
const farthestOffset = 16 * 60 * minute

/** Before and after these years nobody has a deadline, and calendars and ways of writing a year were others. */
const firstYear = 1900
const lastYear = 2199

/**
 * The day it is somewhere at an instant.
 * @throws InvalidInputError if the zone is not one of the IANA database, or for an instant of another age
 */
export function civilDateAt(instant: Date, timeZone: string): CivilDate {
  const year = instant.getUTCFullYear()
  if (!(year >= firstYear && year <= lastYear)) {
    throw new InvalidInputError(`A time has to be of the years ${firstYear} to ${lastYear}`)
  }
  return formatOf(timeZone).format(instant)
}

/**
 * The instant at which a day begins somewhere. It is not always midnight: where clocks go forward at midnight, the day
 * begins an hour later.
 */
export function startOfDay(date: CivilDate, timeZone: string): Date {
  const format = formatOf(timeZone)
  const midnight = utc(date).getTime()
  let before = midnight - farthestOffset
  let notBefore = midnight + farthestOffset
  while (notBefore - before > minute) {
    const middle = before + Math.floor((notBefore - before) / minute / 2) * minute
    if (format.format(new Date(middle)) < date) before = middle
    else notBefore = middle
  }
  return new Date(notBefore)
}

/** The instant at which a day is over somewhere: the first one that is no longer part of it. */
export function endOfDay(date: CivilDate, timeZone: string): Date {
  return startOfDay(addDays(date, 1), timeZone)
}

export function addDays(date: CivilDate, count: number): CivilDate {
  return dateOf(new Date(utc(date).getTime() + count * day))
}

/**
 * The same day of a later month, or the last one of that month where it has no such day: 31 January and one month is
 * the last of February.
 */
export function addMonths(date: CivilDate, count: number): CivilDate {
  const start = utc(date)
  const months = start.getUTCFullYear() * 12 + start.getUTCMonth() + count
  const year = Math.floor(months / 12)
  const month = months % 12
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return dateOf(new Date(Date.UTC(year, month, Math.min(start.getUTCDate(), last))))
}

/** 0 for Sunday to 6 for Saturday. */
export function weekday(date: CivilDate): number {
  return utc(date).getUTCDay()
}

export function yearOf(date: CivilDate): number {
  return Number(date.slice(0, 4))
}

/** A day by its numbers; months begin with 1. */
export function civilDate(year: number, month: number, dayOfMonth: number): CivilDate {
  return dateOf(new Date(Date.UTC(year, month - 1, dayOfMonth)))
}

/** Whether a text is a day that exists. */
export function isCivilDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && dateOf(utc(text)) === text
}

function utc(date: CivilDate): Date {
  return new Date(`${date}T00:00:00Z`)
}

function dateOf(instant: Date): CivilDate {
  return instant.toISOString().slice(0, 10)
}

const formats = new Map<string, Intl.DateTimeFormat>()

// Making a format takes longer than using it a hundred times.
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  const format = newFormat(timeZone)
  formats.set(timeZone, format)
  return format
}

function newFormat(timeZone: string): Intl.DateTimeFormat {
  try {
    // The locale of Sweden writes dates as ISO 8601 does.
    return new Intl.DateTimeFormat('sv-SE', {timeZone, year: 'numeric', month: '2-digit', day: '2-digit'})
  } catch {
    throw new InvalidInputError(`There is no time zone ${timeZone}`, {hint: 'write one such as Europe/Ljubljana'})
  }
}
