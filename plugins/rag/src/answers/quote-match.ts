/** A part of a text, as UTF-16 offsets: start inclusive, end exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Shorter quotes, in letters and digits, prove nothing unless they are all there is to quote. */
const FEWEST_CHARACTERS = 3
/** The parts of a quote with an ellipsis lie this close together, in UTF-16 code units. */
const LONGEST_GAP = 400

/**
 * Finds a quote in a text as a reader would: letter case, white space, kinds of quotation marks and dashes, Markdown
 * emphasis, ligatures and invisible characters make no difference, words and their order do. A quote with an ellipsis
 * is found if its parts follow each other closely; the span then covers what was left out too.
 *
 * @returns The span of the very words in the text, or undefined where they are not there.
 */
export function findQuote(text: string, quote: string): Span | undefined {
  const parts = quote
    .split(/\s*(?:\[\s*(?:…|\.{3})\s*\]|…|\.{3,})\s*/u)
    .map(part => normalised(part).text.trim())
    .filter(part => part !== '')
  if (parts.length === 0 || parts.join('').replaceAll(/[^\p{L}\p{N}]/gu, '').length < FEWEST_CHARACTERS)
    return undefined
  const within = normalised(text)
  for (let from = 0; ;) {
    const first = findWhole(within.text, parts[0]!, from)
    if (first < 0) return undefined
    const end = findRest(within.text, parts, first + parts[0]!.length)
    if (end !== undefined) return {start: within.starts[first]!, end: within.ends[end - 1]!}
    from = first + 1
  }
}

/** Where the parts after the first end, each following the one before it closely. */
function findRest(text: string, parts: readonly string[], from: number): number | undefined {
  let end = from
  for (const part of parts.slice(1)) {
    const at = findWhole(text, part, end)
    if (at < 0 || at - end > LONGEST_GAP) return undefined
    end = at + part.length
  }
  return end
}

/** The first place where a part stands as whole words, so that "ten" is not found in "often". */
function findWhole(text: string, part: string, from: number): number {
  for (let at = text.indexOf(part, from); at >= 0; at = text.indexOf(part, at + 1)) {
    const beginsWord = !isWordCharacter(part[0]) || !isWordCharacter(text[at - 1])
    const endsWord = !isWordCharacter(part.at(-1)) || !isWordCharacter(text[at + part.length])
    if (beginsWord && endsWord) return at
  }
  return -1
}

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character)
}

interface NormalisedText {
  readonly text: string
  /** For each code unit of `text`, where the character it came from begins and ends in the original. */
  readonly starts: readonly number[]
  readonly ends: readonly number[]
}

function normalised(original: string): NormalisedText {
  let text = ''
  const starts: number[] = []
  const ends: number[] = []
  let at = 0
  for (const character of original) {
    const end = at + character.length
    let plain = plainOf(character)
    if (plain === ' ' && (text === '' || text.endsWith(' '))) plain = ''
    for (let unit = 0; unit < plain.length; unit += 1) {
      starts.push(at)
      ends.push(end)
    }
    // A combining mark belongs to the letter before it: a span which ends with the letter ends after the mark.
    if (plain === '' && /\p{M}/u.test(character) && ends.length > 0) ends[ends.length - 1] = end
    text += plain
    at = end
  }
  return {text, starts, ends}
}

/** Compatibility decomposition makes ligatures, full-width forms and precomposed letters alike; marks then fall away. */
function plainOf(character: string): string {
  if (/\s/u.test(character)) return ' '
  if (/[*`\p{Cf}\p{Cc}\p{M}]/u.test(character)) return ''
  if (/[‘’‚‛′`´]/u.test(character)) return "'"
  if (/[“”„‟″«»]/u.test(character)) return '"'
  if (/\p{Pd}|\u2212/u.test(character)) return '-'
  return character.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
}
