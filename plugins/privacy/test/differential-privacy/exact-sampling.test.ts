import * as fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {ExactSampler, squareRoot} from '../../src/differential-privacy/exact-sampling.ts'
import {type Rational, rational, rationalFrom, toNumber} from '../../src/differential-privacy/rational.ts'
import {seededRandomness} from './seeded-randomness.ts'

const samples = 40_000

/** Pearson's statistic per degree of freedom, of samples against weights on −reach … reach; near 1 where they agree. */
function misfit(draw: () => bigint, weight: (value: number) => number, reach: number): number {
  const values = Array.from({length: 2 * reach + 1}, (_, index) => index - reach)
  const total = values.reduce((sum, value) => sum + weight(value), 0)
  const counts = new Map<number, number>()
  for (let each = 0; each < samples; each++) {
    const value = Number(draw())
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  let statistic = 0
  let cells = 0
  for (const value of values) {
    const expected = (weight(value) / total) * samples
    if (expected < 5) continue
    statistic += ((counts.get(value) ?? 0) - expected) ** 2 / expected
    cells++
  }
  return statistic / (cells - 1)
}

const laplaceWeight = (scale: Rational) => (value: number) => Math.exp(-Math.abs(value) / toNumber(scale))
const gaussianWeight = (variance: Rational) => (value: number) => Math.exp((-value * value) / (2 * toNumber(variance)))

/** A misfit of 2.5 over ten degrees of freedom or more has a probability below 1 %, and the seeds are fixed. */
const acceptable = 2.5

describe('samples have the distribution that the noise is said to have', () => {
  test.each(['0.4', '1', '3.7', '12'])('discrete Laplace of scale %s', text => {
    const scale = rationalFrom(text)
    const sampler = new ExactSampler(seededRandomness(`laplace ${text}`))
    expect(misfit(() => sampler.discreteLaplace(scale), laplaceWeight(scale), 200)).toBeLessThan(acceptable)
  })

  test.each(['0.3', '2', '29.5', '400'])('discrete Gaussian of variance %s', text => {
    const variance = rationalFrom(text)
    const sampler = new ExactSampler(seededRandomness(`gaussian ${text}`))
    expect(misfit(() => sampler.discreteGaussian(variance), gaussianWeight(variance), 200)).toBeLessThan(acceptable)
  })

  test('noise for a sensitivity that is 1.2 times too small is told apart', () => {
    const scale = rationalFrom('12')
    const small = new ExactSampler(seededRandomness('small'))
    expect(misfit(() => small.discreteLaplace(rationalFrom('10')), laplaceWeight(scale), 200)).toBeGreaterThan(
      2 * acceptable,
    )
    const variance = rationalFrom('144')
    expect(misfit(() => small.discreteGaussian(rationalFrom('100')), gaussianWeight(variance), 200)).toBeGreaterThan(
      2 * acceptable,
    )
  })
})

test('uniform numbers stay below their bound and reach every value, small bounds and large', () => {
  const sampler = new ExactSampler(seededRandomness('uniform'))
  const seen = new Set(Array.from({length: 500}, () => sampler.uniformBelow(7n)))
  expect([...seen].toSorted()).toEqual([0n, 1n, 2n, 3n, 4n, 5n, 6n])
  fc.assert(
    fc.property(fc.bigInt({min: 1n, max: 1n << 90n}), bound => {
      const value = sampler.uniformBelow(bound)
      expect(value >= 0n && value < bound).toBe(true)
    }),
  )
  const top = 1n << 80n
  const halves = Array.from({length: 4000}, () => sampler.uniformBelow(3n * top) >= top).filter(Boolean).length
  expect(halves / 4000).toBeCloseTo(2 / 3, 1)
  expect(() => sampler.uniformBelow(0n)).toThrow(RangeError)
})

test.each([
  [0, 5],
  [1, 3],
  [1, 1],
  [7, 2],
])('a coin of exp(−%d/%d)', (numerator, denominator) => {
  const sampler = new ExactSampler(seededRandomness(`coin ${numerator}/${denominator}`))
  const gamma = rational(BigInt(numerator), BigInt(denominator))
  const heads = Array.from({length: 20_000}, () => sampler.bernoulliExp(gamma)).filter(Boolean).length
  expect(heads / 20_000).toBeCloseTo(Math.exp(-numerator / denominator), 1.9)
})

test('the whole square root', () => {
  fc.assert(
    fc.property(fc.bigInt({min: 0n, max: 1n << 200n}), value => {
      const root = squareRoot(value)
      expect(root * root <= value && (root + 1n) * (root + 1n) > value).toBe(true)
    }),
  )
})
