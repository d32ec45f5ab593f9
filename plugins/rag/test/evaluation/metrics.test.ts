import {describe, expect, it} from 'vitest'
import {hitAt, ndcgAt, percentile, recallAt, reciprocalRankAt} from '../../src/evaluation/metrics.ts'

const grades = new Map([
  ['a', 2],
  ['b', 1],
  ['c', 0],
])

describe('measures of a ranked list', () => {
  it('computes nDCG as trec_eval does', () => {
    // (1/log2(2) + 2/log2(4)) / (2/log2(2) + 1/log2(3)), by hand.
    expect(ndcgAt(10, ['b', 'x', 'a'], grades)).toBeCloseTo(2 / (2 + 1 / Math.log2(3)), 10)
    expect(ndcgAt(10, ['a', 'b'], grades)).toBe(1)
    expect(ndcgAt(2, ['x', 'y', 'a'], grades)).toBe(0)
  })

  it('counts only what is relevant and within the cutoff', () => {
    expect(recallAt(2, ['a', 'c', 'b'], grades)).toBe(0.5)
    expect(recallAt(3, ['a', 'c', 'b'], grades)).toBe(1)
    expect(hitAt(1, ['c', 'a'], grades)).toBe(0)
    expect(hitAt(2, ['c', 'a'], grades)).toBe(1)
    expect(reciprocalRankAt(10, ['x', 'c', 'b'], grades)).toBeCloseTo(1 / 3)
    expect(reciprocalRankAt(2, ['x', 'c', 'b'], grades)).toBe(0)
  })

  it('gives 0 without relevant documents', () => {
    expect([ndcgAt, recallAt, hitAt, reciprocalRankAt].map(measure => measure(5, ['a'], new Map()))).toEqual([
      0, 0, 0, 0,
    ])
  })

  it('takes percentiles by the nearest rank', () => {
    expect(
      percentile(
        0.95,
        Array.from({length: 100}, (_, at) => at + 1),
      ),
    ).toBe(95)
    expect(percentile(0.5, [3, 1, 2])).toBe(2)
    expect(percentile(0.5, [])).toBeNaN()
  })
})
