import {FormatError} from './errors.ts'

/** The characters that are encrypted, each once; the place of a character is its digit. */
export interface Alphabet {
  readonly name: string
  readonly characters: readonly string[]
  readonly digitOf: ReadonlyMap<string, number>
}

/** FF1 allows 2 to 65,536 different characters (NIST SP 800-38G, section 4.1). Throws FormatError. */
export function alphabet(name: string, characters: string): Alphabet {
  const list = [...characters]
  const digitOf = new Map(list.map((character, digit) => [character, digit]))
  if (digitOf.size !== list.length) throw new FormatError(`The alphabet ${name} has a character twice`)
  if (list.length < 2 || list.length > 65_536)
    throw new FormatError(`The alphabet ${name} has ${list.length} characters`)
  return {name, characters: list, digitOf}
}

const digits = '0123456789'
const lower = 'abcdefghijklmnopqrstuvwxyz'

export const alphabets = {
  digits: alphabet('digits', digits),
  hexadecimal: alphabet('hexadecimal', `${digits}abcdef`),
  lower: alphabet('lower', lower),
  upper: alphabet('upper', lower.toUpperCase()),
  'lower-alphanumeric': alphabet('lower-alphanumeric', digits + lower),
  'upper-alphanumeric': alphabet('upper-alphanumeric', digits + lower.toUpperCase()),
  alphanumeric: alphabet('alphanumeric', digits + lower.toUpperCase() + lower),
} as const

export type AlphabetName = keyof typeof alphabets
