import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {addDays, addMonths, civilDateAt, endOfDay, startOfDay, weekday} from '../src/clock/civil-date.ts'
import {deadline, extend, ExtensionRefusedError, type Regime} from '../src/clock/index.ts'
import {easterSunday, WorkFreeDays} from '../src/clock/work-free-days.ts'
import {clockedRights, rule, rules} from '../src/law/index.ts'

const ljubljana = 'Europe/Ljubljana'
const zones = [ljubljana, 'America/Los_Angeles', 'America/Sao_Paulo', 'Asia/Beirut', 'Pacific/Apia', 'Asia/Kathmandu']

const instants = fc.date({min: new Date('2012-01-01'), max: new Date('2099-12-31'), noInvalidDate: true})

function dueBy(receivedAt: string, regime: Regime = 'gdpr', right = 'access'): string {
  return deadline({regime, right, receivedAt: new Date(receivedAt)}).dueBy.date
}

describe('one month', () => {
  test.each([
    ['2026-03-05T10:00:00Z', '2026-04-07'], // 5 April is Easter Sunday, 6 April Easter Monday
    ['2026-09-05T10:00:00Z', '2026-10-05'],
    ['2026-08-31T10:00:00Z', '2026-09-30'],
    ['2028-01-31T10:00:00Z', '2028-02-29'],
    ['2027-01-31T10:00:00Z', '2027-03-01'], // 28 February is a Sunday
    ['2026-01-31T10:00:00Z', '2026-03-02'], // 28 February is a Saturday
    ['2026-11-25T10:00:00Z', '2026-12-28'], // Christmas, the day after, and a Sunday
    ['2025-12-01T10:00:00Z', '2026-01-05'], // 1 and 2 January, a weekend
  ])('from %s ends on %s in Slovenia', (received, due) => {
    expect(dueBy(received)).toBe(due)
  })

  test('runs from the day it is where the controller is', () => {
    expect(dueBy('2026-09-14T21:30:00Z')).toBe('2026-10-14')
    expect(dueBy('2026-09-14T22:30:00Z')).toBe('2026-10-15')
  })

  test('and two more are three months from receipt', () => {
    const {extendedDueBy, extensionMustBeToldBy} = deadline({
      regime: 'gdpr',
      right: 'erasure',
      receivedAt: new Date('2027-01-31T10:00:00Z'),
    })
    expect(extendedDueBy?.date).toBe('2027-04-30')
    expect(extensionMustBeToldBy?.date).toBe('2027-03-01')
  })

  test('ends with the last hour of its last day, whatever the clocks do', () => {
    // Summer time ends on 25 October 2026.
    const {until} = deadline({regime: 'gdpr', right: 'access', receivedAt: new Date('2026-09-26T10:00:00Z')}).dueBy
    expect(until.toISOString()).toBe('2026-10-26T23:00:00.000Z')
  })

  test('ends on a working day, no sooner than 28 days on, and later for what comes later', () => {
    const days = WorkFreeDays.of('SI')
    fc.assert(
      fc.property(instants, instants, (one, other) => {
        const [first, second] = one <= other ? [one, other] : [other, one]
        const due = deadline({regime: 'gdpr', right: 'access', receivedAt: first}).dueBy
        expect(days.isWorkingDay(due.date)).toBe(true)
        const received = civilDateAt(first, ljubljana)
        expect(due.date >= addDays(received, 28)).toBe(true)
        expect(due.date <= addDays(received, 31 + 4)).toBe(true)
        expect(dueBy(second.toISOString()) >= due.date).toBe(true)
        expect(civilDateAt(new Date(due.until.getTime() - 1), ljubljana)).toBe(due.date)
        expect(civilDateAt(due.until, ljubljana)).toBe(addDays(due.date, 1))
      }),
      {numRuns: 300},
    )
  })
})

describe('an extension', () => {
  const request = {regime: 'gdpr', right: 'access', receivedAt: new Date('2026-09-05T10:00:00Z')} as const
  const lastInstant = new Date('2026-10-05T21:59:59.999Z')

  test('is granted until the last instant of the first month', () => {
    expect(extend({...request, toldAt: lastInstant, reasons: 'four archives'}).dueBy.date).toBe('2026-12-07')
  })

  test('is refused a moment later', () => {
    const toldAt = new Date(lastInstant.getTime() + 1)
    expect(() => extend({...request, toldAt, reasons: 'four archives'})).toThrow(ExtensionRefusedError)
  })

  test('is refused without reasons', () => {
    expect(() => extend({...request, toldAt: request.receivedAt, reasons: '  '})).toThrow('reasons')
  })

  test('is refused where the law has none', () => {
    const optOut = {regime: 'ccpa', right: 'opt-out', receivedAt: request.receivedAt} as const
    expect(() => extend({...optOut, toldAt: request.receivedAt, reasons: 'many'})).toThrow(ExtensionRefusedError)
  })
})

describe('the CCPA', () => {
  test('counts business days over Christmas, and calendar days without regard to it', () => {
    const found = deadline({regime: 'ccpa', right: 'know', receivedAt: new Date('2026-12-18T18:00:00Z')})
    expect(found.confirmBy?.date).toBe('2027-01-05')
    expect(found.dueBy.date).toBe('2027-02-01')
    expect(found.extendedDueBy?.date).toBe('2027-03-18')
    expect(found).toMatchObject({verified: true, notes: []})
  })

  test('says that the rule on opting out was not read', () => {
    const found = deadline({regime: 'ccpa', right: 'opt-out', receivedAt: new Date('2026-07-01T18:00:00Z')})
    // Independence Day is a Saturday, kept on Friday the 3rd.
    expect(found.dueBy.date).toBe('2026-07-23')
    expect(found.verified).toBe(false)
    expect(found.citation).toContain('not verified')
    expect(found.notes.join()).toContain('not read')
  })

  test('knows no portability', () => {
    expect(() => dueBy('2026-07-01T18:00:00Z', 'ccpa', 'portability')).toThrow(
      expect.objectContaining({code: 'invalid_input', hint: expect.stringContaining('know, delete, correct')}),
    )
  })
})

