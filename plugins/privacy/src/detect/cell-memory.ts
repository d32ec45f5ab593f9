import type {DetectOptions, TextDetector} from './detector.ts'
import type {Span} from './entity.ts'

/** A column whose values come again: what was found in each. */
interface Column {
  readonly found: Map<string, readonly Span[]>
  looked: number
  hits: number
  /** Its values hardly come again: remembering them costs more than it saves. */
  distinct: boolean
}

const longestRemembered = 80
const mostColumns = 500
const mostValues = 4096
/** Of the values looked at. */
const leastHits = 0.2

/**
 * A detector that remembers what it found in the short values of a column, or among the keys of JSON, for a table says the same few things again and again: towns,
 * states, days. Decided column by column. It belongs to one run and is not shared.
 */
export class CellMemory implements TextDetector {
  readonly #detector: TextDetector
  readonly #columns = new Map<string, Column>()

  constructor(detector: TextDetector) {
    this.#detector = detector
  }

  detect(text: string, options: DetectOptions = {}): readonly Span[] {
    const {field = ''} = options
    if (text.length > longestRemembered) return this.#detector.detect(text, options)
    const column = this.#column(field)
    if (column === undefined || column.distinct) return this.#detector.detect(text, options)
    column.looked++
    const known = column.found.get(text)
    if (known !== undefined) {
      column.hits++
      return known
    }
    const spans = this.#detector.detect(text, options)
    if (column.found.size >= mostValues) this.#forget(column)
    if (!column.distinct) column.found.set(text, spans)
    return spans
  }

  prepare(text: string, options: DetectOptions = {}): Promise<void> | undefined {
    if (!this.#detector.prepare) return undefined
    const known = this.#columns.get(options.field ?? '')?.found.has(text) ?? false
    return known ? undefined : this.#detector.prepare(text, options)
  }

  /** Keys of a JSON file may be without number: only the first ones are columns. */
  #column(field: string): Column | undefined {
    const known = this.#columns.get(field)
    if (known !== undefined || this.#columns.size >= mostColumns) return known
    const column = {found: new Map(), looked: 0, hits: 0, distinct: false}
    this.#columns.set(field, column)
    return column
  }

  #forget(column: Column): void {
    column.distinct = column.hits < column.looked * leastHits
    column.found.clear()
    column.looked = 0
    column.hits = 0
  }
}
