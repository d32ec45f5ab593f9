import {TestClock} from '@omni-ops/core/testing'
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {cooldownSchema} from '../../src/configuration/schema.ts'
import type {FailureClass} from '../../src/model/provider-failure.ts'
import {Cooldowns} from '../../src/routing/cooldowns.ts'
import {failureOf} from '../support/scripted-adapter.ts'

function cooldowns(settings: object = {}) {
  const clock = new TestClock('2026-03-10T12:00:00.000Z')
  return {clock, cooldowns: new Cooldowns(cooldownSchema().parse(settings), clock)}
}

const rate = (retryAfter: number | null) => failureOf('rate', {status: 429, retryAfter}).facts
const server = failureOf('transient', {status: 500}).facts

describe('how long', () => {
  test('a shorter cooldown never overrides a longer one, and a later failure extends it', () => {
    const {clock, cooldowns: health} = cooldowns()
    health.failed('a', rate(60_000), false)
    clock.advance(1_000)
    health.failed('a', rate(5_000), false)
    expect(health.state('a')).toMatchObject({kind: 'cooling', until: new Date('2026-03-10T12:01:00.000Z')})
    health.failed('a', rate(90_000), false)
    expect(health.state('a')).toMatchObject({kind: 'cooling', until: new Date('2026-03-10T12:01:31.000Z')})
  })

  test('without a word of the provider it doubles, up to the longest', () => {
    const {clock, cooldowns: health} = cooldowns({base: 10, longest: 35})
    const waits = [1, 2, 3, 4].map(() => {
      health.failed('a', server, false)
      const state = health.state('a')
      const wait = state.kind === 'cooling' ? state.until.getTime() - clock.now().getTime() : 0
      clock.advance(wait)
      return wait
    })
    expect(waits).toEqual([10_000, 20_000, 35_000, 35_000])
  })

  test('no money is out until the day ends in UTC, or until somebody lets it in again', () => {
    const {clock, cooldowns: health} = cooldowns()
    health.failed('a', failureOf('billing', {status: 429}).facts, true)
    clock.advance(11 * 3_600_000)
    expect(health.state('a')).toMatchObject({
      kind: 'cooling',
      reason: 'billing',
      until: new Date('2026-03-11T00:00:00.000Z'),
    })
    health.reset('a')
    expect(health.state('a')).toEqual({kind: 'healthy'})
  })

  test.each(['client', 'context', 'content', 'cancelled'] as const)('%s says nothing about the deployment', kind => {
    const {cooldowns: health} = cooldowns({failures: 1})
    health.failed('a', failureOf(kind, {retryAfter: 60_000}).facts, false)
    expect(health.state('a')).toEqual({kind: 'healthy'})
  })
})

describe('the last healthy deployment', () => {
  test('is not cooled by one 500, and is by several in a row', () => {
    const {cooldowns: health} = cooldowns({failures: 3})
    health.failed('a', server, true)
    health.failed('a', server, true)
    expect(health.state('a').kind).toBe('healthy')
    health.failed('a', server, true)
    expect(health.state('a').kind).toBe('cooling')
  })

  test('an answer in between begins the count anew', () => {
    const {cooldowns: health} = cooldowns({failures: 2})
    health.failed('a', server, true)
    health.succeeded('a')
    health.failed('a', server, true)
    expect(health.state('a').kind).toBe('healthy')
  })

  test('one 500 cools a deployment that others can stand in for', () => {
    const {cooldowns: health} = cooldowns()
    health.failed('a', server, false)
    expect(health.state('a').kind).toBe('cooling')
  })
})

describe('half-open', () => {
  test('one probe goes through, and its end decides', () => {
    const {clock, cooldowns: health} = cooldowns()
    health.failed('a', rate(1_000), false)
    expect(health.admit('a')).toBe(false)
    clock.advance(1_000)
    expect(health.admit('a')).toBe(true)
    expect(health.admit('a')).toBe(false)
    expect(health.state('a').kind).toBe('probing')
    health.failed('a', server, true)
    expect(health.state('a').kind).toBe('cooling')
    clock.advance(600_000)
    expect(health.admit('a')).toBe(true)
    health.succeeded('a')
    expect(health.admit('a')).toBe(true)
    expect(health.admit('a')).toBe(true)
  })

  test('a probe that was cancelled may be taken again', () => {
    const {clock, cooldowns: health} = cooldowns()
    health.failed('a', rate(1_000), false)
    clock.advance(1_000)
    expect(health.admit('a')).toBe(true)
    health.released('a')
    expect(health.admit('a')).toBe(true)
  })
})

const failure = fc.record({
  kind: fc.constantFrom<FailureClass>('rate', 'transient', 'overload', 'auth', 'billing', 'client', 'context'),
  retryAfter: fc.option(fc.integer({min: 0, max: 3_600_000}), {nil: null}),
  last: fc.boolean(),
  advance: fc.integer({min: 0, max: 120_000}),
})

test('whatever happens, the end of a cooldown only moves on until the deployment answers', () => {
  fc.assert(
    fc.property(fc.array(failure, {maxLength: 40}), steps => {
      const {clock, cooldowns: health} = cooldowns()
      let until = 0
      for (const {kind, retryAfter, last, advance} of steps) {
        health.failed('a', failureOf(kind, {retryAfter}).facts, last)
        const state = health.state('a')
        if (state.kind === 'cooling') {
          expect(state.until.getTime()).toBeGreaterThanOrEqual(until)
          until = state.until.getTime()
        }
        if (clock.now().getTime() < until) expect(state.kind).toBe('cooling')
        clock.advance(advance)
      }
    }),
  )
})

test('of any number of callers at once, a half-open deployment lets exactly one through', () => {
  fc.assert(
    fc.property(fc.integer({min: 1, max: 50}), callers => {
      const {clock, cooldowns: health} = cooldowns()
      health.failed('a', rate(1), false)
      clock.advance(1)
      expect(Array.from({length: callers}, () => health.admit('a')).filter(Boolean)).toHaveLength(1)
    }),
  )
})
