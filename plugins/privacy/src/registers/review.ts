import {addDays, type CivilDate, civilDateAt} from '../clock/civil-date.ts'
import {deadline} from '../clock/deadline.ts'
import type {Breach, Breaches} from '../operations/breach-register.ts'
import type {Dpia} from '../operations/dpia-register.ts'
import {isInEea} from './european-economic-area.ts'
import {Findings, type RegisterFinding} from './finding.ts'
import type {Officer} from '../operations/officer-register.ts'
import type {Processors} from '../operations/processor-register.ts'
import type {Ropa} from '../operations/ropa-register.ts'
import type {Video} from '../operations/video-register.ts'

/** When and where a register is looked at. */
export interface ReviewOptions {
  readonly now: Date
  readonly country: string
  readonly timeZone: string
}

const yearDays = 365

/** What the record of processing lacks that the law asks for where possible, and transfers without a ground. */
export function reviewRopa(register: Ropa, options: ReviewOptions): readonly RegisterFinding[] {
  const found = new Findings()
  for (const {id, retention, security, transfers} of register.activities) {
    if (retention === undefined) found.add('warning', id, 'says no time limit for erasure (30(1)(f))', 'gdpr.30.1')
    if (security === undefined) found.add('warning', id, 'describes no security measures (30(1)(g))', 'gdpr.30.1')
    reviewTransfers(found, id, transfers)
  }
  for (const {id, security, transfers} of register.commissions) {
    if (security === undefined) found.add('warning', id, 'describes no security measures (30(2)(d))', 'gdpr.30.2')
    reviewTransfers(found, id, transfers)
  }
  if (register.activities.length + register.commissions.length === 0) {
    found.add('problem', null, 'records no processing', 'gdpr.30.1')
  }
  reviewIds(found, [...register.activities, ...register.commissions], 'gdpr.30.1')
  reviewAge(found, register.updated, options, 'gdpr.30.1')
  return found.list
}

function reviewTransfers(found: Findings, id: string, transfers: Ropa['activities'][number]['transfers']): void {
  for (const {country, recipient, safeguards} of transfers) {
    if (isInEea(country))
      found.add('warning', id, `${recipient} in ${country} is no transfer to a third country`, 'gdpr.30.1')
    else if (safeguards === undefined) {
      found.add('problem', id, `names no safeguards for ${recipient} in ${country}`, 'gdpr.46.1', 'gdpr.49.1')
    }
  }
}

/** What an assessment lacks, and risks that may not be run. */
export function reviewDpia(register: Dpia, options: ReviewOptions): readonly RegisterFinding[] {
  const found = new Findings()
  for (const {id, measures, residual, likelihood, severity} of register.risks) {
    const isHigh = likelihood === 'high' || severity === 'high'
    if (measures.length === 0 && isHigh) found.add('problem', id, 'is high and has no measure', 'gdpr.35.7')
    if (residual === 'high' && register.prior_consultation === undefined) {
      found.add('problem', id, 'stays high, and the supervisory authority was not consulted', 'gdpr.36.1')
    }
  }
  reviewIds(found, register.risks, 'gdpr.35.7')
  if (register.dpo_advice === undefined) {
    found.add(
      'warning',
      null,
      'has no advice of the data protection officer, which is needed where there is one',
      'gdpr.35.2',
    )
  }
  if (register.approved === undefined) found.add('warning', null, 'is not approved', 'gdpr.35.1')
  const today = civilDateAt(options.now, options.timeZone)
  if (register.review_by !== undefined && register.review_by < today) {
    found.add('problem', null, `was to be reviewed by ${register.review_by}`, 'gdpr.35.11')
  }
  return found.list
}

/** Breaches that were notified late, not at all, or without saying why. */
export function reviewBreaches(register: Breaches, options: ReviewOptions): readonly RegisterFinding[] {
  const found = new Findings()
  for (const breach of register.breaches) {
    reviewNotification(found, breach, options)
    reviewCommunication(found, breach)
  }
  reviewIds(found, register.breaches, 'gdpr.33.5')
  return found.list
}

