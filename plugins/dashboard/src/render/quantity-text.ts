import type {Unit} from '../catalogue/catalogue.ts'
import type {Quantity} from '../query/metric-query.ts'

export const noData = 'no data'

/** A quantity as a person reads it, from its exact digits: 1234567.891 euros are `€1,234,567.89`. */
export function quantityText(value: Quantity, unit: Unit): string {
  if (value === null) return noData
  // Formats decimal text exactly, where a number would lose digits above 2^53 (ECMA-402, Intl.NumberFormat v3).
  const exact = value as Intl.StringNumericLiteral
  switch (unit.kind) {
    case 'currency':
      return unit.currency === undefined ? plain(2).format(exact) : money(unit.currency, value).format(exact)
    case 'share':
      return share(value).format(exact)
    case 'milliseconds':
      return `${plain(digitsOf(value, 1)).format(exact)} ms`
    case 'seconds':
      return `${plain(digitsOf(value, 1)).format(exact)} s`
    case 'bytes':
      return bytesText(Number(value))
    case 'count':
    case 'number':
      return plain(digitsOf(value, 2)).format(exact)
  }
}

/** How many times something is something else: `3.2 ×`. */
export function timesText(value: Quantity): string {
  return value === null ? noData : `${plain(2).format(value as Intl.StringNumericLiteral)} ×`
}

const plain = (digits: number) => new Intl.NumberFormat('en', {maximumFractionDigits: digits})

/** Of a large number nobody reads the hundredths. */
function digitsOf(value: string, most: number): number {
  const size = Math.abs(Number(value))
  return size >= 1000 ? 0 : size >= 100 ? most - 1 : most
}

/** An availability of 99.97 % is not 100 %, and an error rate of 0.03 % not 0 %: near the ends there are more digits. */
function share(value: string): Intl.NumberFormat {
  const size = Math.abs(Number(value))
  const toEnd = Math.min(size, Math.abs(1 - size))
  const digits = toEnd === 0 || toEnd >= 0.01 ? 1 : toEnd >= 0.001 ? 2 : 3
  return new Intl.NumberFormat('en', {style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: digits})
}

/** A price of less than a cent keeps its first digits. */
function money(currency: string, value: string): Intl.NumberFormat {
  const tiny = Number(value) !== 0 && Math.abs(Number(value)) < 0.1
  return new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    ...(tiny ? {minimumSignificantDigits: 3, maximumSignificantDigits: 3} : {}),
  })
}

function bytesText(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']
  const step = value === 0 ? 0 : Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.abs(value)) / 10)))
  return `${plain(1).format(value / 1024 ** step)} ${units[step]}`
}

/** What a column or an axis is in, in brackets behind its title. */
export function unitText(unit: Unit): string | undefined {
  switch (unit.kind) {
    case 'currency':
      return unit.currency
    case 'share':
      return '%'
    case 'milliseconds':
      return 'ms'
    case 'seconds':
      return 's'
    case 'bytes':
      return 'GiB'
    case 'count':
    case 'number':
      return unit.noun
  }
}

export interface Change {
  /** With the direction in words: `up 14.1%`. */
  readonly text: string
  /** Without it: `14.1%`. */
  readonly amount: string
  readonly direction: 'up' | 'down' | 'same'
}

/** How much something changed, against what it was: in points for shares, in per cent otherwise. */
export function changeText(value: Quantity, previous: Quantity, unit: Unit): Change | undefined {
  if (value === null || previous === null) return undefined
  const difference = Number(value) - Number(previous)
  const direction = difference > 0 ? 'up' : difference < 0 ? 'down' : 'same'
  if (direction === 'same') return {text: 'no change', amount: '0', direction}
  const amount = amountOf(Math.abs(difference), Math.abs(Number(previous)), unit)
  return {text: `${direction} ${amount}`, amount, direction}
}

function amountOf(difference: number, previous: number, unit: Unit): string {
  if (unit.kind === 'share') return `${plain(2).format(difference * 100)} points`
  // From nothing, any change is infinitely many per cent.
  if (previous === 0) return 'from 0'
  return new Intl.NumberFormat('en', {style: 'percent', maximumFractionDigits: 1}).format(difference / previous)
}
