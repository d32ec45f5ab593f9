import {InvalidInputError} from '@omni-ops/core/operation'

/** Nano-dollars in a dollar. */
const nanoPerDollar = 1_000_000_000n

const dollars = /^(\d{1,9})(?:\.(\d{1,9}))?$/

/**
 * An amount of US dollars, such as `12.50`, as an integer count of nano-dollars. No floating-point number is involved.
 * @throws InvalidInputError for anything else, more than nine decimals included
 */
export function nanoFromDollars(text: string): bigint {
  const [, whole, fraction = ''] = dollars.exec(text) ?? []
  if (whole === undefined) throw new InvalidInputError(`"${text}" is no amount of US dollars, such as 12.50`)
  return BigInt(whole) * nanoPerDollar + BigInt(fraction.padEnd(9, '0'))
}

/** Nano-dollars as dollars with as many decimals as they need, at least two: `0.0544`. */
export function dollarsFromNano(nano: bigint): string {
  const sign = nano < 0n ? '-' : ''
  const absolute = nano < 0n ? -nano : nano
  const fraction = (absolute % nanoPerDollar).toString().padStart(9, '0').replace(/0+$/, '').padEnd(2, '0')
  return `${sign}${absolute / nanoPerDollar}.${fraction}`
}
