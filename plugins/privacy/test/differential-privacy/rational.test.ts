import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import {PrivacyParameterError} from '../../src/differential-privacy/errors.ts'
import {
  add,
  ceiling,
  compare,
  divide,
  floor,
  multiply,
  rational,
  rationalBelow,
  rationalFrom,
  round,
  toDecimal,
  toNumber,
} from '../../src/differential-privacy/rational.ts'

const fraction = fc.record({
  numerator: fc.bigInt({min: -(10n ** 20n), max: 10n ** 20n}),
  denominator: fc.bigInt({min: 1n, max: 10n ** 20n}),
})

test('decimals are read and written exactly', () => {
  expect(toDecimal(rationalFrom('0.1'))).toBe('0.1')
  expect(toDecimal(add(rationalFrom('0.1'), rationalFrom('0.2')))).toBe('0.3')
  expect(toDecimal(rationalFrom('-12.50'))).toBe('-12.5')
  expect(toDecimal(rationalFrom('1e-6'))).toBe('0.000001')
  expect(toDecimal(rationalFrom('2.5e3'))).toBe('2500')
  for (const text of ['', 'x', '1.', '.5', '1e999', '0x10', 'Infinity', '1'.repeat(50)]) {
    expect(() => rationalFrom(text)).toThrow(PrivacyParameterError)
  }
})

test('rounding goes the way its name says', () => {
  fc.assert(
    fc.property(fraction, value => {
      const [down, up, near] = [floor(value), ceiling(value), round(value)]
      expect(compare(rational(down), value)).toBeLessThanOrEqual(0)
      expect(compare(rational(up), value)).toBeGreaterThanOrEqual(0)
      expect(up - down).toBeLessThanOrEqual(1n)
      expect(near === down || near === up).toBe(true)
    }),
  )
  expect(round(rational(5n, 2n))).toBe(3n)
  expect(floor(rational(-5n, 2n))).toBe(-3n)
})

test('arithmetic agrees with doubles, and division undoes multiplication', () => {
  fc.assert(
    fc.property(fraction, fraction, (left, right) => {
      const sum = toNumber(add(left, right))
      const scale = Math.abs(toNumber(left)) + Math.abs(toNumber(right)) + 1e-12
      expect(Math.abs(sum - (toNumber(left) + toNumber(right))) / scale).toBeLessThan(1e-9)
      if (right.numerator <= 0n) expect(() => divide(left, right)).toThrow(RangeError)
      else expect(compare(divide(multiply(left, right), right), left)).toBe(0)
    }),
  )
})

test('a double is taken from below', () => {
  fc.assert(
    fc.property(fc.double({min: 0, max: 1e12, noNaN: true}), value => {
      const taken = toNumber(rationalBelow(value))
      expect(taken).toBeLessThanOrEqual(value)
      expect(value - taken).toBeLessThanOrEqual(Math.max(2 ** -59, value * 2 ** -52))
    }),
  )
})
