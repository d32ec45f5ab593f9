import type {EntityType} from '../detect/entity.ts'
import type {Alphabet} from '../format-preserving/alphabet.ts'
import {CardTokenizer} from '../format-preserving/card-token.ts'
import {FormatError} from '../format-preserving/errors.ts'
import {FormatPreservingCipher} from '../format-preserving/format-preserving-cipher.ts'
import {cardBrand, hasLuhnDigit} from '../identifiers/payment-card.ts'
import type {Pseudonyms} from './pseudonymizer.ts'

/** Kinds that are numbers: what is found of others has no format to keep. */
const numbers: ReadonlySet<EntityType> = new Set([
  'PHONE_NUMBER',
  'CREDIT_CARD',
  'BANK_ACCOUNT',
  'US_SSN',
  'NATIONAL_ID',
  'SI_EMSO',
  'TAX_NUMBER',
  'REGISTRATION_NUMBER',
  'DEVICE_ID',
])

/** What may stand between the characters that are encrypted; it stays, and is valid in CSV and JSON. */
const separators = new Set(' .-/()+_:#')

export interface FormatPreservingPseudonymizerOptions {
  /** 32 bytes, of one recipient. */
  readonly key: Uint8Array
  readonly alphabet: Alphabet
  /** For what is found and has no format to keep. */
  readonly others: Pseudonyms
}

/**
 * Pseudonyms of the same form, by FF1 (NIST SP 800-38G): as many characters of the same alphabet, separators and leading zeros kept. Whoever
 * has the key can turn them back. A payment card becomes a card token, and no other number becomes what could be one.
 */
export class FormatPreservingPseudonymizer implements Pseudonyms {
  readonly #alphabet: Alphabet
  readonly #cipher: FormatPreservingCipher
  readonly #cards: CardTokenizer
  readonly #others: Pseudonyms

  constructor({key, alphabet, others}: FormatPreservingPseudonymizerOptions) {
    this.#alphabet = alphabet
    this.#cipher = new FormatPreservingCipher({key, alphabet, context: `pseudonym/${alphabet.name}`})
    this.#cards = new CardTokenizer({key, context: 'pseudonym'})
    this.#others = others
  }

  /**
   * A value that was found (`type`) and does not fit becomes a pseudonym without form; one that is named as a column has to fit.
   * Throws FormatError for other characters than the alphabet's and separators, DomainTooSmallError for too few of them.
   */
  pseudonym(value: string, type?: EntityType): string {
    if (type === undefined) return this.#encrypt(value)
    if (!numbers.has(type)) return this.#others.pseudonym(value, type)
    try {
      return this.#encrypt(value)
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      return this.#others.pseudonym(value, type)
    }
  }

  #encrypt(value: string): string {
    const {digitOf, name} = this.#alphabet
    for (const character of value) {
      if (digitOf.has(character) || separators.has(character)) continue
      throw new FormatError(`A value holds characters that the alphabet ${name} does not have`, {
        hint: 'choose another with --alphabet, or leave out --method ff1',
      })
    }
    if (isCard(value)) return this.#cards.tokenize(value)
    // Cycle walking: what could be a card is encrypted again, so that the others are permuted among themselves.
    let encrypted = this.#cipher.encrypt(value)
    while (isCard(encrypted)) encrypted = this.#cipher.encrypt(encrypted)
    return encrypted
  }
}

function isCard(value: string): boolean {
  const digits = value.replaceAll(/[ -]/g, '')
  return /^[1-9]\d{11,18}$/.test(digits) && cardBrand(digits) !== undefined && hasLuhnDigit(digits)
}

/** What the key of a domain is derived for. */
export function formatPreservingPurpose(domain: string): string {
  return `format-preserving-pseudonym\0${domain}`
}
