import {describe, expect, it} from 'vitest'
import {areaInterval, areaUnderRoc, holmAdjusted, meanInterval, pairedTest} from '../../src/evaluation/resampling.ts'
import {seededRandom} from '../../src/seeded-random.ts'

function drawn(count: number, seed: number): number[] {
  const random = seededRandom(seed)
  return Array.from({length: count}, () => random())
}

describe('meanInterval', () => {
  it('covers the true mean about as often as it says', () => {
    const covered = Array.from({length: 200}, (_, seed) => meanInterval(drawn(60, seed + 1))!).filter(
      ({low, high}) => low <= 0.5 && 0.5 <= high,
    )
    expect(covered.length / 200).toBeGreaterThan(0.9)
    expect(covered.length / 200).toBeLessThan(0.99)
  })

  it('is near the normal approximation for many values', () => {
    const values = drawn(2_000, 7)
    const {low, high} = meanInterval(values)!
    // The standard deviation of a uniform value is 1/√12.
    expect(high - low).toBeCloseTo((2 * 1.96) / Math.sqrt(12 * 2_000), 2)
  })

  it('gives the same for the same values', () => {
    expect(meanInterval(drawn(50, 3))).toEqual(meanInterval(drawn(50, 3)))
  })

  it('does not take ten of ten for a certainty', () => {
    // Wilson's interval for 10 of 10: 10 / (10 + 1.96²).
    expect(meanInterval(Array.from({length: 10}, () => 1))!.low).toBeCloseTo(0.7225, 4)
    expect(meanInterval(Array.from({length: 10}, () => 0))).toMatchObject({low: 0})
  })

  it('says nothing of one value', () => {
    expect(meanInterval([1])).toBeUndefined()
  })
})

describe('areaUnderRoc', () => {
  it('is the share of pairs in the right order, ties as half', () => {
    expect(areaUnderRoc([0.9, 0.8], [0.1, 0.2])).toBe(1)
    expect(areaUnderRoc([0.5, 0.9], [0.5, 0.1])).toBe(3.5 / 4)
    expect(areaUnderRoc([0.1], [0.9])).toBe(0)
  })

  it('has an interval around it', () => {
    const {low, high} = areaInterval(
      drawn(40, 1).map(value => value + 0.3),
      drawn(40, 2),
    )!
    const area = areaUnderRoc(
      drawn(40, 1).map(value => value + 0.3),
      drawn(40, 2),
    )
    expect(low).toBeLessThan(area)
    expect(high).toBeGreaterThan(area)
  })
})

describe('pairedTest', () => {
  it('shows nothing where nothing differs', () => {
    expect(pairedTest([0, 0, 0, 0])).toEqual({difference: 0, interval: {low: 0, high: 0}, p: 1})
  })

  it('finds the p-value that counting all signs gives', () => {
    // Eight differences of one sign: two of 2⁸ assignments are as extreme.
    expect(pairedTest(Array.from({length: 8}, () => 0.1)).p).toBeCloseTo(2 / 256, 2)
  })

  it('rarely shows a difference between equals', () => {
    const shown = Array.from({length: 60}, (_, seed) =>
      pairedTest(drawn(20, 2 * seed + 1).map((value, at) => value - drawn(20, 2 * seed + 2)[at]!)),
    ).filter(({p}) => p < 0.05)
    expect(shown.length).toBeLessThanOrEqual(8)
  })

  it('finds a small difference that is always there', () => {
    const {p, interval} = pairedTest(drawn(80, 5).map(value => 0.05 + (value - 0.5) / 10))
    expect(p).toBeLessThan(0.001)
    expect(interval!.low).toBeGreaterThan(0)
  })
})

it('adjusts by Holm: the smallest p times their number, never falling', () => {
  expect(holmAdjusted([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06])
})
