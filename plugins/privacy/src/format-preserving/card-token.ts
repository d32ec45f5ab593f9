import {alphabets} from './alphabet.ts'
import {FormatError} from './errors.ts'
import {FormatPreservingCipher} from './format-preserving-cipher.ts'

/**
 * The first digit of every token. As a major industry identifier of ISO/IEC 7812-1 it stands for ISO/TC 68 and other
 * industry assignments: no card scheme's numbers begin with it.
 */
const tokenPrefix = '0'

/**
 * Tokens for payment card numbers: of the same length and with the same separators, reversible with the key, and
 * never a number that a card could have. The check digit follows from the others, so the token has room for a prefix.
 */
export class CardTokenizer {
  readonly #cipher: FormatPreservingCipher

  /** Throws FormatError for a key that is none of AES. */
  constructor({key, context}: {readonly key: Uint8Array; readonly context: string}) {
    this.#cipher = new FormatPreservingCipher({key, alphabet: alphabets.digits, context: `card-token/${context}`})
  }

  /** Throws FormatError for what is no card number: 12 to 19 digits with a check digit, the first not 0. */
  tokenize(card: string): string {
    const digits = digitsOf(card)
    if (!/^[1-9]\d{11,18}$/.test(digits) || checkDigit(digits.slice(0, -1)) !== digits.at(-1)) {
      throw new FormatError('The value is not a payment card number')
    }
    return inFormatOf(card, tokenPrefix + this.#cipher.encrypt(digits.slice(0, -1)))
  }

  /** Throws FormatError for what is no token of this key and context. */
  detokenize(token: string): string {
    const digits = digitsOf(token)
    const account = /^0\d{11,18}$/.test(digits) ? this.#cipher.decrypt(digits.slice(1)) : ''
    // A token of another key decrypts to a number that may well begin with 0; one that does not goes unnoticed.
    if (!/^[1-9]/.test(account)) throw new FormatError('The value is not a card token of this key and context')
    return inFormatOf(token, account + checkDigit(account))
  }
}

function digitsOf(text: string): string {
  if (!/^[\d -]*$/.test(text)) throw new FormatError('A card number has digits, spaces and hyphens only')
  return text.replaceAll(/\D/g, '')
}

function inFormatOf(pattern: string, digits: string): string {
  let next = 0
  return pattern.replaceAll(/\d/g, () => digits[next++]!)
}

/** The check digit of ISO/IEC 7812-1, annex B (Luhn), for the digits before it. */
export function checkDigit(digits: string): string {
  let sum = 0
  for (const [index, digit] of [...digits].toReversed().entries()) {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1)
    sum += value > 9 ? value - 9 : value
  }
  return String((10 - (sum % 10)) % 10)
}
