import fc from 'fast-check'
import {expect, test} from 'vitest'
import {crossValidate} from '../../src/tuning/cross-validation.ts'

test('finds a weighting that is better throughout, and measures the gain', () => {
  const scores = Array.from({length: 40}, (_, at) => [0.4 + (at % 3) / 10, 0.6 + (at % 3) / 10, 0.1])
  const {best, before, after, test: paired} = crossValidate(scores, 0)
  expect(best).toBe(1)
  expect(after - before).toBeCloseTo(0.2)
  expect(paired.interval?.low).toBeGreaterThan(0)
})

test('does not report a gain that lies in the choice alone', () => {
  // Each weighting is best for one query and no better elsewhere: what is chosen on some helps no other.
  const queries = 30
  const scores = Array.from({length: queries}, (_, query) =>
    Array.from({length: queries + 1}, (_, weighting) => (weighting === query + 1 ? 1 : weighting === 0 ? 0.5 : 0.49)),
  )
  const {after, before, test: paired} = crossValidate(scores, 0)
  expect(after).toBeLessThanOrEqual(before)
  expect(paired.interval!.low).toBeLessThanOrEqual(0)
})

test('keeps the baseline where nothing is better', () => {
  fc.assert(
    fc.property(fc.array(fc.double({min: 0, max: 1, noNaN: true}), {minLength: 5, maxLength: 40}), baseline => {
      const scores = baseline.map(score => [score / 2, score, score])
      const {best, before, after, test: paired} = crossValidate(scores, 1)
      expect(best).toBe(1)
      expect(after).toBeCloseTo(before, 12)
      expect(paired.difference).toBe(0)
    }),
  )
})

test('needs a query for each fold', () => {
  expect(() => crossValidate([[1], [1]], 0)).toThrow(RangeError)
})
