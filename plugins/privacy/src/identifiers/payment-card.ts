/** Issuer, the first digits from and to (inclusive, of equal length), and the lengths that are issued. */
type CardRange = readonly [brand: string, from: number, to: number, lengths: readonly number[]]

const long = [16, 17, 18, 19]
const maestro = [12, 13, 14, 15, 16, 17, 18, 19]

/**
 * Ranges of issuer identification numbers (ISO/IEC 7812) as the card schemes publish them: Visa, Mastercard, American Express,
 * Discover, Diners Club, JCB, UnionPay, Maestro. Narrow ranges stand before the wide ones which hold them.
 */
const ranges: readonly CardRange[] = [
  ['visa', 4, 4, [13, 16, 19]],
  ['mastercard', 51, 55, [16]],
  ['mastercard', 2221, 2720, [16]],
  ['american-express', 34, 34, [15]],
  ['american-express', 37, 37, [15]],
  ['diners-club', 300, 305, [14, 16, 17, 18, 19]],
  ['diners-club', 3095, 3095, [14, 16, 17, 18, 19]],
  ['diners-club', 36, 36, [14, 16, 17, 18, 19]],
  ['diners-club', 38, 39, [14, 16, 17, 18, 19]],
  ['jcb', 3528, 3589, long],
  ['jcb', 2131, 2131, [15]],
  ['jcb', 1800, 1800, [15]],
  ['discover', 6011, 6011, long],
  ['discover', 644, 649, long],
  ['discover', 65, 65, long],
  ['unionpay', 62, 62, long],
  ['maestro', 5018, 5018, maestro],
  ['maestro', 5020, 5020, maestro],
  ['maestro', 5038, 5038, maestro],
  ['maestro', 56, 58, maestro],
  ['maestro', 6304, 6304, maestro],
  ['maestro', 67, 67, maestro],
  ['maestro', 6390, 6390, maestro],
  ['maestro', 6759, 6763, maestro],
]

/** The card scheme of a primary account number of 12 to 19 digits, by its range, or undefined. Looks at no check digit. */
export function cardBrand(digits: string): string | undefined {
  const found = ranges.find(([, from, to, lengths]) => {
    const prefix = Number(digits.slice(0, String(from).length))
    return prefix >= from && prefix <= to && lengths.includes(digits.length)
  })
  return found?.[0]
}

/** Whether the last digit is the check digit of ISO/IEC 7812-1 Annex B (Luhn). `digits` holds decimal digits only. */
export function hasLuhnDigit(digits: string): boolean {
  let sum = 0
  for (let at = 0; at < digits.length; at++) {
    let digit = digits.charCodeAt(digits.length - 1 - at) - 48
    if (at % 2 === 1) {
      digit *= 2
      if (digit > 9) digit -= 9
    }
    sum += digit
  }
  return digits.length > 1 && sum % 10 === 0
}
