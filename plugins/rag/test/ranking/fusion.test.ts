import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {convexCombination, minMax} from '../../src/ranking/fusion.ts'

const scores = fc.uniqueArray(fc.tuple(fc.string({maxLength: 3}), fc.double({min: -50, max: 50, noNaN: true})), {
  selector: ([key]) => key,
  minLength: 1,
})

describe('minMax', () => {
  it('keeps the order and spans 0 to 1', () => {
    fc.assert(
      fc.property(scores, entries => {
        const normal = minMax(new Map(entries))
        for (const [one, oneScore] of entries) {
          expect(normal.get(one)).toBeGreaterThanOrEqual(0)
          expect(normal.get(one)).toBeLessThanOrEqual(1)
          for (const [other, otherScore] of entries) {
            if (oneScore <= otherScore) expect(normal.get(one)!).toBeLessThanOrEqual(normal.get(other)!)
          }
        }
        expect(Math.max(...normal.values())).toBe(1)
      }),
    )
  })

  it('gives 1 where all are equal, and nothing for nothing', () => {
    expect([
      ...minMax(
        new Map([
          ['a', 3],
          ['b', 3],
        ]),
      ).values(),
    ]).toEqual([1, 1])
    expect(minMax(new Map()).size).toBe(0)
  })
})

describe('convexCombination', () => {
  it('adds what both lists say and counts an absence as 0', () => {
    const fused = convexCombination(
      new Map([
        ['a', 10],
        ['b', 5],
        ['c', 0],
      ]),
      new Map([
        ['b', 2],
        ['d', 1],
      ]),
    )
    expect(Object.fromEntries(fused)).toEqual({a: 0.5, b: 0.25 + 0.5, c: 0, d: 0})
  })

  it('is one list where the other is empty', () => {
    expect([
      ...convexCombination(
        new Map([
          ['a', 2],
          ['b', 1],
        ]),
        new Map(),
      ).keys(),
    ]).toEqual(['a', 'b'])
  })
})
