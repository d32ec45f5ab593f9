import {TableError} from '../anonymity/errors.ts'
import type {EncodedColumn} from '../anonymity/microdata.ts'
import type {TableSource} from './table-source.ts'

/**
 * Reads some columns of a table into dictionary codes: four bytes a value, whatever its text. Throws TableError where
 * the table has no such column.
 */
export async function encodeColumns(
  source: TableSource,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, EncodedColumn>> {
  const columns = names.map(name => ({at: columnOf(source, name), builder: new ColumnBuilder(name)}))
  for await (const row of source.rows(signal)) {
    for (const {at, builder} of columns) builder.add(row[at] as string)
  }
  return new Map(columns.map(({builder}) => [builder.name, builder.column()]))
}

/** The position of a column. Throws TableError. */
export function columnOf(source: TableSource, name: string): number {
  const at = source.header.indexOf(name)
  if (at !== -1) return at
  throw new TableError(`${source.name} has no column "${name}"`, {hint: `it has ${source.header.join(', ')}`})
}

const firstCapacity = 1024

class ColumnBuilder {
  readonly name: string
  readonly #codeOf = new Map<string, number>()
  #codes = new Int32Array(firstCapacity)
  #length = 0

  constructor(name: string) {
    this.name = name
  }

  add(value: string): void {
    let code = this.#codeOf.get(value)
    if (code === undefined) {
      code = this.#codeOf.size
      this.#codeOf.set(value, code)
    }
    if (this.#length === this.#codes.length) {
      const larger = new Int32Array(this.#length * 2)
      larger.set(this.#codes)
      this.#codes = larger
    }
    this.#codes[this.#length++] = code
  }

  column(): EncodedColumn {
    return {name: this.name, labels: [...this.#codeOf.keys()], codes: this.#codes.slice(0, this.#length)}
  }
}
