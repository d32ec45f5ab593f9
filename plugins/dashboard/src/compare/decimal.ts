/** What one exact decimal is more than another, as exact decimal text. */
export function difference(after: string, before: string): string {
  const scale = Math.max(fraction(after).length, fraction(before).length)
  const units = scaledTo(after, scale) - scaledTo(before, scale)
  const sign = units < 0n ? '-' : ''
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const rest = digits.slice(digits.length - scale).replace(/0+$/, '')
  return `${sign}${whole}${rest && `.${rest}`}`
}

/**
 * A difference as a share of what was there before, to six digits that count; null where that was nothing, as anything
 * is infinitely more than 0.
 */
export function relativeDifference(after: string, before: string): string | null {
  if (Number(before) === 0) return null
  const share = Number(difference(after, before)) / Math.abs(Number(before))
  return String(Number(share.toPrecision(6)))
}

export const isDecimal = (text: string) => /^-?\d+(\.\d+)?$/.test(text)

const fraction = (text: string) => text.split('.')[1] ?? ''
const scaledTo = (text: string, scale: number) =>
  BigInt(text.replace('.', '') + '0'.repeat(scale - fraction(text).length))
