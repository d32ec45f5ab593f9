import {CharacterClass, classOf} from './character-class.ts'
import {Sign} from './recognizer.ts'

const all = Object.values(Sign).reduce((set, bit) => set | bit, 0)
const bracket = new Set([...'@([{<'].map(character => character.charCodeAt(0)))
const ofAscii = Uint8Array.from({length: 128}, (_, code) => signOf(code))

/** The signs that a text shows. It reads no further than it needs to have seen all of them. */
export function signsOf(text: string): number {
  let found = 0
  for (let at = 0; at < text.length && found !== all; at++) {
    const code = text.charCodeAt(at)
    found |= code < 128 ? (ofAscii[code] as number) : signOf(code)
  }
  return found
}

function signOf(code: number): number {
  if (code === 0x3a) return Sign.colon
  if (code === 0x2e) return Sign.dot
  if (bracket.has(code)) return Sign.at
  switch (classOf(code)) {
    case CharacterClass.digit:
      return Sign.digit
    case CharacterClass.upper:
      return Sign.letter | Sign.capital
    case CharacterClass.lower:
      return Sign.letter
    default:
      return 0
  }
}
