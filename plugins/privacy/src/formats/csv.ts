import {copied, MalformedFileError, plainValue, type Segment, type SegmentReader, type Value} from './segment.ts'

export interface CsvOptions {
  /** One character; found from the first line by default. */
  readonly delimiter?: string
  /** Whether the first record names the columns; yes by default. */
  readonly header?: boolean
}

const delimiters = [',', ';', '\t', '|'] as const
const longestCell = 16 * 1024 * 1024

/** The cells of a CSV file (RFC 4180; also with other delimiters) as values, everything between them copied. */
export function csvSegments(options: CsvOptions = {}): SegmentReader {
  return async function* read(pieces) {
    const reader = new CsvReader(options)
    for await (const piece of pieces) yield reader.push(piece)
    yield reader.finish()
  }
}

class CsvReader {
  #delimiter: string | undefined
  readonly #header: boolean
  readonly #columns: string[] = []
  #pending = ''
  #record = 0
  #column = 0

  constructor(options: CsvOptions) {
    this.#delimiter = options.delimiter
    this.#header = options.header ?? true
  }

  *push(piece: string): Generator<Segment> {
    this.#pending += piece
    if (this.#delimiter === undefined) {
      const lineEnd = this.#pending.indexOf('\n')
      if (lineEnd < 0 && this.#pending.length < longestCell) return
      this.#delimiter = guessDelimiter(this.#pending.slice(0, lineEnd < 0 ? undefined : lineEnd))
    }
    yield* this.#cells(false)
  }

  *finish(): Generator<Segment> {
    this.#delimiter ??= guessDelimiter(this.#pending)
    yield* this.#cells(true)
  }

  *#cells(atEnd: boolean): Generator<Segment> {
    const delimiter = this.#delimiter as string
    let at = 0
    if (this.#record === 0 && this.#column === 0 && this.#pending.startsWith('\uFEFF')) {
      yield copied('\uFEFF')
      at = 1
    }
    for (;;) {
      const end = this.#cellEnd(at, delimiter, atEnd)
      if (end === undefined || (end === this.#pending.length && !atEnd)) break
      const raw = this.#pending.slice(at, end)
      if (raw !== '') yield this.#cell(raw)
      if (end === this.#pending.length) {
        at = end
        break
      }
      const separator = this.#pending.startsWith('\r\n', end) ? '\r\n' : this.#pending.charAt(end)
      // A carriage return at the end may be the first half of a line end.
      if (separator === '\r' && end + 1 === this.#pending.length && !atEnd) {
        this.#pending = this.#pending.slice(end)
        this.#column++
        return
      }
      yield copied(separator)
      if (separator === delimiter) this.#column++
      else {
        this.#column = 0
        this.#record++
      }
      at = end + separator.length
    }
    this.#pending = this.#pending.slice(at)
    if (this.#pending.length > longestCell) {
      throw new MalformedFileError(
        `A cell of record ${this.#record + 1} is longer than 16 MB, or its quotes never close`,
        {
          hint: 'read it as text with --format text',
        },
      )
    }
  }

  #cell(raw: string): Value | Segment {
    const text = raw.startsWith('"')
      ? raw.slice(1, raw.endsWith('"') && raw.length > 1 ? -1 : undefined).replaceAll('""', '"')
      : raw
    if (this.#record === 0 && this.#header) {
      this.#columns[this.#column] = text.trim()
      return copied(raw)
    }
    const field = this.#columns[this.#column] ?? ''
    if (!raw.startsWith('"')) return plainValue(raw, field)
    return {kind: 'value', raw, text, rawOffset: quotedOffsets(raw), field, bare: false}
  }

  /** Where the cell that begins at a place ends; undefined where more of the file is needed to tell. */
  #cellEnd(start: number, delimiter: string, atEnd: boolean): number | undefined {
    const text = this.#pending
    let at = start
    if (text.charAt(at) === '"') {
      for (;;) {
        const quote = text.indexOf('"', at + 1)
        if (quote < 0) {
          if (!atEnd) return undefined
          throw new MalformedFileError(`The quotes of a cell in record ${this.#record + 1} never close`, {
            hint: 'read it as text with --format text',
          })
        }
        if (quote + 1 === text.length && !atEnd) return undefined
        at = quote + 1
        if (text.charAt(at) !== '"') break
      }
    }
    while (at < text.length) {
      const character = text.charAt(at)
      if (character === delimiter || character === '\n' || character === '\r') return at
      at++
    }
    return at
  }
}

function guessDelimiter(line: string): string {
  const counts = delimiters.map(delimiter => line.split(delimiter).length)
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ','
}

/** Offsets from the text of a quoted cell into its raw form: one quote before it, and doubled ones inside. */
function quotedOffsets(raw: string): (at: number) => number {
  if (raw.indexOf('""', 1) < 0) return at => at + 1
  const offsets: number[] = []
  for (let at = 1; at < raw.length; at++) {
    offsets.push(at)
    if (raw.startsWith('""', at)) at++
  }
  return at => offsets[at] ?? raw.length - 1
}
