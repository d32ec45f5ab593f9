/**
 * Maps offsets of a text to its lines. A line ends with a line feed (so also with CR LF); lines are counted from 1, as
 * editors do. Built in one pass; a lookup is a binary search.
 */
export class LineIndex {
  readonly #starts: Uint32Array
  readonly #count: number

  constructor(text: string) {
    let starts = new Uint32Array(1024)
    let count = 1
    for (let feed = text.indexOf('\n'); feed !== -1; feed = text.indexOf('\n', feed + 1)) {
      if (count === starts.length) {
        const grown = new Uint32Array(count * 2)
        grown.set(starts)
        starts = grown
      }
      starts[count++] = feed + 1
    }
    this.#starts = starts
    this.#count = count
  }

  /** The line, from 1, which holds the character at this UTF-16 offset. */
  lineAt(offset: number): number {
    let low = 0
    let high = this.#count
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if (this.#starts[middle]! <= offset) low = middle
      else high = middle
    }
    return low + 1
  }

  /** How many lines the text has; a line feed at its very end begins one more, which is empty. */
  get lineCount(): number {
    return this.#count
  }
}
