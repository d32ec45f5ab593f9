import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import {
  budgetFrom,
  compose,
  concentratedEpsilon,
  type Expenditure,
  isCovered,
  renyiEpsilon,
  rhoFor,
} from '../../src/differential-privacy/accountant.ts'
import {PrivacyParameterError} from '../../src/differential-privacy/errors.ts'
import {rationalBelow, rationalFrom} from '../../src/differential-privacy/rational.ts'

const pure = (epsilon: string): Expenditure => ({kind: 'pure', epsilon: rationalFrom(epsilon)})
const gaussian = (rho: number): Expenditure => ({kind: 'concentrated', rho: rationalBelow(rho)})

test('the σ of Gaussian noise is the one that Google’s accountant publishes', () => {
  // rdp_privacy_accountant_test.py of google/differential-privacy: noise multiplier 4.530877117, δ 1e-6, ε 1.
  expect(1 / Math.sqrt(2 * rhoFor(1, 1e-6))).toBeCloseTo(4.530877117, 6)
  expect(concentratedEpsilon(1 / (2 * 4.530877117 ** 2), 1e-6)).toBeCloseTo(1, 8)
})

test('a constant Rényi divergence converts as Google’s accountant publishes', () => {
  const orders = Array.from({length: 31}, (_, index) => index + 2)
  const epsilons = orders.map(order => renyiEpsilon(() => 1.1, order, 1e-5))
  expect(Math.min(...epsilons)).toBeCloseTo(1.32783806176, 10)
  expect(orders[epsilons.indexOf(Math.min(...epsilons))]).toBe(32)
})

test('the conversion is below the looser ρ + 2√(ρ ln 1/δ) and grows with ρ', () => {
  const rho = fc.double({min: 1e-9, max: 50, noNaN: true})
  const delta = fc.double({min: 1e-12, max: 0.1, noNaN: true})
  fc.assert(
    fc.property(rho, delta, (amount, failure) => {
      const epsilon = concentratedEpsilon(amount, failure)
      expect(epsilon).toBeLessThanOrEqual(amount + 2 * Math.sqrt(amount * Math.log(1 / failure)) + 1e-12)
      expect(concentratedEpsilon(amount * 1.5, failure)).toBeGreaterThanOrEqual(epsilon)
      // No order on a fine grid does better than the one that was found.
      const best = Math.min(
        ...Array.from({length: 2000}, (_, index) =>
          renyiEpsilon(alpha => alpha * amount, 1 + Math.exp(index / 100 - 10), failure),
        ),
      )
      expect(epsilon).toBeLessThanOrEqual(Math.max(0, best) + 1e-9)
    }),
  )
})

test('ten tenths are one, exactly, and an eleventh is refused', () => {
  const budget = budgetFrom('1', '0')
  const tenths = Array.from({length: 10}, () => pure('0.1'))
  expect(isCovered(tenths, budget)).toBe(true)
  expect(isCovered([...tenths, pure('1e-30')], budget)).toBe(false)
})

test('many small pure releases compose by concentration where the budget has a δ', () => {
  const many = Array.from({length: 1000}, () => pure('0.01'))
  expect(compose(many, rationalFrom('0')).epsilon).toBeCloseTo(10, 9)
  const composed = compose(many, rationalFrom('1e-6'))
  expect(composed.epsilon).toBeLessThan(2)
  expect(composed.epsilon).toBeCloseTo(concentratedEpsilon(1000 * 0.0001 * 0.5, 1e-6), 9)
})

test('a pure release beside Gaussian ones is added where that is less', () => {
  const rho = rhoFor(1, 1e-6)
  const composed = compose([pure('0.5'), gaussian(rho)], rationalFrom('1e-6'))
  expect(composed.epsilon).toBeLessThanOrEqual(1.5 + 1e-9)
  expect(composed.epsilon).toBeGreaterThan(1)
  expect(composed.delta).toBe(1e-6)
  expect(isCovered([pure('0.5'), gaussian(rho)], budgetFrom('1.5', '1e-6'))).toBe(true)
  expect(isCovered([pure('0.5'), gaussian(rho)], budgetFrom('1.2', '1e-6'))).toBe(false)
})

test('Gaussian releases need a δ, and failures use it up', () => {
  const rho = rhoFor(1, 1e-6)
  expect(isCovered([gaussian(rho)], budgetFrom('1', '1e-6'))).toBe(true)
  expect(isCovered([gaussian(rho)], budgetFrom('1', '0'))).toBe(false)
  expect(isCovered([gaussian(rho), gaussian(rho)], budgetFrom('1', '1e-6'))).toBe(false)
  const failure: Expenditure = {kind: 'failure', delta: rationalFrom('9e-7')}
  expect(isCovered([gaussian(rho), failure], budgetFrom('1', '1e-6'))).toBe(false)
  expect(isCovered([pure('1'), failure], budgetFrom('1', '1e-6'))).toBe(true)
  expect(isCovered([pure('1'), failure, failure], budgetFrom('1', '1e-6'))).toBe(false)
})

test('budgets that promise nothing are refused', () => {
  for (const [epsilon, delta] of [
    ['0', '0'],
    ['-1', '0'],
    ['1', '1'],
    ['1', '-0.1'],
    ['one', '0'],
  ] as const) {
    expect(() => budgetFrom(epsilon, delta)).toThrow(PrivacyParameterError)
  }
  expect(() => rhoFor(0, 1e-6)).toThrow(PrivacyParameterError)
})
