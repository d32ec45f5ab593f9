import type {NumberRun} from '../number-run.ts'
import {type Finding, type Recognizer, Sign} from '../recognizer.ts'
import type {TextDocument} from '../text-document.ts'

export interface PhoneRules {
  /** Whether a number, international or national of one of the regions, can be dialled. */
  isValid(number: string): boolean
  isPossibleInternational(number: string): boolean
}

const fewestDigits = 7
/** ITU-T E.164. */
const mostDigits = 15
const between = /^(?:[ \t]?[-()][ \t]?|[./]|[ \t]|\) ?| \(|\)-)$/
const extension = /^[ \t]?(?:x|ext\.?|int\.?)[ \t]?\d{1,6}(?![\w])/i

/** Phone numbers: international ones, and national ones in the groups that people write them in. */
export class PhoneRecognizer implements Recognizer {
  readonly name = 'phone'
  readonly types = ['PHONE_NUMBER'] as const
  readonly signs = Sign.digit
  readonly #rules: PhoneRules

  constructor(rules: PhoneRules) {
    this.#rules = rules
  }

  find(document: TextDocument, report: (finding: Finding) => void): void {
    for (const run of document.numberRuns) {
      if (run.digits < fewestDigits) continue
      for (let first = 0; first < run.groups.length; first++) {
        const candidate = candidateAt(document.text, run, first)
        if (!candidate) continue
        const judged = this.#judge(document.text, candidate)
        if (judged) report({type: 'PHONE_NUMBER', start: candidate.start, end: candidate.end, ...judged})
        first = candidate.last
      }
    }
  }

  #judge(text: string, candidate: Candidate): Pick<Finding, 'score' | 'evidence'> | undefined {
    const number = text.slice(candidate.start, candidate.end)
    if (candidate.international) {
      if (this.#rules.isValid(number)) return {score: 0.9, evidence: ['international', 'valid']}
      return this.#rules.isPossibleInternational(number)
        ? {score: 0.65, evidence: ['international']}
        : {score: 0.3, evidence: ['international', 'impossible length']}
    }
    const shape = shapeScore(candidate)
    if (shape === undefined || isSpanOfYears(candidate, text)) return undefined
    if (this.#rules.isValid(number.replace(extension, ''))) {
      return {score: Math.min(0.85, shape.score + 0.15), evidence: [shape.evidence, 'valid in a configured region']}
    }
    return {score: shape.score, evidence: [shape.evidence]}
  }
}

/** `?phone=031123456`, `mobile_number=…`: what is set in a query or a log says itself what it is. */
const namesPhone = /(?:phone|tel|telefon|mobile|mobitel|gsm|msisdn|cell|fax)(?:[_-]?(?:no|nr|num|number))?=\+?$/i
const longestLabel = 24

interface Candidate {
  readonly start: number
  readonly end: number
  /** The last group that belongs to it. */
  readonly last: number
  readonly international: boolean
  readonly bracketed: boolean
  readonly groups: readonly string[]
  readonly separators: readonly string[]
}

function candidateAt(text: string, run: NumberRun, first: number): Candidate | undefined {
  let start = run.starts[first] as number
  if (/[\d.,:]/.test(text.charAt(start - 1)) && /\d/.test(text.charAt(start - 2))) return undefined
  const bracketed = text.charAt(start - 1) === '(' && /^\d+ ?\)/.test(text.slice(start, start + 7))
  if (bracketed) start--
  const plus = text.charAt(start - 1) === '+'
  if (plus) start--
  if (/[\p{L}\d_#$€£%=/\\]/u.test(text.charAt(start - 1)) && !(text.charAt(start - 1) === '/' && bracketed)) {
    if (!namesPhone.test(text.slice(Math.max(0, start - longestLabel), start))) return undefined
  }
  let last = first
  let digits = (run.groups[first] as string).length
  while (last + 1 < run.groups.length && between.test(run.separators[last] as string)) {
    const more = (run.groups[last + 1] as string).length
    if (digits + more > mostDigits) break
    digits += more
    last++
  }
  let end = run.ends[last] as number
  // The rest of the run may be the extension: 345-899-3560x4587.
  const tail = extension.exec(text.slice(end, end + 16))
  if (tail) {
    end += tail[0].length
    if (last + 1 < run.groups.length && (run.ends[last + 1] as number) <= end) {
      return finish(run, first, last, {start, end, plus, bracketed, digits, consumed: last + 1})
    }
  }
  if (/[\p{L}_%]/u.test(text.charAt(end)) || /^[.,]\d/.test(text.slice(end, end + 2))) return undefined
  return finish(run, first, last, {start, end, plus, bracketed, digits, consumed: last})
}

