import {type Deadline, deadline, type DeadlineOptions, extend} from '../clock/index.ts'
import type {Deadlines, SubjectRequest} from './request.ts'
import type {Regime, Right} from './right.ts'

/** What the clock calls a right: the law sets one time for all requests to know. */
function clocked(right: Right): string {
  if (right === 'know_categories' || right === 'know_specific') return 'know'
  return right.replaceAll('_', '-')
}

interface Received {
  readonly regime: Regime
  readonly right: Right
  readonly receivedAt: string
  /** ISO 3166-1 alpha-2: whose holidays count; the law's own where it is not given. */
  readonly country: string | undefined
}

function optionsFor({regime, right, receivedAt, country}: Received): DeadlineOptions {
  return {
    regime,
    right: clocked(right),
    receivedAt: new Date(receivedAt),
    ...(country === undefined ? {} : {country}),
  }
}

/** The days of a request. @throws InvalidInputError if its law knows no such right */
export function deadlinesFor(request: Received): Deadlines {
  const found = deadline(optionsFor(request))
  const {confirmBy, dueBy, extendedDueBy, extensionMustBeToldBy, verified} = found
  return {
    confirmBy: confirmBy?.date ?? null,
    dueBy: dueBy.date,
    dueUntil: dueBy.until.toISOString(),
    extendedDueBy: extendedDueBy?.date ?? null,
    extendBy: extensionMustBeToldBy?.date ?? null,
    rule: citedWithUnread(found),
    verified,
  }
}

/** Rules and holidays that were not read say so where they are cited. */
function citedWithUnread({citation, unread}: Deadline): string {
  const besides = unread.filter(each => !citation.includes(each)).map(each => `${each} (not verified)`)
  return [citation, ...besides].join('; ')
}

/** The new end of a request that takes longer. @throws ExtensionRefusedError where it is too late, without reasons, or not known */
export function extendedDeadline(
  request: SubjectRequest,
  {reasons, toldAt}: {readonly reasons: string; readonly toldAt: Date},
): {readonly dueBy: string; readonly dueUntil: string} {
  const {dueBy} = extend({...optionsFor(request), reasons, toldAt})
  return {dueBy: dueBy.date, dueUntil: dueBy.until.toISOString()}
}
