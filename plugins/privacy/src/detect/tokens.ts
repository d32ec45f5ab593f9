import {CharacterClass, classOf} from './character-class.ts'

export const TokenKind = {
  /** All letters small. */
  lower: 1,
  /** The first letter is a capital, the others are small; or a single capital. */
  capitalized: 2,
  /** Two or more letters, all capitals. */
  upper: 3,
  /** Capitals inside: camelCase, McDonald. */
  mixed: 4,
  /** Digits alone. */
  number: 5,
  /** Letters with digits or underscores. */
  identifier: 6,
} as const

export type TokenKind = (typeof TokenKind)[keyof typeof TokenKind]

/** Words and numbers of a text in order, as parallel arrays: a text of a megabyte has some 200,000 of them. */
export interface Tokens {
  readonly count: number
  readonly starts: Int32Array
  /** Exclusive. */
  readonly ends: Int32Array
  readonly kinds: Uint8Array
}

const apostrophes = new Set([0x27, 0x2019])

/**
 * The arrays of all short texts, one text after the other: the cells of a table are many, and new typed arrays cost more than
 * the words in them.
 */
const shortText = 256
const shortStarts = new Int32Array(shortText)
const shortEnds = new Int32Array(shortText)
const shortKinds = new Uint8Array(shortText)

/** Splits into words and numbers. The tokens of a short text are good until the next one is split. An apostrophe joins only after one capital before another: O'Brien, D'Angelo. */
export function tokenize(text: string): Tokens {
  const scratch = text.length <= shortText
  let capacity = scratch ? shortText : text.length >> 2
  let starts = scratch ? shortStarts : new Int32Array(capacity)
  let ends = scratch ? shortEnds : new Int32Array(capacity)
  let kinds = scratch ? shortKinds : new Uint8Array(capacity)
  let count = 0
  for (let at = 0; at < text.length;) {
    const first = classOf(text.charCodeAt(at))
    if (!isTokenClass(first)) {
      at++
      continue
    }
    const start = at
    let lowers = 0
    let uppers = 0
    let digits = 0
    let connectors = 0
    let found: CharacterClass = first
    for (;;) {
      if (found === CharacterClass.lower) lowers++
      else if (found === CharacterClass.upper) uppers++
      else if (found === CharacterClass.digit) digits++
      else connectors++
      at++
      found = at < text.length ? classOf(text.charCodeAt(at)) : CharacterClass.other
      if (isTokenClass(found)) continue
      const joins = uppers === 1 && lowers + digits + connectors === 0 && apostrophes.has(text.charCodeAt(at))
      if (!joins || at + 1 >= text.length || classOf(text.charCodeAt(at + 1)) !== CharacterClass.upper) break
      uppers = 0
      at++
      found = CharacterClass.upper
    }
    if (count === capacity) {
      capacity *= 2
      starts = grown(starts, capacity)
      ends = grown(ends, capacity)
      const more = new Uint8Array(capacity)
      more.set(kinds)
      kinds = more
    }
    starts[count] = start
    ends[count] = at
    kinds[count] = kindOf(first, lowers, uppers, digits, connectors)
    count++
  }
  return {count, starts, ends, kinds}
}

function isTokenClass(found: CharacterClass): boolean {
  return found !== CharacterClass.other && found !== CharacterClass.space && found !== CharacterClass.newline
}

function kindOf(first: CharacterClass, lowers: number, uppers: number, digits: number, connectors: number): TokenKind {
  if (connectors > 0 || (digits > 0 && lowers + uppers > 0)) return TokenKind.identifier
  if (digits > 0) return TokenKind.number
  if (uppers === 0) return TokenKind.lower
  if (lowers === 0) return uppers > 1 ? TokenKind.upper : TokenKind.capitalized
  return uppers === 1 && first === CharacterClass.upper ? TokenKind.capitalized : TokenKind.mixed
}

function grown(values: Int32Array<ArrayBuffer>, capacity: number): Int32Array<ArrayBuffer> {
  const more = new Int32Array(capacity)
  more.set(values)
  return more
}

/** The index of the first token that starts at or after an offset; `count` where there is none. */
export function tokenAtOrAfter(tokens: Tokens, offset: number): number {
  let low = 0
  let high = tokens.count
  while (low < high) {
    const middle = (low + high) >> 1
    if ((tokens.starts[middle] as number) < offset) low = middle + 1
    else high = middle
  }
  return low
}
