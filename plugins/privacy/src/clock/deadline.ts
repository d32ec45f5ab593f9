import {ConflictError, InvalidInputError} from '@omni-ops/core/operation'
import {citationOf, type ClockRule, clockedRights, clockRule, type Period, rule} from '../law/rule.ts'
import {addDays, addMonths, type CivilDate, civilDateAt, endOfDay} from './civil-date.ts'
import {WorkFreeDays} from './work-free-days.ts'

export const regimes = ['gdpr', 'ccpa', 'zvop'] as const
export type Regime = (typeof regimes)[number]

const laws = {gdpr: 'gdpr', ccpa: 'ccpa', zvop: 'zvop-2'} as const

/** Where the controller's days begin and which days are free, unless the caller says otherwise. */
const homes = {
  gdpr: {country: 'SI', timeZone: 'Europe/Ljubljana'},
  ccpa: {country: 'US', timeZone: 'America/Los_Angeles'},
  zvop: {country: 'SI', timeZone: 'Europe/Ljubljana'},
} as const

export interface DeadlineOptions {
  readonly regime: Regime
  /** `access`, `erasure`, `know`, `breach` …: one of the rights that the regime's law sets a time for. */
  readonly right: string
  /** When the request was received, or when one became aware. */
  readonly receivedAt: Date
  /** ISO 3166-1 alpha-2: whose holidays count. Slovenia for the GDPR and ZVOP-2, the United States for the CCPA. */
  readonly country?: string
  /** IANA name: where days begin and end. Ljubljana, and Los Angeles for the CCPA. */
  readonly timeZone?: string
}

/** The end of a period: a day where the law counts in days, and always an instant. */
export interface Moment {
  /** The last day on which one is in time. */
  readonly date: CivilDate
  /** The first instant at which one is late. */
  readonly until: Date
}

export interface Deadline {
  /** When receipt has to be confirmed, where the law asks for it. */
  readonly confirmBy: Moment | undefined
  readonly dueBy: Moment
  /** The end of the longest extension; undefined where the law has none. */
  readonly extendedDueBy: Moment | undefined
  /** Until when the person has to be told of an extension, with reasons. */
  readonly extensionMustBeToldBy: Moment | undefined
  /** Every rule that was applied, as one cites it. */
  readonly citation: string
  /** Whether the text of every rule, and of each holiday that moved an end, was read when it was written down. */
  readonly verified: boolean
  /** What was not, as one cites it. */
  readonly unread: readonly string[]
  /** What a person should know who relies on it. */
  readonly notes: readonly string[]
}

/** An extension that comes too late, has no reasons, or is not known to the law. */
export class ExtensionRefusedError extends ConflictError {
  override readonly code = 'extension_refused'
}

/**
 * When a request has to be confirmed, answered and, if extended, answered at the latest.
 *
 * A month is a calendar month from the day of receipt: 31 January and one month is the last of February. An extended
 * period is one period of its whole length (three months), not a second one that begins where the first ended.
 *
 * @throws InvalidInputError if the regime knows no such right, or the time zone does not exist
 */
export function deadline(options: DeadlineOptions): Deadline {
  const {regime, right, receivedAt} = options
  const {country = homes[regime].country, timeZone = homes[regime].timeZone} = options
  const clock = clockRule(laws[regime], right) ?? clockOfParent(regime, right)
  const days = WorkFreeDays.of(country)
  const from = {instant: receivedAt, date: civilDateAt(receivedAt, timeZone), timeZone}
  const relied: Span[] = []
  const end = (period: Period): Moment => {
    const {span, ...moment} = endOf(period, from, clock, days)
    if (span !== undefined) relied.push(span)
    return moment
  }
  const {confirmation, answer, extension} = clock
  const moments = {
    confirmBy: confirmation && end(confirmation),
    dueBy: end(answer),
    extendedDueBy: extension && end(together(answer, extension)),
    extensionMustBeToldBy: extension && end(extension.told_within),
  }
  const unread = unreadRules(clock, {days, country, relied})
  return {
    ...moments,
    citation: citationOf(clock.rules),
    verified: unread.length === 0,
    unread: unread.map(({citation}) => citation),
    notes: unread.map(({note}) => note),
  }
}

/**
 * Checks that a period may be extended now, and gives its new end.
 * @throws ExtensionRefusedError if it is too late to tell the person, if there are no reasons, or if the law knows none
 */
