/** A text made comparable, with the way back to where each of its code units stood. */
export interface NormalizedText {
  readonly text: string
  /** The offset in the original of the code unit at `at`. */
  originalStart(at: number): number
  /** The offset in the original after the code unit before `at`: the exclusive end of a span that ends at `at`. */
  originalEnd(at: number): number
}

/** Anything that a rule below would change. Most texts have none of it and are not copied. */
const suspicious =
  /[\u00A0\u00AD\u0300-\u036F\u0660-\u0669\u06F0-\u06F9\u0966-\u096F\u1680\u180E\u2000-\u2015\u2028-\u202F\u205F-\u2064\u2066-\u206F\u2212\u3000\uFE00-\uFE0F\uFEFF\uFF01-\uFF5E]|[\u0370-\u03FF\u0400-\u04FF]|\uD835/

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

const mark = /\p{M}/u
const latin = /\p{Script=Latin}/u
const wordPart = /[\p{L}\p{M}\p{N}]/u

const identity = (at: number): number => at

/**
 * Composes letters with their marks (NFC), drops what is not seen (zero-width characters, soft hyphens, direction marks), turns
 * typographic spaces and hyphens, full-width forms and the digits of other scripts into ASCII, and letters of
 * another script that are mixed into a Latin word into the Latin letters they look like.
 */
export function normalizeText(original: string): NormalizedText {
  if (!suspicious.test(original)) return {text: original, originalStart: identity, originalEnd: identity}
  const builder = new Builder(original.length)
  for (let at = 0; at < original.length;) {
    const width = codePointWidth(original, at)
    let end = at + width
    while (end < original.length && isMark(original.charCodeAt(end))) end++
    builder.add(simplify(original.slice(at, end)), at, end)
    at = end
  }
  return builder.finish()
}

function codePointWidth(text: string, at: number): number {
  const high = text.charCodeAt(at)
  if (high < 0xd800 || high > 0xdbff) return 1
  const low = text.charCodeAt(at + 1)
  return low >= 0xdc00 && low <= 0xdfff ? 2 : 1
}

function isMark(code: number): boolean {
  return code >= 0x300 && mark.test(String.fromCharCode(code))
}

/** One cluster of a character and its marks, made comparable; empty where nothing of it is seen. */
function simplify(cluster: string): string {
  const code = cluster.charCodeAt(0)
  if (cluster.length === 1) {
    if (code < 0x80) return cluster
    if (code === 0xad || (code >= 0x200b && code <= 0x200f) || (code >= 0x202a && code <= 0x202e)) return ''
    if ((code >= 0x2060 && code <= 0x2064) || (code >= 0x2066 && code <= 0x206f)) return ''
    if (code === 0xfeff || code === 0x180e || (code >= 0xfe00 && code <= 0xfe0f)) return ''
    if (code === 0xa0 || code === 0x1680 || (code >= 0x2000 && code <= 0x200a)) return ' '
    if (code === 0x202f || code === 0x205f || code === 0x3000) return ' '
    if ((code >= 0x2010 && code <= 0x2015) || code === 0x2212) return '-'
    if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0)
    if (code >= 0x660 && code <= 0x669) return String.fromCharCode(code - 0x660 + 48)
    if (code >= 0x6f0 && code <= 0x6f9) return String.fromCharCode(code - 0x6f0 + 48)
    if (code >= 0x966 && code <= 0x96f) return String.fromCharCode(code - 0x966 + 48)
    return cluster
  }
  if (code === 0xd835) return cluster.normalize('NFKC')
  const visible = cluster.replace(/[\uFE00-\uFE0F]/g, '')
  return visible.normalize('NFC')
}

class Builder {
  readonly #pieces: string[] = []
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  #wordBegin = 0
  #hasLatin = false
  #hasLookalike = false

  constructor(length: number) {
    this.#pieces.length = 0
    this.#starts.length = 0
    if (length === 0) this.#starts.push(0)
  }

  add(piece: string, start: number, end: number): void {
    if (piece === '') return
    if (!wordPart.test(piece)) this.#closeWord()
    else if (latin.test(piece)) this.#hasLatin = true
    else if (lookalikes.has(piece)) this.#hasLookalike = true
    for (let at = 0; at < piece.length; at++) {
      this.#pieces.push(piece.charAt(at))
      this.#starts.push(start)
      this.#ends.push(end)
    }
    if (!wordPart.test(piece)) this.#wordBegin = this.#pieces.length
  }

  finish(): NormalizedText {
    this.#closeWord()
    const starts = Int32Array.from(this.#starts)
    const ends = Int32Array.from(this.#ends)
    return {
      text: this.#pieces.join(''),
      originalStart: at => starts[at] ?? ends[ends.length - 1] ?? 0,
      originalEnd: at => (at === 0 ? 0 : (ends[at - 1] ?? 0)),
    }
  }

  #closeWord(): void {
    if (this.#hasLatin && this.#hasLookalike) {
      for (let at = this.#wordBegin; at < this.#pieces.length; at++) {
        const piece = this.#pieces[at] as string
        this.#pieces[at] = lookalikes.get(piece) ?? piece
      }
    }
    this.#hasLatin = false
    this.#hasLookalike = false
  }
}
