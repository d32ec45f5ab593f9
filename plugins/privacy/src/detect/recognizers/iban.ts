import {isDigit, isLetter, isWordCharacter} from '../character-class.ts'
import {matches} from '../matches.ts'
import {type Finding, type Recognizer, Sign} from '../recognizer.ts'
import type {TextDocument} from '../text-document.ts'

const begin = /(?<![\p{L}\p{N}_])[A-Z]{2}[ ]?\d{2}/giu

export interface IbanRules {
  /** How many characters an IBAN of a country has, or undefined for a country without. */
  lengthOf(country: string): number | undefined
  /** Whether the check digits and the structure of an IBAN without separators hold. */
  isValid(iban: string): boolean
}

/**
 * IBANs (ISO 13616) in one piece, in groups, and broken over lines. One whose check digits fail is reported with a low score, which
 * only context lifts: a mistyped account number is still personal.
 */
export class IbanRecognizer implements Recognizer {
  readonly name = 'iban'
  readonly types = ['IBAN'] as const
  readonly signs = Sign.digit
  readonly #rules: IbanRules

  constructor(rules: IbanRules) {
    this.#rules = rules
  }

  find(document: TextDocument, report: (finding: Finding) => void): void {
    const {text} = document
    for (const match of matches(begin, text)) {
      const start = match.index
      const length = this.#rules.lengthOf(text.slice(start, start + 2).toUpperCase())
      if (length === undefined) continue
      const found = collect(text, start, length)
      if (!found) continue
      const valid = this.#rules.isValid(found.characters)
      report({
        type: 'IBAN',
        start,
        end: found.end,
        score: valid ? 0.95 : 0.25,
        evidence: ['country and length', valid ? 'check digits' : 'check digits fail'],
      })
    }
  }
}

/** The next `length` letters and digits with at most one space, hyphen or line end between two; ends at a word's end. */
function collect(text: string, start: number, length: number): {characters: string; end: number} | undefined {
  let characters = ''
  let at = start
  let separated = false
  while (characters.length < length) {
    const code = text.charCodeAt(at)
    if (isDigit(code) || (code < 128 && isLetter(code))) {
      characters += text.charAt(at)
      separated = false
    } else {
      if (separated || !/[ \n-]/.test(text.charAt(at))) return undefined
      separated = true
    }
    at++
  }
  if (isWordCharacter(text.charCodeAt(at))) return undefined
  return {characters: characters.toUpperCase(), end: at}
}
