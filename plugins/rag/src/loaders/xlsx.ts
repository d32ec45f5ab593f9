import type {Page} from '../documents/document.ts'
import {CorruptDocumentError} from '../documents/errors.ts'
import {largestUnpackedOffice, type LoadBudget} from './limits.ts'
import type {ParsedText} from './parsed-text.ts'
import {addSheetRows} from './sheet-rows.ts'
import {TextBuilder} from './text-builder.ts'
import {coreProperties, localName, readXmlPart, relationshipsOf} from './xml.ts'
import {ZipArchive} from './zip-archive.ts'

const WORKBOOK = 'xl/workbook.xml'
const STRINGS = 'xl/sharedStrings.xml'
const STYLES = 'xl/styles.xml'
/** Formats that each system shows in its own way (ECMA-376-1, 18.8.30): written so that all read them alike. */
const LOCAL_FORMATS = new Map([
  [14, 'yyyy-mm-dd'],
  [22, 'yyyy-mm-dd hh:mm'],
])
/** Excel's own bounds (ECMA-376-1, 18.3.1.4; Microsoft, "Excel specifications and limits"). */
const LAST_COLUMN = 16_384
const LAST_ROW = 1_048_576

/**
 * Excel's XLSX (ECMA-376-1, part 18), a page for each sheet: a row for each row, with the header of each table marked.
 * Numbers and dates are written as their format shows them, but for formats that differ from system to system, which
 * are written in ISO 8601. A formula is its value as it was last calculated, or else itself. A merged cell's value stands
 * in each row that it reaches over. What is empty takes no room, however far a sheet goes.
 *
 * @throws CorruptDocumentError, EncryptedDocumentError, DocumentTooLargeError, and what the budget throws.
 */
export async function parseXlsx(bytes: Uint8Array, budget: LoadBudget): Promise<ParsedText> {
  const archive = new ZipArchive(bytes, budget.source, largestUnpackedOffice)
  const {sheets, dates1904} = await sheetsOf(archive, budget)
  const strings = await sharedStrings(archive, budget)
  const show = await cellFormatter(archive, budget, dates1904)
  const builder = new TextBuilder(budget)
  const pages: Page[] = []
  for (const {name, part} of sheets) {
    const start = builder.nextStart
    const rows = await rowsOf(archive, part, {strings, show}, budget)
    if (rows.length > 0) {
      builder.add('heading', name, 1)
      addSheetRows(builder, rows)
    }
    const hasText = builder.end > start
    pages.push({number: pages.length + 1, start: hasText ? start : builder.end, end: builder.end})
  }
  return {...builder.build(), pages, ...(await coreProperties(archive, budget))}
}

interface Sheet {
  readonly name: string
  readonly part: string
}

async function sheetsOf(archive: ZipArchive, budget: LoadBudget): Promise<{sheets: Sheet[]; dates1904: boolean}> {
  const relationships = await relationshipsOf(archive, WORKBOOK, budget)
  const sheets: Sheet[] = []
  let dates1904 = false
  await readXmlPart(archive, WORKBOOK, budget, {
    open(name, attributes) {
      if (localName(name) === 'workbookPr') dates1904 = isTrue(attributes.date1904)
      if (localName(name) !== 'sheet') return
      const relationship = relationships.get(attributes['r:id'] ?? '')
      if (relationship === undefined) throw new CorruptDocumentError(budget.source, 'one of its sheets is missing')
      // Sheets of charts and dialogs have no cells.
      if (relationship.type === 'worksheet') sheets.push({name: attributes.name ?? '', part: relationship.target})
    },
  })
  return {sheets, dates1904}
}

async function sharedStrings(archive: ZipArchive, budget: LoadBudget): Promise<readonly string[]> {
  const strings: string[] = []
  if (!archive.has(STRINGS)) return strings
  let characters = 0
  let current = ''
  let inText = false
  let inPhonetic = false
  await readXmlPart(archive, STRINGS, budget, {
    open(name) {
      const local = localName(name)
      if (local === 'si') current = ''
      else if (local === 'rPh') inPhonetic = true
      else inText = local === 't'
    },
    text(text) {
      if (inText && !inPhonetic) current += text
    },
    close(name) {
      const local = localName(name)
      if (local === 't') inText = false
      else if (local === 'rPh') inPhonetic = false
      else if (local === 'si') {
        characters += current.length
        budget.checkCharacters(characters)
        strings.push(unescaped(current))
      }
    },
  })
  return strings
}

/** Writes a number by the format of a cell's style. */
type ShowNumber = (value: number, style: number) => string

