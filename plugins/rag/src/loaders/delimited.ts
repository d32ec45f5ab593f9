import type {Block} from '../documents/document.ts'
import {skipWhiteSpace, trimWhiteSpaceEnd} from '../documents/white-space.ts'
import type {LoadBudget} from './limits.ts'
import type {ParsedText} from './parsed-text.ts'
import {isBlankLine, textLines} from './text-lines.ts'

const DELIMITERS = [',', ';', '\t', '|'] as const
type Delimiter = (typeof DELIMITERS)[number]

const SNIFFED_CHARACTERS = 65_536
const SNIFFED_RECORDS = 100

/**
 * CSV and its relatives (RFC 4180, and what programs write): a block for each record, which may run over several
 * lines; the first is marked as the header if it looks like one. The delimiter is found by trying. What is no valid
 * CSV, such as a quote that is never closed, is read line by line. The text stays as it is.
 *
 * @throws what the budget throws.
 */
export async function parseDelimited(text: string, mediaType: string, budget: LoadBudget): Promise<ParsedText> {
  const delimiter = mediaType === 'text/tab-separated-values' ? '\t' : await sniffDelimiter(text)
  const blocks: Block[] = []
  const isValid = await eachRecord(text, delimiter, record => {
    budget.check()
    const start = skipWhiteSpace(text, record.start, record.end)
    const end = trimWhiteSpaceEnd(text, start, record.end)
    if (end === start) return
    const isHeader = blocks.length === 0 && looksLikeHeader(record.cells)
    blocks.push(isHeader ? {kind: 'row', start, end, header: true} : {kind: 'row', start, end})
  })
  return isValid ? {text, blocks} : lineByLine(text)
}

interface DelimitedRecord {
  /** The record as it stands in the text, with its delimiters and quotes. */
  readonly start: number
  readonly end: number
  readonly cells: readonly string[]
}

/** Hands each record to `visit`, in order; false if the text is no valid CSV from some record on. */
async function eachRecord(
  text: string,
  delimiter: Delimiter,
  visit: (record: DelimitedRecord) => void,
): Promise<boolean> {
  const {CsvError, parse} = await import('csv-parse/sync')
  let offset = 0
  try {
    parse(text, {
      delimiter,
      raw: true,
      relax_column_count: true,
      on_record: (extended: unknown) => {
        // With `raw`, records come as objects, which the types do not say. It lacks the line feed of CR LF, and of
        // empty lines if they were skipped: its place is looked for from where the last record ended.
        const {record, raw} = extended as {record: string[]; raw: string}
        const start = text.indexOf(raw, offset)
        if (start === -1) throw new UnknownPositionError()
        offset = start + raw.length
        visit({start, end: offset, cells: record})
        // The records are not kept a second time by the parser.
        return null
      },
    })
    return true
  } catch (error) {
    if (error instanceof CsvError || error instanceof UnknownPositionError) return false
    throw error
  }
}

/** The parser gave a record back changed, so that its place in the text cannot be told. */
class UnknownPositionError extends Error {}

/** The delimiter by which the first records have the same number of cells most often, and most cells. */
async function sniffDelimiter(text: string): Promise<Delimiter> {
  const lastFeed = text.lastIndexOf('\n', SNIFFED_CHARACTERS)
  const sample =
    text.length <= SNIFFED_CHARACTERS || lastFeed === -1 ? text.slice(0, SNIFFED_CHARACTERS) : text.slice(0, lastFeed)
  let best: {delimiter: Delimiter; score: number} = {delimiter: ',', score: 0}
  for (const delimiter of DELIMITERS) {
    const widths: number[] = []
    await eachRecord(sample, delimiter, ({cells}) => {
      const isEmpty = cells.length === 1 && cells[0] === ''
      if (!isEmpty && widths.length < SNIFFED_RECORDS) widths.push(cells.length)
    })
    const width = widths[0] ?? 1
    const regular = widths.filter(each => each === width).length / Math.max(widths.length, 1)
    const score = width === 1 ? 0 : regular + Math.min(width, 50) / 1000
    if (score > best.score) best = {delimiter, score}
  }
  return best.delimiter
}

/** Whether cells are names of columns: none empty, none a number or a date, no two alike. */
export function looksLikeHeader(cells: readonly string[]): boolean {
  const names = cells.map(cell => cell.trim())
  const areNames = names.every(
    name => name !== '' && name.length <= 100 && !/^[-+]?[\d.,:/\s-]*\d[\d.,:/\s%€$-]*$/.test(name),
  )
  return areNames && new Set(names).size === names.length
}

function lineByLine(text: string): ParsedText {
  const blocks = textLines(text)
    .filter(line => !isBlankLine(line))
    .map(({contentStart, contentEnd}): Block => ({kind: 'row', start: contentStart, end: contentEnd}))
  return {text, blocks}
}