export function extend(options: DeadlineOptions & {readonly toldAt: Date; readonly reasons: string}): {
  readonly dueBy: Moment
  readonly citation: string
} {
  const {extendedDueBy, extensionMustBeToldBy, citation} = deadline(options)
  if (extendedDueBy === undefined || extensionMustBeToldBy === undefined) {
    throw new ExtensionRefusedError(`The time for ${options.right} can't be extended (${citation})`)
  }
  if (options.reasons.trim() === '') {
    throw new ExtensionRefusedError('An extension is told with its reasons, and there are none', {
      hint: `say why it takes longer (${citation})`,
    })
  }
  if (options.toldAt.getTime() >= extensionMustBeToldBy.until.getTime()) {
    throw new ExtensionRefusedError(
      `An extension had to be told by ${extensionMustBeToldBy.date}, and it is too late now (${citation})`,
      {hint: 'answer the request now'},
    )
  }
  return {dueBy: extendedDueBy, citation}
}

/** Under ZVOP-2, what it does not set a time for itself has the GDPR's. */
function clockOfParent(regime: Regime, right: string): ClockRule {
  const clock = regime === 'zvop' ? clockRule('gdpr', right) : undefined
  if (clock !== undefined) return clock
  const known = [...new Set([...clockedRights(laws[regime]), ...(regime === 'zvop' ? clockedRights('gdpr') : [])])]
  throw new InvalidInputError(`The ${regime.toUpperCase()} clock knows no right "${right}"`, {
    hint: `one of ${known.join(', ')}`,
  })
}

interface Start {
  readonly instant: Date
  readonly date: CivilDate
  readonly timeZone: string
}

/** Days of which it mattered whether they are free, the first and the last. */
type Span = readonly [first: CivilDate, last: CivilDate]

function endOf(
  period: Period,
  from: Start,
  {reckoning}: ClockRule,
  days: WorkFreeDays,
): Moment & {readonly span: Span | undefined} {
  if ('hours' in period) {
    const until = new Date(from.instant.getTime() + period.hours * 3_600_000)
    return {date: civilDateAt(until, from.timeZone), until, span: undefined}
  }
  const last = lastDay(period, from.date, days)
  const date = reckoning === 'eu' ? days.workingDayFrom(last) : last
  const until = endOfDay(date, from.timeZone)
  if ('business_days' in period) return {date, until, span: [addDays(from.date, 1), date]}
  return {date, until, span: reckoning === 'eu' ? [last, date] : undefined}
}

function lastDay(period: Exclude<Period, {hours: number}>, from: CivilDate, days: WorkFreeDays): CivilDate {
  if ('months' in period) return addMonths(from, period.months)
  if ('days' in period) return addDays(from, period.days)
  return days.workingDaysAfter(from, period.business_days)
}

function together(answer: Period, extension: NonNullable<ClockRule['extension']>): Period {
  if ('months' in answer && 'months' in extension) return {months: answer.months + extension.months}
  if ('days' in answer && 'days' in extension) return {days: answer.days + extension.days}
  throw new RangeError('A period and its extension are counted in different units')
}

/** What of a deadline rests on a text that nobody read, and what a person should know of it. */
function unreadRules(
  clock: ClockRule,
  {days, country, relied}: {readonly days: WorkFreeDays; readonly country: string; readonly relied: readonly Span[]},
): readonly {readonly citation: string; readonly note: string}[] {
  const rules = clock.rules.map(rule).filter(({verified}) => !verified)
  return [
    ...rules.map(({citation, source}) => ({
      citation,
      note: `${citation}: the text was not read here; check it at ${source}`,
    })),
    ...(relied.length > 0 ? unreadHolidays(days, country, relied) : []),
  ]
}

function unreadHolidays(days: WorkFreeDays, country: string, relied: readonly Span[]) {
  const {source} = days
  if (source === undefined) {
    const note = `No public holidays of ${country} are known here: where one applies, the law gives more time than this`
    return [{citation: `public holidays of ${country}`, note}]
  }
  if (!source.verified) {
    const note = `The holidays (${source.citation}) were not checked against the text of the law`
    return [{citation: source.citation, note}]
  }
  const names = new Set(relied.flatMap(([first, last]) => days.unreadBetween(first, last)))
  return [...names].map(name => ({
    citation: name,
    note: `${name}: the law that makes it a holiday was not read here, and the deadline rests on it`,
  }))
}
