import {createReadStream} from 'node:fs'
import {open} from 'node:fs/promises'
import {FailureError} from '@omni-ops/core/operation'
import {noSuchFile} from '@omni-ops/core/reading'
import {TableError} from '../anonymity/errors.ts'

/** A table that can be read more than once, row by row, so that it need not fit into memory. */
export interface TableSource {
  /** The table in words, for messages. */
  readonly name: string
  readonly header: readonly string[]
  rows(signal?: AbortSignal): AsyncIterable<readonly string[]>
}

/** Rows that are in memory already. Throws TableError where a row's length is not the header's. */
export function tableOf(name: string, header: readonly string[], rows: readonly (readonly string[])[]): TableSource {
  requireUnique(name, header)
  const ragged = rows.findIndex(row => row.length !== header.length)
  if (ragged !== -1) {
    throw new TableError(
      `Row ${ragged + 1} of ${name} has ${rows[ragged]!.length} values, the header has ${header.length}`,
    )
  }
  return {
    name,
    header,
    async *rows(signal) {
      for (const row of rows) {
        signal?.throwIfAborted()
        yield row
      }
    },
  }
}

const delimiters = [',', ';', '\t', '|'] as const

export interface CsvTable extends TableSource {
  readonly delimiter: string
}

/**
 * A CSV file (RFC 4180) with a header; the delimiter is found in the first line where none is given.
 * Throws NoSuchFileError, TableError for a file without a header or with two equal names.
 */
export async function openCsv(path: string, delimiter?: string): Promise<CsvTable> {
  const first = await firstLine(path)
  const separator = delimiter ?? likelyDelimiter(first)
  for await (const header of readCsv(path, separator)) {
    requireUnique(path, header)
    return {
      name: path,
      header,
      delimiter: separator,
      async *rows(signal) {
        let line = 0
        for await (const row of readCsv(path, separator, signal)) if (line++ > 0) yield row
      },
    }
  }
  throw new TableError(`${path} is empty`)
}

/** All rows of a small CSV file without a header, such as a hierarchy. */
export async function readSmallCsv(path: string, delimiter?: string): Promise<readonly (readonly string[])[]> {
  const separator = delimiter ?? likelyDelimiter(await firstLine(path))
  const rows: (readonly string[])[] = []
  for await (const row of readCsv(path, separator)) rows.push(row)
  return rows
}

async function* readCsv(path: string, delimiter: string, signal?: AbortSignal): AsyncGenerator<readonly string[]> {
  const {parse} = await import('csv-parse')
  const parser = parse({delimiter, bom: true, skip_empty_lines: true})
  const stream = createReadStream(path)
  stream.on('error', error => parser.destroy(error))
  stream.pipe(parser)
  try {
    for await (const row of parser) {
      signal?.throwIfAborted()
      yield row as string[]
    }
  } catch (error) {
    throw readable(error as Error & {code?: string; lines?: number}, path)
  } finally {
    stream.destroy()
  }
}

function readable(error: Error & {code?: string; lines?: number}, path: string): Error {
  const missing = noSuchFile(error, path)
  if (missing) return missing
  if (error.code?.startsWith('CSV_'))
    return new TableError(`${path} is not a regular CSV file: ${error.message}`, {cause: error})
  if (error.code?.startsWith('E'))
    return new FailureError(`${path} could not be read: ${error.message}`, {cause: error})
  return error
}

const headerBytes = 64 * 1024

async function firstLine(path: string): Promise<string> {
  try {
    await using file = await open(path)
    const {buffer, bytesRead} = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, 0)
    return buffer.toString('utf8', 0, bytesRead).split(/\r?\n/, 1)[0] as string
  } catch (error) {
    throw readable(error as Error, path)
  }
}

/** The delimiter that occurs most often outside of quotes; a comma where none does. */
function likelyDelimiter(line: string): string {
  const bare = line.replaceAll(/"[^"]*"/g, '')
  const counted = delimiters.map(delimiter => ({delimiter, count: bare.split(delimiter).length}))
  return counted.reduce((best, each) => (each.count > best.count ? each : best)).delimiter
}

function requireUnique(name: string, header: readonly string[]): void {
  const twice = header.find((column, index) => header.indexOf(column) !== index)
  if (twice === undefined) return
  throw new TableError(`${name} has two columns called "${twice}"`, {hint: 'give every column a name of its own'})
}

/** A row as a line of CSV (RFC 4180), without the end of the line. */
export function csvLine(row: readonly string[], delimiter: string): string {
  return row
    .map(cell => (cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(delimiter)
}
