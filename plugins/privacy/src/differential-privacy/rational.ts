import {PrivacyParameterError} from './errors.ts'

/** An exact fraction; the denominator is above zero. Not necessarily in lowest terms. */
export interface Rational {
  readonly numerator: bigint
  readonly denominator: bigint
}

/** More digits or a larger exponent than this is a mistake, or meant to make the arithmetic slow. */
const longestDecimal = 40

/** A decimal number as a fraction, exactly: `0.1` is one tenth. Throws PrivacyParameterError. */
export function rationalFrom(text: string): Rational {
  const match = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,2}))?$/.exec(text.trim())
  if (!match || text.length > longestDecimal) throw new PrivacyParameterError(`"${text}" is not a decimal number`)
  const [, sign, whole, fraction = '', exponent = '0'] = match
  const digits = BigInt(`${sign}${whole}${fraction}`)
  const shift = Number(exponent) - fraction.length
  return shift >= 0
    ? {numerator: digits * 10n ** BigInt(shift), denominator: 1n}
    : {numerator: digits, denominator: 10n ** BigInt(-shift)}
}

/** A double as a fraction with 2⁶⁰ for a denominator, rounded towards zero. The double's magnitude is below 2⁶³. */
export function rationalBelow(value: number): Rational {
  const bits = 60
  const whole = Math.trunc(value)
  const fraction = Math.trunc((value - whole) * 2 ** bits)
  return {numerator: (BigInt(whole) << BigInt(bits)) + BigInt(fraction), denominator: 1n << BigInt(bits)}
}

export function rational(numerator: bigint, denominator = 1n): Rational {
  return {numerator, denominator}
}

export function add(left: Rational, right: Rational): Rational {
  return reduced(
    left.numerator * right.denominator + right.numerator * left.denominator,
    left.denominator * right.denominator,
  )
}

export function multiply(left: Rational, right: Rational): Rational {
  return reduced(left.numerator * right.numerator, left.denominator * right.denominator)
}

/** Throws a RangeError where the divisor is not above zero. */
export function divide(left: Rational, right: Rational): Rational {
  if (right.numerator <= 0n) throw new RangeError('The divisor has to be above zero')
  return reduced(left.numerator * right.denominator, left.denominator * right.numerator)
}

/** Negative, zero or positive, as left is below, equal to or above right. */
export function compare(left: Rational, right: Rational): number {
  const difference = left.numerator * right.denominator - right.numerator * left.denominator
  return difference < 0n ? -1 : Number(difference > 0n)
}

/** The nearest double, for formulas that are not exact anyway. */
export function toNumber({numerator, denominator}: Rational): number {
  const excess = Math.max(0, bitLength(numerator) - 1000, bitLength(denominator) - 1000)
  return Number(numerator >> BigInt(excess)) / Number(denominator >> BigInt(excess))
}

/** The largest whole number not above the fraction. */
export function floor({numerator, denominator}: Rational): bigint {
  const quotient = numerator / denominator
  return numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient
}

/** The smallest whole number not below the fraction. */
export function ceiling(value: Rational): bigint {
  return -floor({numerator: -value.numerator, denominator: value.denominator})
}

/** The nearest whole number; halves go up. */
export function round({numerator, denominator}: Rational): bigint {
  return floor({numerator: 2n * numerator + denominator, denominator: 2n * denominator})
}

/** As a decimal with up to 30 places, in full where it has no more. */
export function toDecimal({numerator, denominator}: Rational): string {
  const places = 30n
  const scaled = (numerator < 0n ? -numerator : numerator) * 10n ** places
  const digits = (scaled / denominator).toString().padStart(Number(places) + 1, '0')
  const [whole, fraction] = [digits.slice(0, -Number(places)), digits.slice(-Number(places)).replace(/0+$/, '')]
  const sign = numerator < 0n && scaled >= denominator ? '-' : ''
  return sign + (fraction === '' ? whole : `${whole}.${fraction}`)
}

function reduced(numerator: bigint, denominator: bigint): Rational {
  let [left, right] = [numerator < 0n ? -numerator : numerator, denominator]
  while (right > 0n) [left, right] = [right, left % right]
  return left > 1n ? {numerator: numerator / left, denominator: denominator / left} : {numerator, denominator}
}

function bitLength(value: bigint): number {
  return value.toString(16).length * 4
}
