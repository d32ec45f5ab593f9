import {cardBrand, hasLuhnDigit} from '../../identifiers/payment-card.ts'
import type {NumberRun} from '../number-run.ts'
import {type Finding, type Recognizer, Sign} from '../recognizer.ts'
import type {TextDocument} from '../text-document.ts'

const fewestDigits = 12
const mostDigits = 19

/** Payment card numbers: in the range of a scheme, of a length it issues, with the right check digit. */
export const paymentCardRecognizer: Recognizer = {
  name: 'payment-card',
  types: ['CREDIT_CARD'],
  signs: Sign.digit,
  find(document: TextDocument, report: (finding: Finding) => void): void {
    for (const run of document.numberRuns) {
      if (run.digits < fewestDigits) continue
      for (let first = 0; first < run.groups.length; first++) {
        const last = lastGroup(document, run, first, report)
        if (last !== undefined) first = last
      }
    }
  },
}

/** Reports the card that begins with a group, and tells its last group. */
function lastGroup(
  document: TextDocument,
  run: NumberRun,
  first: number,
  report: (finding: Finding) => void,
): number | undefined {
  const start = run.starts[first] as number
  if (/[.,]/.test(document.text.charAt(start - 1)) && /\d/.test(document.text.charAt(start - 2))) return undefined
  let digits = ''
  for (let last = first; last < run.groups.length; last++) {
    digits += run.groups[last] as string
    if (digits.length > mostDigits) return undefined
    const separators = run.separators.slice(first, last)
    if (separators.some(each => !isCardSeparator(each, separators[0]))) return undefined
    if (digits.length < fewestDigits) continue
    const end = run.ends[last] as number
    if (/[\p{L}\d_]/u.test(document.text.charAt(end))) continue
    const brand = cardBrand(digits)
    if ((brand === undefined && digits.length !== 16) || !hasLuhnDigit(digits)) continue
    const grouped = last > first
    if (grouped && !isCardGrouping(run.groups.slice(first, last + 1))) continue
    const common = digits.length === 16 || brand === 'american-express' || brand === 'jcb'
    report({
      type: 'CREDIT_CARD',
      start,
      end,
      score: brand === undefined ? 0.25 : grouped ? 0.95 : common ? 0.85 : 0.45,
      evidence: [
        brand === undefined ? 'sixteen digits of no known range' : `range of ${brand}`,
        'check digit',
        ...(grouped ? ['grouped'] : []),
      ],
    })
    return last
  }
  return undefined
}

/** Spaces and hyphens as they come; points and slashes only where there are no others: `1.2-3` is something else. */
function isCardSeparator(separator: string, first: string | undefined): boolean {
  if (separator === ' ' || separator === '-') return true
  return (separator === '.' || separator === '/') && separator === first
}

/** Groups as they are embossed or typed: fours with a shorter last one, 4-6-4, 4-6-5, or digit by digit. */
function isCardGrouping(groups: readonly string[]): boolean {
  const lengths = groups.map(group => group.length)
  const shape = lengths.join('-')
  if (shape === '4-6-4' || shape === '4-6-5') return true
  // One by one, as a number is dictated or hidden.
  if (lengths.every(length => length === 1)) return true
  return lengths.slice(0, -1).every(length => length === 4) && (lengths.at(-1) ?? 5) <= 4
}
