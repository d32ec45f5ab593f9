import type {Block} from '../documents/document.ts'
import type {LoadBudget} from './limits.ts'

/** Puts together the text of a document that is extracted, with its blocks parted by blank lines. */
export class TextBuilder {
  readonly #budget: LoadBudget
  readonly #parts: string[] = []
  readonly #blocks: Block[] = []
  #length = 0

  constructor(budget: LoadBudget) {
    this.#budget = budget
  }

  /** Where the next block will begin. */
  get nextStart(): number {
    return this.#length === 0 ? 0 : this.#length + 2
  }

  /** Where the last block ends. */
  get end(): number {
    return this.#length
  }

  /**
   * Adds a block; content of white space alone is left out.
   *
   * @throws DocumentTooLargeError, LoadTimeoutError, CancelledError by the budget.
   */
  add(kind: Block['kind'], content: string, level?: number): void {
    // Code keeps the indentation of its first line.
    const text = kind === 'code' ? content.replace(/^(?:[ \t]*\n)+/, '').trimEnd() : content.trim()
    if (text.trim() === '') return
    if (this.#length > 0) this.#parts.push('\n\n')
    const start = this.nextStart
    this.#parts.push(text)
    this.#length = start + text.length
    this.#budget.checkCharacters(this.#length)
    this.#budget.check()
    const offset = kind === 'code' ? text.length - text.trimStart().length : 0
    const block = {kind, start: start + offset, end: this.#length}
    this.#blocks.push(level === undefined ? block : {...block, level})
  }

  build(): {text: string; blocks: readonly Block[]} {
    return {text: this.#parts.join(''), blocks: this.#blocks}
  }
}