/** The instant at which the 72 hours of a breach are over (GDPR, article 33(1)). */
export function notificationDue({aware_at: aware}: Pick<Breach, 'aware_at'>): Date {
  return deadline({regime: 'gdpr', right: 'breach', receivedAt: new Date(aware)}).dueBy.until
}

function reviewNotification(found: Findings, breach: Breach, {now}: ReviewOptions): void {
  const {id, risk, why_unlikely: why, delay_reasons: reasons} = breach
  const due = notificationDue(breach)
  const first = breach.notifications.map(({at}) => new Date(at)).toSorted((a, b) => a.getTime() - b.getTime())[0]
  if (first !== undefined) {
    if (first > due && reasons === undefined) {
      found.add('problem', id, `was notified after ${iso(due)}, without reasons for the delay`, 'gdpr.33.1')
    }
    if (first < new Date(breach.aware_at))
      found.add('problem', id, 'was notified before one was aware of it', 'gdpr.33.1')
    return
  }
  if (risk === 'unlikely') {
    if (why === undefined)
      found.add('problem', id, 'is not notified, and does not say why a risk is unlikely', 'gdpr.33.1')
    return
  }
  if (now >= due) found.add('problem', id, `had to be notified by ${iso(due)}`, 'gdpr.33.1')
  else found.add('warning', id, `has to be notified by ${iso(due)}, in phases if need be`, 'gdpr.33.1', 'gdpr.33.4')
}

function reviewCommunication(found: Findings, breach: Breach): void {
  const {id, risk, communication, not_communicated: exception} = breach
  if (risk !== 'high' || communication !== undefined) return
  if (exception === undefined) {
    found.add('problem', id, 'puts people at high risk, and they were not told', 'gdpr.34.1')
  } else if (exception.because === 'disproportionate' && exception.public_communication === undefined) {
    found.add('problem', id, 'was not told to each person, and not to the public either', 'gdpr.34.3')
  }
}

/** Contracts that have ended, and data that leave the European Economic Area without a ground. */
export function reviewProcessors(register: Processors, options: ReviewOptions): readonly RegisterFinding[] {
  const found = new Findings()
  const today = civilDateAt(options.now, options.timeZone)
  for (const {
    id,
    countries,
    safeguards,
    sub_processors: subs,
    contract,
    ended,
    last_audit: audit,
  } of register.processors) {
    if (ended !== undefined) continue
    const outside = [...countries, ...subs.map(({country}) => country)].filter(each => !isInEea(each))
    if (outside.length > 0 && safeguards === undefined) {
      found.add('problem', id, `names no safeguards for ${[...new Set(outside)].join(', ')}`, 'gdpr.46.1')
    }
    if (contract.until !== undefined && contract.until < today) {
      found.add('problem', id, `has had no contract since ${contract.until}`, 'gdpr.28.3')
    }
    if (audit === undefined) found.add('warning', id, 'was never audited', 'gdpr.28.3')
  }
  reviewIds(found, register.processors, 'gdpr.28.3')
  reviewAge(found, register.updated, options, 'gdpr.28.3')
  return found.list
}

/** Whether the officer's contact was published, and told to the supervisory authority, in time. */
export function reviewOfficer(register: Officer, {now, country, timeZone}: ReviewOptions): readonly RegisterFinding[] {
  const found = new Findings()
  const slovenian = country === 'SI'
  const rules = slovenian ? ['gdpr.37.7', 'zvop-2.45.4'] : ['gdpr.37.7']
  const due = slovenian ? eightDaysAfter(register.designated, timeZone) : undefined
  const today = civilDateAt(now, timeZone)
  for (const [step, done] of [
    ['published', register.published],
    ['told to the supervisory authority', register.notified],
  ] as const) {
    if (done === undefined) {
      const isLate = due !== undefined && today > due
      found.add(
        isLate ? 'problem' : 'warning',
        null,
        `the contact is not ${step}${due ? `; due by ${due}` : ''}`,
        ...rules,
      )
    } else if (due !== undefined && done > due) {
      found.add('problem', null, `the contact was ${step} on ${done}, after ${due}`, ...rules)
    }
  }
  return found.list
}