describe('ZVOP-2', () => {
  test('has the period of the GDPR, a complaint within 15 days, and 72 hours for a breach', () => {
    expect(dueBy('2026-09-05T10:00:00Z', 'zvop')).toBe('2026-10-05')
    expect(dueBy('2026-09-07T10:00:00Z', 'zvop', 'complaint')).toBe('2026-09-22')
    const breach = deadline({regime: 'zvop', right: 'breach', receivedAt: new Date('2026-03-27T12:34:56Z')})
    expect(breach.dueBy.until.toISOString()).toBe('2026-03-30T12:34:56.000Z')
  })
})

test('names the holiday whose law was not read where the end rests on it, and does not where it does not', () => {
  const asked = (receivedAt: string) =>
    deadline({regime: 'gdpr', right: 'access', receivedAt: new Date(receivedAt), country: 'SI'})
  // 13 August is a Sunday, the 14th Solidarity Day, the 15th Assumption.
  const moved = asked('2023-07-13T10:00:00Z')
  expect(moved.dueBy.date).toBe('2023-08-16')
  expect(moved).toMatchObject({verified: false, unread: ['Solidarity Day, 2023-08-14']})
  expect(moved.notes.join()).toContain('Solidarity Day')
  const other = asked('2023-07-20T10:00:00Z')
  expect(other.dueBy.date).toBe('2023-08-21')
  expect(other).toMatchObject({verified: true, unread: [], notes: []})
})

test('a country without known holidays gets the earlier day, and is told so', () => {
  const german = deadline({
    regime: 'gdpr',
    right: 'access',
    receivedAt: new Date('2026-11-25T10:00:00Z'),
    country: 'DE',
    timeZone: 'Europe/Berlin',
  })
  expect(german.dueBy.date).toBe('2026-12-25')
  expect(german.verified).toBe(false)
  expect(german.notes.join()).toContain('No public holidays of DE')
})

describe('free days', () => {
  test('Easter Sunday', () => {
    const known = ['2008-03-23', '2024-03-31', '2025-04-20', '2026-04-05', '2027-03-28', '2038-04-25']
    expect(known.map(date => easterSunday(Number(date.slice(0, 4))))).toEqual(known)
    fc.assert(
      fc.property(fc.integer({min: 1583, max: 4099}), year => {
        const easter = easterSunday(year)
        expect(weekday(easter)).toBe(0)
        expect(easter >= `${year}-03-22` && easter <= `${year}-04-25`).toBe(true)
      }),
    )
  })

  test('of Slovenia: 2 January was a working day from 2013 to 2016, and 14 August a free one in 2023', () => {
    const days = WorkFreeDays.of('SI')
    expect([2012, 2013, 2016, 2017].map(year => days.holiday(`${year}-01-02`) !== undefined)).toEqual([
      true,
      false,
      false,
      true,
    ])
    expect([2022, 2023, 2024].map(year => days.holiday(`${year}-08-14`) !== undefined)).toEqual([false, true, false])
  })

  test('of the United States: a Saturday is kept on Friday, of the year before too', () => {
    const days = WorkFreeDays.of('US')
    expect(days.holiday('2027-12-31')).toBe("New Year's Day")
    expect(days.holiday('2026-07-03')).toBe('Independence Day')
    expect(days.holiday('2026-11-26')).toBe('Thanksgiving Day')
    expect(days.holiday('2026-05-25')).toBe('Memorial Day')
    expect(days.holiday('2020-06-19')).toBeUndefined()
  })
})

describe('days of the calendar', () => {
  test('begin after the one before has ended, in every zone and on days when clocks change', () => {
    fc.assert(
      fc.property(instants, fc.constantFrom(...zones), (instant, zone) => {
        const date = civilDateAt(instant, zone)
        const start = startOfDay(date, zone)
        expect(civilDateAt(start, zone)).toBe(date)
        expect(civilDateAt(new Date(start.getTime() - 1), zone) < date).toBe(true)
        expect(endOfDay(date, zone).getTime()).toBeGreaterThan(instant.getTime())
      }),
      {numRuns: 500},
    )
  })

  test('months never skip one', () => {
    fc.assert(
      fc.property(instants, fc.integer({min: 0, max: 40}), (instant, count) => {
        const date = civilDateAt(instant, 'UTC')
        const later = addMonths(date, count)
        const months = (text: string) => Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7))
        expect(months(later) - months(date)).toBe(count)
        expect(later.slice(8) <= date.slice(8)).toBe(true)
      }),
    )
  })

  test('a zone that does not exist is refused', () => {
    expect(() => civilDateAt(new Date(0), 'Europe/Atlantis')).toThrow('Europe/Atlantis')
  })
})

describe('rules', () => {
  test('what is verified says where it was read, and the rest does not', () => {
    for (const each of rules()) expect(each.read !== undefined).toBe(each.verified)
    expect(rule('gdpr.12.3')).toMatchObject({citation: 'GDPR, Article 12(3)', since: '2018-05-25', verified: true})
    expect(rule('zekom-2.226').verified).toBe(false)
  })

  test('every clock names rules that there are', () => {
    for (const regime of ['gdpr', 'ccpa', 'zvop'] as const) {
      for (const right of clockedRights(regime === 'zvop' ? 'zvop-2' : regime)) {
        expect(deadline({regime, right, receivedAt: new Date('2026-01-01')}).citation).not.toBe('')
      }
    }
  })
})