async function cellFormatter(archive: ZipArchive, budget: LoadBudget, dates1904: boolean): Promise<ShowNumber> {
  const {format, getFormatFromId, isDateFormat} = await import('numfmt')
  const custom = new Map<number, string>()
  const styles: number[] = []
  let inStyles = false
  if (archive.has(STYLES)) {
    await readXmlPart(archive, STYLES, budget, {
      open(name, attributes) {
        const local = localName(name)
        if (local === 'numFmt') custom.set(Number(attributes.numFmtId), attributes.formatCode ?? 'General')
        else if (local === 'cellXfs') inStyles = true
        else if (local === 'xf' && inStyles) styles.push(Number(attributes.numFmtId) || 0)
      },
      close(name) {
        if (localName(name) === 'cellXfs') inStyles = false
      },
    })
  }
  return (value, style) => {
    const id = styles[style] ?? 0
    const pattern = custom.get(id) ?? LOCAL_FORMATS.get(id) ?? getFormatFromId(id)
    try {
      // Dates of old Macs are counted from 1904-01-01, 1462 days later than the others.
      return format(pattern, dates1904 && isDateFormat(pattern) ? value + 1462 : value).trim()
    } catch {
      // A format that is no format, or a number that is no date.
      return String(value)
    }
  }
}

interface CellReading {
  readonly strings: readonly string[]
  readonly show: ShowNumber
}

/** The rows of a sheet, an empty one wherever rows are missing; cells are at the index of their column. */
async function rowsOf(
  archive: ZipArchive,
  part: string,
  {strings, show}: CellReading,
  budget: LoadBudget,
): Promise<readonly (readonly string[])[]> {
  const rows = new Map<number, string[]>()
  const merged: string[] = []
  let at = {row: 0, column: -1}
  let type = 'n'
  let style = 0
  let value = ''
  let formula = ''
  let into: 'value' | 'formula' | undefined
  let characters = 0
  await readXmlPart(archive, part, budget, {
    open(name, attributes) {
      switch (localName(name)) {
        case 'row':
          at = {row: placeIn(attributes.r, LAST_ROW) ?? at.row + 1, column: -1}
          break
        case 'c':
          at = cellPlace(attributes.r) ?? {row: at.row, column: at.column + 1}
          type = attributes.t ?? 'n'
          style = Number(attributes.s) || 0
          value = ''
          formula = ''
          break
        case 'v':
        case 't':
          into = 'value'
          break
        case 'f':
          into = 'formula'
          break
        case 'rPh':
          into = undefined
          break
        case 'mergeCell':
          if (attributes.ref) merged.push(attributes.ref)
      }
    },
    text(text) {
      if (into === 'value') value += text
      else if (into === 'formula') formula += text
    },
    close(name) {
      const local = localName(name)
      if (local === 'v' || local === 't' || local === 'f') into = undefined
      if (local !== 'c') return
      const shown = shownCell({type, style, value, formula}, {strings, show})
      if (shown === '') return
      characters += shown.length
      budget.checkCharacters(characters)
      const row = rows.get(at.row) ?? []
      row[at.column] = shown
      rows.set(at.row, row)
    },
  })
  for (const reference of merged) spread(rows, reference)
  return withGaps(rows)
}

interface Cell {
  readonly type: string
  readonly style: number
  readonly value: string
  readonly formula: string
}

function shownCell({type, style, value, formula}: Cell, {strings, show}: CellReading): string {
  if (value === '') return formula === '' ? '' : `=${formula}`
  switch (type) {
    case 's':
      return (strings[Number(value)] ?? '').trim().toWellFormed()
    case 'b':
      return value === '1' ? 'TRUE' : 'FALSE'
    case 'n': {
      const number = Number(value)
      return Number.isFinite(number) ? show(number, style) : value
    }
    default:
      return unescaped(value).trim().toWellFormed()
  }
}

/** Characters that XML cannot hold are written as `_x000D_` (ECMA-376-1, 22.9.2.19). */
function unescaped(text: string): string {
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => {
    const character = String.fromCharCode(Number.parseInt(code, 16))
    return character === '\r' ? '' : character
  })
}

/** Writes the value of a merged cell into each row that it reaches over, so that every row says what it is about. */
function spread(rows: Map<number, string[]>, reference: string): void {
  const [from, to] = reference.split(':').map(cellPlace)
  const value = from === undefined ? undefined : rows.get(from.row)?.[from.column]
  if (!from || !to || value === undefined) return
  for (let row = from.row + 1; row <= to.row; row++) {
    // Rows without content of their own are no rows of the table.
    const cells = rows.get(row)
    if (cells && cells[from.column] === undefined) cells[from.column] = value
  }
}

function withGaps(rows: ReadonlyMap<number, readonly string[]>): (readonly string[])[] {
  const all: (readonly string[])[] = []
  let previous: number | undefined
  for (const number of [...rows.keys()].toSorted((one, other) => one - other)) {
    if (previous !== undefined && number > previous + 1) all.push([])
    all.push(rows.get(number)!)
    previous = number
  }
  return all
}

/** `C7` as its row, from 1, and its column, from 0; undefined for no place on a sheet. */
function cellPlace(reference: string | undefined): {row: number; column: number} | undefined {
  const [, letters, digits] = /^\$?([A-Z]{1,3})\$?(\d{1,7})$/.exec(reference ?? '') ?? []
  const row = placeIn(digits, LAST_ROW)
  if (letters === undefined || row === undefined) return undefined
  const column = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0)
  return column <= LAST_COLUMN ? {row, column: column - 1} : undefined
}

function placeIn(number: string | undefined, last: number): number | undefined {
  const place = Number(number)
  return Number.isInteger(place) && place >= 1 && place <= last ? place : undefined
}

function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true'
}
