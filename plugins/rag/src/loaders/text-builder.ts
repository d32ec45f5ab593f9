import type {Block} from '../documents/document.ts'
import type {LoadBudget} from './limits.ts'
import type {ParsedText} from './parsed-text.ts'

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
  add(kind: Exclude<Block['kind'], 'row'>, content: string, level?: number): void {
    // Code keeps the indentation of its first line.
    const text = kind === 'code' ? content.replace(/^(?:[ \t]*\n)+/, '').trimEnd() : content.trim()
    if (text.trim() === '') return
    const start = this.#write(text, '\n\n')
    const offset = kind === 'code' ? text.length - text.trimStart().length : 0
    const block = {kind, start: start + offset, end: this.#length}
    this.#blocks.push(level === undefined ? block : {...block, level})
  }

  /**
   * Adds a row of a table, on a line of its own right below the row before it.
   *
   * @throws as `add`.
   */
  addRow(content: string, isHeader = false): void {
    const text = content.trim()
    if (text === '') return
    const start = this.#write(text, this.#blocks.at(-1)?.kind === 'row' && !isHeader ? '\n' : '\n\n')
    const row = {kind: 'row', start, end: this.#length} as const
    this.#blocks.push(isHeader ? {...row, header: true} : row)
  }

  /**
   * Adds what another loader made of a part of the document, with its headings `deeper` levels further in.
   *
   * @throws as `add`.
   */
  append({text, blocks}: Pick<ParsedText, 'text' | 'blocks'>, deeper = 0): void {
    const first = blocks[0]
    if (first === undefined) return
    const start = this.#write(text.slice(first.start, blocks.at(-1)!.end), '\n\n') - first.start
    for (const block of blocks) {
      const placed = {...block, start: block.start + start, end: block.end + start}
      this.#blocks.push(block.level === undefined ? placed : {...placed, level: block.level + deeper})
    }
  }

  build(): {text: string; blocks: readonly Block[]} {
    return {text: this.#parts.join(''), blocks: this.#blocks}
  }

  /** Puts text after what is there; returns where it begins. */
  #write(text: string, separator: string): number {
    if (this.#length > 0) this.#parts.push(separator)
    const start = this.#length === 0 ? 0 : this.#length + separator.length
    this.#parts.push(text)
    this.#length = start + text.length
    this.#budget.checkCharacters(this.#length)
    this.#budget.check()
    return start
  }
}
