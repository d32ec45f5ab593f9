const SPACE = 32
/** A power of two. */
const MARKS = 1_024

/**
 * Finds a few terms in texts of many: a passage's terms stand in one text, parted by one space each. Most are told from
 * the sought ones by their first letter and length, without being taken out of the text.
 */
export class TermFinder {
  readonly #sought: ReadonlySet<string>
  readonly #marks = new Uint8Array(MARKS)

  constructor(terms: Iterable<string>) {
    this.#sought = new Set(terms)
    for (const term of this.#sought) this.#marks[markOf(term.charCodeAt(0), term.length)] = 1
  }

  /**
   * Calls `found` for each sought term in the text, with its place from 0, in order. Linear in the text.
   * @returns how many terms the text has.
   */
  find(text: string, found: (term: string, place: number) => void): number {
    let place = 0
    let begin = 0
    for (let at = 0; at <= text.length; at++) {
      if (at < text.length && text.charCodeAt(at) !== SPACE) continue
      if (this.#marks[markOf(text.charCodeAt(begin), at - begin)] === 1) {
        const term = text.slice(begin, at)
        if (this.#sought.has(term)) found(term, place)
      }
      begin = at + 1
      place++
    }
    return place
  }
}

function markOf(firstUnit: number, length: number): number {
  return (firstUnit + 37 * length) & (MARKS - 1)
}
