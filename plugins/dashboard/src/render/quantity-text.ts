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
      return new Intl.NumberFormat('en', {style: 'percent', maximumFractionDigits: 1}).format(exact)
    case 'milliseconds':
      return `${plain(1).format(exact)} ms`
    case 'seconds':
      return `${plain(1).format(exact)} s`
    case 'bytes':
      return bytesText(Number(value))
    case 'count':
    case 'number':
      return plain(2).format(exact)
  }
}

/** How many times something is something else: `3.2 ×`. */
export function timesText(value: Quantity): string {
  return value === null ? noData : `${plain(2).format(value as Intl.StringNumericLiteral)} ×`
}

const plain = (digits: number) => new Intl.NumberFormat('en', {maximumFractionDigits: digits})

/** A price of less than a cent keeps its first digits. */
function money(currency: string, value: string): Intl.NumberFormat {
  const tiny = Number(value) !== 0 && Math.abs(Number(value)) < 0.1
  return new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    ...(tiny ? {minimumSignificantDigits: 1, maximumSignificantDigits: 3} : {}),
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
  readonly text: string
  readonly direction: 'up' | 'down' | 'same'
}

/** How much something changed, against what it was: in points for shares, in per cent otherwise. */
export function changeText(value: Quantity, previous: Quantity, unit: Unit): Change | undefined {
  if (value === null || previous === null) return undefined
  const difference = Number(value) - Number(previous)
  const direction = difference > 0 ? 'up' : difference < 0 ? 'down' : 'same'
  if (direction === 'same') return {text: 'no change', direction}
  const word = direction === 'up' ? 'up' : 'down'
  if (unit.kind === 'share') return {text: `${word} ${plain(2).format(Math.abs(difference) * 100)} points`, direction}
  // From nothing, any change is infinitely many per cent.
  if (Number(previous) === 0) return {text: `${word} from 0`, direction}
  const relative = Math.abs(difference / Number(previous))
  return {
    text: `${word} ${new Intl.NumberFormat('en', {style: 'percent', maximumFractionDigits: 1}).format(relative)}`,
    direction,
  }
}
