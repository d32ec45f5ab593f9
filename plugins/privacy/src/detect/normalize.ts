/** A text made comparable, with the way back to where each of its code units stood. */
export interface NormalizedText {
  readonly text: string
  /** Every offset is the original's. */
  readonly isAligned: boolean
  /** The offset in the original of the code unit at `at`. */
  originalStart(at: number): number
  /** The offset in the original after the code unit before `at`: the exclusive end of a span that ends at `at`. */
  originalEnd(at: number): number
}

/**
 * A character that HTML, a URL or quoted-printable mail writes with others (`&#64;`, `&commat;`, `%40`, `=40`). Of the latter two only
 * what joins an address, before a letter: `%40` or `=40` may be a share or a number as well.
 */
const encoded = String.raw`&#(?:\d{1,6}|[xX][\da-fA-F]{1,5});|&[A-Za-z]{2,6};|[%=]40(?=\p{L})`
const hasEncoded = /&[#A-Za-z]|[%=]40/

/** What changes the length: marks to compose, characters that are not seen or written with others, letters of the mathematical alphabets. */
const lengthening = new RegExp(
  String.raw`\P{M}[\u0300-\u036F]+|\p{Cf}|[\uFE00-\uFE0F]|[\u{1D400}-\u{1D7FF}]|${encoded}`,
  'gu',
)
/** Names of characters in HTML (html.spec.whatwg.org, named character references) that stand in names, addresses and numbers. */
const characterNames = new Map(
  Object.entries({
    commat: '@',
    period: '.',
    num: '#',
    plus: '+',
    lowbar: '_',
    hyphen: '-',
    dash: '-',
    ndash: '-',
    nbsp: ' ',
    ensp: ' ',
    emsp: ' ',
    thinsp: ' ',
    shy: '',
    zwj: '',
    zwnj: '',
    lrm: '',
    rlm: '',
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    ccaron: 'č',
    Ccaron: 'Č',
    scaron: 'š',
    Scaron: 'Š',
    zcaron: 'ž',
    Zcaron: 'Ž',
    cacute: 'ć',
    Cacute: 'Ć',
    dstrok: 'đ',
    Dstrok: 'Đ',
    aacute: 'á',
    eacute: 'é',
    Eacute: 'É',
    iacute: 'í',
    oacute: 'ó',
    uacute: 'ú',
    auml: 'ä',
    Auml: 'Ä',
    ouml: 'ö',
    Ouml: 'Ö',
    uuml: 'ü',
    Uuml: 'Ü',
    szlig: 'ß',
    egrave: 'è',
    ntilde: 'ñ',
    ccedil: 'ç',
    oslash: 'ø',
    aring: 'å',
  }),
)
/** What is replaced by one other code unit. */
const replaceable =
  /[\u00A0\u0660-\u0669\u06F0-\u06F9\u0966-\u096F\u1680\u2000-\u200A\u2010-\u2015\u202F\u205F\u2212\u3000\uFF01-\uFF5E]/g
const mixedScripts = /[A-Za-z][\u0370-\u03FF\u0400-\u04FF]|[\u0370-\u03FF\u0400-\u04FF][A-Za-z]/
const otherScripts = /[\u0370-\u03FF\u0400-\u04FF]/
/** A quick look for any of it. */
const hasLengthening = /\p{Cf}|[\u0300-\u036F]|[\uFE00-\uFE0F]|[\u{1D400}-\u{1D7FF}]/u
const ascii = /^[\0-\x7F]*$/
const wordOfLetters = /[\p{L}\p{N}]+/gu

/** Letters of Cyrillic and Greek that are drawn like Latin ones (Unicode Technical Standard 39, confusables). */
const lookalikes = new Map(
  Object.entries({
    а: 'a',
    в: 'b',
    с: 'c',
    е: 'e',
    һ: 'h',
    і: 'i',
    ј: 'j',
    к: 'k',
    о: 'o',
    р: 'p',
    ѕ: 's',
    т: 't',
    у: 'y',
    х: 'x',
    ԁ: 'd',
    ԛ: 'q',
    ԝ: 'w',
    А: 'A',
    В: 'B',
    С: 'C',
    Е: 'E',
    Н: 'H',
    І: 'I',
    Ј: 'J',
    К: 'K',
    М: 'M',
    О: 'O',
    Р: 'P',
    Ѕ: 'S',
    Т: 'T',
    У: 'Y',
    Х: 'X',
    α: 'a',
    ι: 'i',
    κ: 'k',
    ν: 'v',
    ο: 'o',
    ρ: 'p',
    υ: 'u',
    χ: 'x',
    Α: 'A',
    Β: 'B',
    Ε: 'E',
    Ζ: 'Z',
    Η: 'H',
    Ι: 'I',
    Κ: 'K',
    Μ: 'M',
    Ν: 'N',
    Ο: 'O',
    Ρ: 'P',
    Τ: 'T',
    Υ: 'Y',
    Χ: 'X',
  }),
)

const identity = (at: number): number => at

/**
 * Composes letters with their marks (NFC), drops what is not seen (zero-width characters, soft hyphens, direction marks), reads what
 * HTML and URLs write for a character as that character, turns
 * typographic spaces and hyphens, full-width forms, mathematical letters and the digits of other scripts into ASCII, and letters of
 * another script that are mixed into a Latin word into the Latin letters they look like.
 */
export function normalizeText(original: string): NormalizedText {
  const isEncoded = hasEncoded.test(original)
  if (!isEncoded && ascii.test(original)) {
    return {text: original, isAligned: true, originalStart: identity, originalEnd: identity}
  }
  if (!isEncoded && !hasLengthening.test(original)) {
    return {text: replaceOneByOne(original), isAligned: true, originalStart: identity, originalEnd: identity}
  }
  const changes = new Changes()
  const pieces: string[] = []
  let copied = 0
  for (const match of original.matchAll(lengthening)) {
    const piece = simplify(match[0])
    pieces.push(original.slice(copied, match.index), piece)
    changes.add(match.index, match[0].length, piece.length)
    copied = match.index + match[0].length
  }
  pieces.push(original.slice(copied))
  return {
    text: replaceOneByOne(pieces.join('')),
    isAligned: false,
    originalStart: at => changes.start(at),
    originalEnd: at => changes.end(at),
  }
}

/** The first half of the pair of every mathematical letter. */
const mathematical = 0xd835

/** A cluster of a letter and marks composed, a mathematical letter made plain, an unseen character dropped, one that is written with others read. */
function simplify(cluster: string): string {
  if (cluster.length > 2 && /^[&%=]/.test(cluster)) return decoded(cluster)
  if (/^[\p{Cf}\uFE00-\uFE0F]/u.test(cluster)) return ''
  return cluster.normalize(cluster.charCodeAt(0) === mathematical ? 'NFKC' : 'NFC')
}

/** The character that a reference stands for; one that stands for none, or for what ends lines, stays as it is. */
function decoded(reference: string): string {
  if (!reference.startsWith('&')) return '@'
  const name = reference.slice(1, -1)
  if (!name.startsWith('#')) return characterNames.get(name) ?? reference
  const code = /^#[xX]/.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10)
  if (code < 32 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return reference
  const character = String.fromCodePoint(code)
  return /\p{Cf}/u.test(character) ? '' : character
}

/** Replacements that keep every offset. */
function replaceOneByOne(text: string): string {
  const replaced = text.replace(replaceable, plain)
  if (!otherScripts.test(replaced) || !mixedScripts.test(replaced)) return replaced
  return replaced.replace(wordOfLetters, word =>
    mixedScripts.test(word) ? Array.from(word, letter => lookalikes.get(letter) ?? letter).join('') : word,
  )
}

function plain(character: string): string {
  const code = character.charCodeAt(0)
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0)
  for (const zero of [0x660, 0x6f0, 0x966]) {
    if (code >= zero && code <= zero + 9) return String.fromCharCode(code - zero + 48)
  }
  return (code >= 0x2010 && code <= 0x2015) || code === 0x2212 ? '-' : ' '
}

/** Where the normalised text is longer or shorter, in order. */
class Changes {
  /** Where a changed piece begins and ends, in the normalised and in the original text. */
  readonly #normalizedStarts: number[] = []
  readonly #normalizedEnds: number[] = []
  readonly #originalStarts: number[] = []
  readonly #originalEnds: number[] = []

  add(originalStart: number, originalLength: number, normalizedLength: number): void {
    const start = originalStart - ((this.#originalEnds.at(-1) ?? 0) - (this.#normalizedEnds.at(-1) ?? 0))
    this.#normalizedStarts.push(start)
    this.#normalizedEnds.push(start + normalizedLength)
    this.#originalStarts.push(originalStart)
    this.#originalEnds.push(originalStart + originalLength)
  }

  start(at: number): number {
    const change = this.#lastWith(this.#normalizedStarts, at)
    if (change < 0) return at
    // Inside a changed piece that is seen: where it begins. After it: as far behind it.
    if (at < (this.#normalizedEnds[change] as number)) return this.#originalStarts[change] as number
    return at - (this.#normalizedEnds[change] as number) + (this.#originalEnds[change] as number)
  }

  /** The end of the code unit before `at`. */
  end(at: number): number {
    if (at === 0) return 0
    const before = at - 1
    const change = this.#lastWith(this.#normalizedStarts, before)
    if (change < 0) return at
    if (before < (this.#normalizedEnds[change] as number)) return this.#originalEnds[change] as number
    return before - (this.#normalizedEnds[change] as number) + (this.#originalEnds[change] as number) + 1
  }

  /** The last index whose value is at most `most`; -1 where there is none. */
  #lastWith(values: readonly number[], most: number): number {
    let low = 0
    let high = values.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((values[middle] as number) <= most) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}