function finish(
  run: NumberRun,
  first: number,
  last: number,
  found: {start: number; end: number; plus: boolean; bracketed: boolean; digits: number; consumed: number},
): Candidate | undefined {
  if (found.digits < fewestDigits) return undefined
  const groups = run.groups.slice(first, last + 1)
  return {
    start: found.start,
    end: found.end,
    last: found.consumed,
    international: found.plus || (/^00[1-9]/.test(groups[0] ?? '') && found.digits > 9),
    bracketed: found.bracketed,
    groups,
    separators: run.separators.slice(first, last),
  }
}

/** How much the grouping alone speaks for a national number. */
function shapeScore(candidate: Candidate): {score: number; evidence: string} | undefined {
  const {groups, separators, bracketed} = candidate
  const lengths = groups.map(group => group.length)
  const shape = lengths.join('-')
  if (looksLikeDate(groups)) return undefined
  if (groups.length === 1) {
    const length = lengths[0] as number
    if (length > 13) return undefined
    return {score: length >= 9 && length <= 11 ? 0.3 : 0.2, evidence: 'bare digits'}
  }
  if (lengths.some(length => length > 8) || groups.length > 6) return undefined
  if (shape === '3-3-4' || (shape === '1-3-3-4' && groups[0] === '1')) {
    return {score: bracketed || !separators.includes(' ') ? 0.6 : 0.5, evidence: 'North American grouping'}
  }
  if (bracketed) return {score: 0.55, evidence: 'area code in brackets'}
  const leadingZero = groups[0]?.startsWith('0') === true && !groups[0].startsWith('00')
  const evenSeparators = new Set(separators.map(each => each.trim())).size === 1
  if (leadingZero && evenSeparators && lengths.slice(1).every(length => length >= 2)) {
    return {score: separators[0] === '.' && groups.length < 4 ? 0.35 : 0.5, evidence: 'trunk prefix and groups'}
  }
  if (evenSeparators && lengths.every(length => length >= 2 && length <= 5)) {
    const total = lengths.reduce((sum, length) => sum + length, 0)
    const plausible = groups.length > 2 && total >= 8 && total <= 11 && separators[0] !== '.'
    return {score: plausible ? 0.4 : 0.3, evidence: 'groups of digits'}
  }
  return {score: 0.2, evidence: 'digits'}
}

/** "973–1048 CE": two years with their era. */
function isSpanOfYears({groups, separators, end}: Candidate, text: string): boolean {
  if (groups.length !== 2 || separators[0]?.trim() !== '-' || groups.some(group => group.length > 4)) return false
  return /^ ?(?:CE|AD|BCE?|n\. ?št|pr\. ?n)(?!\p{L})/u.test(text.slice(end, end + 8))
}

function looksLikeDate(groups: readonly string[]): boolean {
  if (groups.length < 2) return false
  const numbers = groups.map(Number)
  const year = (at: number) => groups[at]?.length === 4 && (numbers[at] ?? 0) >= 1800 && (numbers[at] ?? 0) <= 2100
  if (groups.length === 2) return year(0) && year(1)
  const small = (at: number, most: number) =>
    (groups[at]?.length ?? 9) <= 2 && (numbers[at] ?? 99) >= 1 && (numbers[at] ?? 99) <= most
  return (year(0) && small(1, 12) && small(2, 31)) || (year(2) && small(0, 31) && small(1, 31))
}
