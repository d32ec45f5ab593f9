import {isDigit, isLetter, isWordCharacter} from '../character-class.ts'
import {matches} from '../matches.ts'
import {type Finding, type Recognizer, Sign} from '../recognizer.ts'
import type {TextDocument} from '../text-document.ts'

const begin = /(?<![\p{L}\p{N}_])[A-Z]{2}[ ]?\d{2}/giu

/** Longer than {@link between} matches, with the character after it. */
const longestGap = 20

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

/** What may stand between two groups: a space, a hyphen, a point, or the end of a line with spaces around it. */
const between = /^(?:[ .-]|[ \t]{0,8}\r?\n[ \t]{0,8})(?=[A-Za-z\d])/

/** The next `length` letters and digits with at most one of {@link between} between two; ends at a word's end. */
function collect(text: string, start: number, length: number): {characters: string; end: number} | undefined {
  let characters = ''
  let at = start
  while (characters.length < length) {
    const code = text.charCodeAt(at)
    if (isDigit(code) || (code < 128 && isLetter(code))) {
      characters += text.charAt(at)
      at++
    } else {
      const gap = between.exec(text.slice(at, at + longestGap))
      if (gap === null) return undefined
      at += gap[0].length
    }
  }
  if (isWordCharacter(text.charCodeAt(at))) return undefined
  return {characters: characters.toUpperCase(), end: at}
}
