import {parseEmso} from '../../identifiers/emso.ts'
import {isSlovenianBankAccount} from '../../identifiers/slovenian-bank-account.ts'
import {isSlovenianRegistrationNumber} from '../../identifiers/slovenian-registration-number.ts'
import {isSlovenianTaxNumber} from '../../identifiers/slovenian-tax-number.ts'
import {matches} from '../matches.ts'
import {type Finding, type Recognizer, Sign} from '../recognizer.ts'
import type {TextDocument} from '../text-document.ts'

const vatNumber = /(?<![\p{L}\p{N}_])SI ?(\d{8})(?![\p{L}\p{N}_])/giu

/** Of a registration number. */
const fewestDigits = 7
const accountDigits = 15

/** EMŠO, tax number, TRR and registration number by their check digits. Short ones need context to count. */
export const slovenianIdentifierRecognizer: Recognizer = {
  name: 'slovenian-identifier',
  types: ['SI_EMSO', 'TAX_NUMBER', 'BANK_ACCOUNT', 'REGISTRATION_NUMBER'],
  signs: Sign.digit,
  find(document: TextDocument, report: (finding: Finding) => void): void {
    for (const match of matches(vatNumber, document.text)) {
      if (!isSlovenianTaxNumber(match[1] as string)) continue
      report({
        type: 'TAX_NUMBER',
        start: match.index,
        end: match.index + match[0].length,
        score: 0.85,
        evidence: ['SI and check digit'],
      })
    }
    for (const run of document.numberRuns) {
      if (run.digits < fewestDigits) continue
      for (let first = 0; first < run.groups.length; first++) findInGroup(document, run, first, report)
    }
  },
}

function findInGroup(
  document: TextDocument,
  run: TextDocument['numberRuns'][number],
  first: number,
  report: (finding: Finding) => void,
): void {
  const start = run.starts[first] as number
  const end = run.ends[first] as number
  const group = run.groups[first] as string
  const {text} = document
  if (/[.,]\d?$/.test(text.slice(Math.max(0, start - 2), start)) || /[\p{L}_]/u.test(text.charAt(end))) return
  const emso = group.length === 13 ? parseEmso(group) : undefined
  if (emso) {
    const slovenian = emso.region >= 50 && emso.region <= 59
    report({
      type: 'SI_EMSO',
      start,
      end,
      score: slovenian ? 0.9 : 0.5,
      evidence: ['date of birth', 'check digit', ...(slovenian ? ['Slovenian region'] : [])],
    })
  }
  if (isSlovenianTaxNumber(group)) report({type: 'TAX_NUMBER', start, end, score: 0.25, evidence: ['check digit']})
  if (isSlovenianRegistrationNumber(group)) {
    report({type: 'REGISTRATION_NUMBER', start, end, score: 0.2, evidence: ['check digit']})
  }
  if (run.digits < accountDigits) return
  const separators = run.separators.slice(first)
  for (let last = first; last < run.groups.length && last < first + 5; last++) {
    if (last > first && separators[last - first - 1] !== '-' && separators[last - first - 1] !== ' ') return
    const digits = run.groups.slice(first, last + 1).join('')
    if (digits.length > 15) return
    if (digits.length < 15 || !isSlovenianBankAccount(digits)) continue
    report({
      type: 'BANK_ACCOUNT',
      start,
      end: run.ends[last] as number,
      score: last > first ? 0.5 : 0.35,
      evidence: ['check digits of a Slovenian account'],
    })
  }
}
