/** What a UTF-16 code unit is to the tokenizer. */
export const CharacterClass = {
  other: 0,
  lower: 1,
  upper: 2,
  digit: 3,
  space: 4,
  newline: 5,
  /** Joins an identifier: the underscore. */
  connector: 6,
} as const

export type CharacterClass = (typeof CharacterClass)[keyof typeof CharacterClass]

const unknown = 255
const classes = new Uint8Array(65_536).fill(unknown)

const uppercase = /^[\p{Lu}\p{Lt}]$/u
const letter = /^[\p{L}\p{M}]$/u
const space = /^\s$/u

/** The class of a code unit. Halves of surrogate pairs are `other`. */
export function classOf(code: number): CharacterClass {
  const known = classes[code] as number
  if (known !== unknown) return known as CharacterClass
  const found = classify(code)
  classes[code] = found
  return found
}

function classify(code: number): CharacterClass {
  if (code >= 48 && code <= 57) return CharacterClass.digit
  if (code === 10 || code === 13 || code === 0x2028 || code === 0x2029) return CharacterClass.newline
  if (code === 95) return CharacterClass.connector
  if (code >= 0xd800 && code <= 0xdfff) return CharacterClass.other
  const character = String.fromCharCode(code)
  if (uppercase.test(character)) return CharacterClass.upper
  if (letter.test(character)) return CharacterClass.lower
  if (space.test(character)) return CharacterClass.space
  return CharacterClass.other
}

export function isLetter(code: number): boolean {
  const found = classOf(code)
  return found === CharacterClass.lower || found === CharacterClass.upper
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

/** Letters, digits and the underscore: what may not touch an identifier from outside. NaN, beyond the text, is none. */
export function isWordCharacter(code: number): boolean {
  if (Number.isNaN(code)) return false
  const found = classOf(code)
  return found !== CharacterClass.other && found !== CharacterClass.space && found !== CharacterClass.newline
}