function eightDaysAfter(designated: CivilDate, timeZone: string): CivilDate {
  // Noon, so that it is that day in every zone that the register could be of.
  const receivedAt = new Date(`${designated}T12:00:00Z`)
  return deadline({regime: 'zvop', right: 'dpo-notification', receivedAt, timeZone}).dueBy.date
}

/** For how many days recordings may be kept, by where the cameras are (ZVOP-2, articles 76(9), 79(2), 80(6)). */
const longestRetention = {
  premises: {days: 365, rule: 'zvop-2.76.9'},
  workplace: {days: 365, rule: 'zvop-2.76.9'},
  public_transport: {days: 7, rule: 'zvop-2.79.2'},
  // Six months have at least so many days.
  public_area: {days: 181, rule: 'zvop-2.80.6'},
} as const

/** What surveillance lacks under ZVOP-2, and recordings that are kept too long. */
export function reviewVideo(register: Video, _options: ReviewOptions): readonly RegisterFinding[] {
  const found = new Findings()
  for (const system of register.systems.filter(({ended}) => ended === undefined)) {
    const {id, area, retention_days: days, notice} = system
    const longest = longestRetention[area]
    if (days > longest.days)
      found.add('problem', id, `keeps recordings for ${days} days, ${longest.days} at most`, longest.rule)
    if (notice === undefined) found.add('problem', id, 'has no notice', 'zvop-2.76.4')
    else reviewNotice(found, id, notice)
    if (system.sound && system.sound_reasons === undefined) {
      found.add('problem', id, 'records sound and does not say why it has to', 'zvop-2.76.7')
    }
    reviewPlace(found, system)
  }
  reviewIds(found, register.systems, 'zvop-2.76.2')
  return found.list
}

function reviewNotice(found: Findings, id: string, notice: NonNullable<Video['systems'][number]['notice']>): void {
  const needed = ['surveillance', 'purposes_and_controller', 'officer'] as const
  // With an address of a page, the notice may leave the rest to it (76(5)).
  const missing = notice.web === undefined ? needed : needed.slice(0, 2)
  for (const part of missing) {
    if (!notice.contents.includes(part)) found.add('problem', id, `has a notice without ${part}`, 'zvop-2.76.4')
  }
}

function reviewPlace(found: Findings, system: Video['systems'][number]): void {
  const {id, area, started, employees_informed: informed, consulted, authorised, live} = system
  if (area === 'premises' && informed === undefined) {
    found.add('problem', id, 'does not say when those who work there were informed', 'zvop-2.77.3')
  }
  if (area === 'workplace') {
    if (informed === undefined || (started !== undefined && informed > started)) {
      found.add('problem', id, 'began before those who work there were informed', 'zvop-2.78.6')
    }
    if (consulted === undefined) found.add('problem', id, 'has no consultation with the employees', 'zvop-2.78.6')
    else if (addDays(consulted.from, 30) > consulted.to) {
      found.add('problem', id, 'was consulted on for less than 30 days', 'zvop-2.78.6')
    }
    if (live && authorised === undefined)
      found.add('problem', id, 'is watched live by nobody authorised', 'zvop-2.78.4')
  }
  if (area === 'public_area' && authorised === undefined) {
    found.add('problem', id, 'names nobody who is authorised to watch', 'zvop-2.80.3')
  }
}

function reviewIds(found: Findings, entries: readonly {readonly id: string}[], rule: string): void {
  const ids = entries.map(({id}) => id)
  for (const id of new Set(ids.filter((each, index) => ids.indexOf(each) !== index))) {
    found.add('problem', id, 'is the id of several entries', rule)
  }
}

function reviewAge(found: Findings, updated: CivilDate, {now, timeZone}: ReviewOptions, rule: string): void {
  const today = civilDateAt(now, timeZone)
  if (updated > today) found.add('problem', null, `was gone through on ${updated}, which has not come yet`, rule)
  else if (addDays(updated, yearDays) < today) found.add('warning', null, `was last gone through on ${updated}`, rule)
}

function iso(instant: Date): string {
  return instant.toISOString()
}
