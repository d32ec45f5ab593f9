import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {type BudgetWindow, periodAround} from '../../src/budget/period.ts'

const hours = ({start, end}: {start: Date; end: Date}) => (end.getTime() - start.getTime()) / 3_600_000

function period(window: BudgetWindow, at: string, zone = 'UTC') {
  const {start, end} = periodAround(window, new Date(at), zone)!
  return {start: start.toISOString(), end: end.toISOString(), hours: hours({start, end})}
}

describe('in UTC', () => {
  test.each([
    ['day', '2026-03-29T00:00:00.000Z', '2026-03-29T00:00:00.000Z', '2026-03-30T00:00:00.000Z'],
    ['day', '2026-03-29T23:59:59.999Z', '2026-03-29T00:00:00.000Z', '2026-03-30T00:00:00.000Z'],
    ['week', '2026-03-01T12:00:00.000Z', '2026-02-23T00:00:00.000Z', '2026-03-02T00:00:00.000Z'],
    ['week', '2027-01-01T12:00:00.000Z', '2026-12-28T00:00:00.000Z', '2027-01-04T00:00:00.000Z'],
    ['month', '2028-02-29T12:00:00.000Z', '2028-02-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
    ['month', '2026-12-31T23:59:59.999Z', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ] as const)('the %s of %s', (window, at, start, end) => {
    expect(period(window, at)).toMatchObject({start, end})
  })

  test.each([
    ['2026-01-15T00:00:00Z', 31],
    ['2026-02-15T00:00:00Z', 28],
    ['2028-02-15T00:00:00Z', 29],
    ['2026-04-15T00:00:00Z', 30],
  ])('the month of %s has %i days', (at, days) => {
    expect(period('month', at).hours).toBe(days * 24)
  })

  test('a total has no window', () => {
    expect(periodAround('total', new Date(), 'UTC')).toBeUndefined()
  })
})

// The dates on which the clocks change: Directive 2000/84/EC; 15 U.S.C. § 260a.
describe('where the clocks change', () => {
  test.each([
    ['2026-03-29T12:00:00Z', 'Europe/Ljubljana', '2026-03-28T23:00:00.000Z', 23],
    ['2026-10-25T12:00:00Z', 'Europe/Ljubljana', '2026-10-24T22:00:00.000Z', 25],
    ['2026-03-08T12:00:00Z', 'America/New_York', '2026-03-08T05:00:00.000Z', 23],
    ['2026-11-01T12:00:00Z', 'America/New_York', '2026-11-01T04:00:00.000Z', 25],
    ['2026-07-01T12:00:00Z', 'Asia/Kolkata', '2026-06-30T18:30:00.000Z', 24],
    // By half an hour.
    ['2026-10-04T12:00:00Z', 'Australia/Lord_Howe', '2026-10-03T13:30:00.000Z', 23.5],
    // At midnight: the day begins at one.
    ['2026-09-06T12:00:00Z', 'America/Santiago', '2026-09-06T04:00:00.000Z', 23],
  ])('the day of %s in %s', (at, zone, start, length) => {
    expect(period('day', at, zone)).toMatchObject({start, hours: length})
  })
})

test('every instant is in its window, and the windows of a zone follow each other without a gap', () => {
  fc.assert(
    fc.property(
      fc.date({min: new Date('2020-01-01T00:00:00Z'), max: new Date('2035-01-01T00:00:00Z'), noInvalidDate: true}),
      fc.constantFrom<BudgetWindow>('day', 'week', 'month'),
      fc.constantFrom(
        'UTC',
        'Europe/Ljubljana',
        'America/Santiago',
        'Australia/Lord_Howe',
        'Pacific/Apia',
        'Asia/Tehran',
      ),
      (at, window, zone) => {
        const own = periodAround(window, at, zone)!
        expect(own.start.getTime()).toBeLessThanOrEqual(at.getTime())
        expect(own.end.getTime()).toBeGreaterThan(at.getTime())
        expect(periodAround(window, own.start, zone)).toEqual(own)
        expect(periodAround(window, new Date(own.end.getTime() - 1), zone)).toEqual(own)
        expect(periodAround(window, own.end, zone)!.start).toEqual(own.end)
      },
    ),
    {numRuns: 300},
  )
})
