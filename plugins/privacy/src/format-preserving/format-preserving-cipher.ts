import {FF1} from '@noble/ciphers/ff1.js'
import type {Alphabet} from './alphabet.ts'
import {DomainTooSmallError, FormatError} from './errors.ts'

/** NIST SP 800-38G revision 1, section 5.1: a domain of fewer values can be searched through. */
export const smallestDomain = 1_000_000

/** FF1's own limit is 2³² characters; an identifier is no longer than this. */
const longestValue = 1024

const keyLengths = [16, 24, 32]

export interface FormatPreservingOptions {
  /** 16, 24 or 32 bytes for AES. */
  readonly key: Uint8Array
  readonly alphabet: Alphabet
  /**
   * What a value is used as, such as `recipient/table.column`: equal values in different contexts get different
   * ciphertexts. It is no secret, and the same one decrypts.
   */
  readonly context: string
}

/**
 * FF1 (NIST SP 800-38G) on text: the characters of the alphabet are encrypted, all others stay where they are, so that
 * length, separators and leading zeros are kept. Deterministic: equal values have equal ciphertexts in a context.
 */
export class FormatPreservingCipher {
  readonly #alphabet: Alphabet
  readonly #cipher: ReturnType<typeof FF1>

  /** Throws FormatError for a key of another length. */
  constructor({key, alphabet, context}: FormatPreservingOptions) {
    if (!keyLengths.includes(key.length)) throw new FormatError(`An AES key has 16, 24 or 32 bytes, not ${key.length}`)
    this.#alphabet = alphabet
    this.#cipher = FF1(alphabet.characters.length, key, new TextEncoder().encode(context))
  }

  /** Throws DomainTooSmallError and FormatError. */
  encrypt(value: string): string {
    return this.#recode(value, digits => this.#cipher.encrypt(digits))
  }

  /** Throws DomainTooSmallError and FormatError. */
  decrypt(value: string): string {
    return this.#recode(value, digits => this.#cipher.decrypt(digits))
  }

  #recode(value: string, recode: (digits: number[]) => number[]): string {
    const {characters, digitOf} = this.#alphabet
    const original = [...value]
    const digits = original.flatMap(character => digitOf.get(character) ?? [])
    this.#requireLength(digits.length)
    const recoded = recode(digits)
    let next = 0
    return original.map(character => (digitOf.has(character) ? characters[recoded[next++]!]! : character)).join('')
  }

  #requireLength(length: number): void {
    const {characters, name} = this.#alphabet
    if (length > longestValue)
      throw new FormatError(`A value has ${length} characters to encrypt, at most ${longestValue} may be`)
    if (length * Math.log10(characters.length) >= Math.log10(smallestDomain) - 1e-12) return
    throw new DomainTooSmallError(
      `${length} characters of the alphabet ${name} have fewer than ${smallestDomain.toLocaleString('en')} values`,
      {hint: 'use a vault token, or pseudonymise with a keyed hash: so few values can be tried one by one'},
    )
  }
}
