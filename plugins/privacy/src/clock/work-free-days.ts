import {readFileSync} from 'node:fs'
import {parse} from 'yaml'
import * as z from 'zod'
import {dataFile} from '../law/data-file.ts'
import {addDays, type CivilDate, civilDate, weekday, yearOf} from './civil-date.ts'

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const

const years = {
  from: z.int().optional(),
  until: z.int().optional(),
  /** Whether the law that makes it one was read, where that is not the law of the others. */
  verified: z.boolean().default(true),
}
const Day = z.union([
  z.strictObject({name: z.string(), fixed: z.string().regex(/^\d{2}-\d{2}$/), ...years}),
  /** Days after Easter Sunday. */
  z.strictObject({name: z.string(), easter: z.int(), ...years}),
  /** The nth such weekday of a month; -1 for the last. */
  z.strictObject({name: z.string(), weekday: z.enum(weekdays), nth: z.int(), month: z.int().min(1).max(12), ...years}),
])
type Day = z.output<typeof Day>

const Calendar = z.strictObject({
  country: z.string(),
  title: z.string(),
  citation: z.string(),
  source: z.url(),
  since: z.iso.date(),
  verified: z.boolean(),
  read: z.array(z.strictObject({where: z.url(), on: z.iso.date()})),
  /** Whether a day at a weekend is kept on the nearest weekday instead. */
  observed: z.literal('nearest-weekday').optional(),
  days: z.array(Day),
})

/** Where the free days of a country come from. */
export interface CalendarSource {
  readonly country: string
  readonly citation: string
  readonly verified: boolean
}

const countries = ['SI', 'US'] as const

// The files are part of the program and never change while it runs.
const calendars = new Map<string, WorkFreeDays>()

/** The days on which nobody has to work in one country. */
export class WorkFreeDays {
  readonly source: CalendarSource | undefined
  readonly #calendar: z.output<typeof Calendar> | undefined
  readonly #years = new Map<number, ReadonlyMap<CivilDate, string>>()

  private constructor(calendar: z.output<typeof Calendar> | undefined) {
    this.#calendar = calendar
    this.source = calendar && {
      country: calendar.country,
      citation: calendar.citation,
      verified: calendar.verified,
    }
  }

  /**
   * Of a country by its ISO 3166-1 code. Where this program knows no holidays of it, `source` is undefined and weekends
   * alone are free: deadlines are then never later than the law has them.
   */
  static of(country: string): WorkFreeDays {
    const read = calendars.get(country)
    if (read !== undefined) return read
    const known = countries.find(each => each === country)
    if (known === undefined) return new WorkFreeDays(undefined)
    const text = readFileSync(dataFile(`calendars/${known.toLowerCase()}.yaml`), 'utf8')
    const days = new WorkFreeDays(Calendar.parse(parse(text)))
    calendars.set(country, days)
    return days
  }

  /** The name of the holiday that a day is, at a weekend too. */
  holiday(date: CivilDate): string | undefined {
    return this.#ofYear(yearOf(date)).get(date)
  }

  /** The names of holidays from one day to another, both included, whose law was not read; those at a weekend change nothing. */
  unreadBetween(first: CivilDate, last: CivilDate): string[] {
    const unread = new Set((this.#calendar?.days ?? []).filter(({verified}) => !verified).map(({name}) => name))
    const found: string[] = []
    for (let day = first; unread.size > 0 && day <= last; day = addDays(day, 1)) {
      const name = weekday(day) === 0 || weekday(day) === 6 ? undefined : this.holiday(day)
      if (name !== undefined && unread.has(name)) found.push(`${name}, ${day}`)
    }
    return found
  }

  isWorkingDay(date: CivilDate): boolean {
    return weekday(date) !== 0 && weekday(date) !== 6 && this.holiday(date) === undefined
  }

  /** The day itself, or the first working day after it. */
  workingDayFrom(date: CivilDate): CivilDate {
    return this.isWorkingDay(date) ? date : this.workingDayFrom(addDays(date, 1))
  }

  /** The nth working day after a day, which is not counted itself. */
  workingDaysAfter(date: CivilDate, count: number): CivilDate {
    let day = date
    for (let left = count; left > 0; left -= 1) day = this.workingDayFrom(addDays(day, 1))
    return day
  }

  #ofYear(year: number): ReadonlyMap<CivilDate, string> {
    const known = this.#years.get(year)
    if (known !== undefined) return known
    const days = new Map(
      // The first of January of the next year is kept in this one where it is a Saturday.
      [year, year + 1].flatMap(each => this.#daysOf(each)).filter(([date]) => yearOf(date) === year),
    )
    this.#years.set(year, days)
    return days
  }

  #daysOf(year: number): [CivilDate, string][] {
    const {days = [], observed} = this.#calendar ?? {}
    return days
      .filter(({from = 0, until = Infinity}) => from <= year && year <= until)
      .map(each => {
        const date = dateIn(year, each)
        return [observed === undefined ? date : observedOn(date), each.name]
      })
  }
}

function dateIn(year: number, day: Day): CivilDate {
  if ('fixed' in day) return `${year}-${day.fixed}`
  if ('easter' in day) return addDays(easterSunday(year), day.easter)
  return nthWeekday(year, day.month, weekdays.indexOf(day.weekday), day.nth)
}

function observedOn(date: CivilDate): CivilDate {
  if (weekday(date) === 6) return addDays(date, -1)
  return weekday(date) === 0 ? addDays(date, 1) : date
}

function nthWeekday(year: number, month: number, day: number, nth: number): CivilDate {
  const first = nth > 0 ? civilDate(year, month, 1) : civilDate(year, month + 1, 1)
  const ahead = (day - weekday(first) + 7) % 7
  return addDays(first, ahead + 7 * (nth > 0 ? nth - 1 : nth))
}

/**
 * Easter Sunday of the Gregorian calendar, by the algorithm of the Nautical Almanac (J. Meeus, Astronomical Algorithms,
 * chapter 8).
 */
export function easterSunday(year: number): CivilDate {
  const a = year % 19
  const century = Math.floor(year / 100)
  const rest = year % 100
  const f = Math.floor((century + 8) / 25)
  const g = Math.floor((century - f + 1) / 3)
  const h = (19 * a + century - Math.floor(century / 4) - g + 15) % 30
  const l = (32 + 2 * (century % 4) + 2 * Math.floor(rest / 4) - h - (rest % 4)) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const day = h + l - 7 * m + 114
  return civilDate(year, Math.floor(day / 31), (day % 31) + 1)
}
