import type {Page} from '../documents/document.ts'
import {EncryptedDocumentError} from '../documents/errors.ts'
import {largestUnpackedOffice, type LoadBudget} from './limits.ts'
import type {ParsedText} from './parsed-text.ts'
import {addSheetRows} from './sheet-rows.ts'
import {tableText} from './table-text.ts'
import {TextBuilder} from './text-builder.ts'
import {propertiesIn, readXmlPart, type XmlVisitor} from './xml.ts'
import {ZipArchive} from './zip-archive.ts'

/** What is not part of the text a reader sees: drafts that were struck out, remarks, and definitions. */
const DROPPED = new Set([
  'text:tracked-changes',
  'office:annotation',
  'office:forms',
  'office:scripts',
  'text:sequence-decls',
  'text:variable-decls',
  'text:user-field-decls',
  'table:calculation-settings',
  'table:content-validations',
  'table:tracked-changes',
  'svg:title',
  'svg:desc',
  'presentation:footer-decl',
  'presentation:date-time-decl',
])
/** Repeated cells and rows are written once with a count; a sheet is as wide and long as programs allow. */
const MOST_REPEATED = 1024

/**
 * OpenDocument (OASIS ODF 1.3): texts (ODT) with headings, paragraphs, lists, tables and footnotes; presentations (ODP)
 * with a page for each slide and its notes; spreadsheets (ODS) with a page for each sheet, cells as they are shown.
 *
 * @throws CorruptDocumentError, EncryptedDocumentError, DocumentTooLargeError, and what the budget throws.
 */
export async function parseOpenDocument(bytes: Uint8Array, budget: LoadBudget): Promise<ParsedText> {
  const archive = new ZipArchive(bytes, budget.source, largestUnpackedOffice)
  await refuseEncrypted(archive, budget)
  const reader = new ContentReader(budget)
  await readXmlPart(archive, 'content.xml', budget, reader)
  const properties = archive.has('meta.xml') ? await propertiesIn(archive, 'meta.xml', budget) : {metadata: {}}
  return {...reader.result(), ...properties}
}

async function refuseEncrypted(archive: ZipArchive, budget: LoadBudget): Promise<void> {
  const manifest = 'META-INF/manifest.xml'
  if (!archive.has(manifest)) return
  await readXmlPart(archive, manifest, budget, {
    open(name) {
      if (name !== 'manifest:encryption-data') return
      throw new EncryptedDocumentError(budget.source, 'is protected by a password', {
        hint: 'save a copy without a password',
      })
    },
  })
}

interface OpenTable {
  readonly rows: string[][]
  headerRows: number
  inHeader: boolean
  rowRepeat: number
  cellRepeat: number
  /** Paragraphs of the cell that is being read. */
  cell: string[]
}

/** Collects the blocks of content.xml. */
class ContentReader implements XmlVisitor {
  readonly #builder: TextBuilder
  readonly #budget: LoadBudget
  /** Of cells, repeated ones counted as often as they stand. */
  #cellCharacters = 0
  readonly #pages: Page[] = []
  readonly #open: {text: string; readonly kind: 'paragraph' | 'heading'; readonly level: number}[] = []
  readonly #notes: string[] = []
  #isSpreadsheet = false
  #dropped = 0
  #lists = 0
  #listLines: string[] = []
  #startsItem = false
  #tables: OpenTable[] = []
  #pageStart = 0
  #inNotes = false

  constructor(budget: LoadBudget) {
    this.#builder = new TextBuilder(budget)
    this.#budget = budget
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (this.#dropped > 0 || DROPPED.has(name)) {
      this.#dropped++
      return
    }
    switch (name) {
      case 'office:spreadsheet':
        this.#isSpreadsheet = true
        break
      case 'draw:page':
        this.#beginPage()
        break
      case 'presentation:notes':
        this.#inNotes = true
        break
      case 'text:h':
        this.#open.push({text: '', kind: 'heading', level: Number(attributes['text:outline-level']) || 1})
        break
      case 'text:p':
        this.#open.push({text: '', kind: 'paragraph', level: 0})
        break
      case 'text:s':
        this.#append(' '.repeat(Math.min(Number(attributes['text:c']) || 1, MOST_REPEATED)))
        break
      case 'text:tab':
        this.#append('\t')
        break
      case 'text:line-break':
        this.#append('\n')
        break
      case 'text:list':
        this.#lists++
        break
      case 'text:list-item':
        this.#startsItem = true
        break
      case 'table:table':
        if (this.#isSpreadsheet) {
          this.#beginPage()
          this.#builder.add('heading', attributes['table:name'] ?? '', 1)
        }
        this.#tables.push({rows: [], headerRows: 0, inHeader: false, rowRepeat: 1, cellRepeat: 1, cell: []})
        break
      default:
        this.#openInTable(name, attributes)
    }
  }

  close(name: string): void {
    if (this.#dropped > 0) {
      this.#dropped--
      return
    }
    switch (name) {
      case 'draw:page':
        this.#endPage()
        break
      case 'presentation:notes':
        this.#inNotes = false
        break
      case 'text:h':
      case 'text:p':
        this.#endParagraph()
        break
      case 'text:list':
        this.#lists--
        if (this.#lists === 0 && this.#tables.length === 0) this.#endList()
        break
      case 'table:table-cell':
        this.#endCell()
        break
      case 'table:table-header-rows':
        if (this.#tables.length > 0) this.#tables.at(-1)!.inHeader = false
        break
      case 'table:table-row':
        this.#endRow()
        break
      case 'table:table':
        this.#endTable()
    }
  }

  text(text: string): void {
    // White space is collapsed as in HTML; what is meant to stay is written as elements (ODF 1.3, part 3, 6.1.2).
    if (this.#dropped === 0) this.#append(text.replace(/\s+/g, ' '))
  }

  result(): Pick<ParsedText, 'text' | 'blocks' | 'pages'> {
    for (const note of this.#notes) this.#builder.add('paragraph', note)
    return {...this.#builder.build(), ...(this.#pages.length > 0 ? {pages: this.#pages} : {})}
  }

  #openInTable(name: string, attributes: Readonly<Record<string, string>>): void {
    const table = this.#tables.at(-1)
    if (table === undefined) return
    const repeated = (attribute: string): number => Math.min(Number(attributes[attribute]) || 1, MOST_REPEATED)
    if (name === 'table:table-header-rows') table.inHeader = true
    else if (name === 'table:table-row') {
      table.rowRepeat = repeated('table:number-rows-repeated')
      table.rows.push([])
    } else if (name === 'table:table-cell') {
      table.cellRepeat = repeated('table:number-columns-repeated')
      table.cell = []
    } else if (name === 'table:covered-table-cell') {
      // A cell below another that reaches over it says the same; one beside it says nothing new.
      const count = repeated('table:number-columns-repeated')
      for (let each = 0; each < count; each++) table.rows.at(-1)?.push('')
    }
  }

  #append(text: string): void {
    const paragraph = this.#open.at(-1)
    if (paragraph) paragraph.text += text
  }

  #endParagraph(): void {
    const paragraph = this.#open.pop()
    const text = paragraph?.text
      .replace(/[ \t]*\n[ \t]*/g, '\n')
      .trim()
      .toWellFormed()
    if (!paragraph || !text) return
    // A paragraph inside another is that of a footnote or of a text box.
    if (this.#open.length > 0) this.#notes.push(text)
    else if (this.#tables.length > 0) this.#tables.at(-1)!.cell.push(text)
    else if (this.#lists > 0) this.#addListLine(text)
    else if (paragraph.kind === 'heading') this.#builder.add('heading', text.replaceAll('\n', ' '), paragraph.level)
    else {
      if (this.#inNotes) this.#addNotesHeading()
      this.#builder.add('paragraph', text)
    }
  }

  #addNotesHeading(): void {
    this.#inNotes = false
    this.#builder.add('heading', 'Notes', 2)
  }

  #addListLine(text: string): void {
    const indentation = '  '.repeat(Math.min(this.#lists, MOST_INDENTED) - 1)
    const content = text.replaceAll('\n', `\n${indentation}  `)
    this.#listLines.push(`${indentation}${this.#startsItem ? '- ' : '  '}${content}`)
    this.#startsItem = false
  }

  #endList(): void {
    this.#builder.add('list', this.#listLines.join('\n'))
    this.#listLines = []
  }

  #endCell(): void {
    const table = this.#tables.at(-1)
    if (table === undefined) return
    const text = table.cell.join(' ')
    for (let each = 0; each < table.cellRepeat; each++) table.rows.at(-1)?.push(text)
    table.cell = []
  }

  #endRow(): void {
    const table = this.#tables.at(-1)
    const row = table?.rows.pop()
    if (table === undefined || row === undefined) return
    while (row.at(-1) === '') row.pop()
    if (table.inHeader) table.headerRows++
    const times = row.length === 0 ? 1 : table.rowRepeat
    this.#cellCharacters += times * row.reduce((sum, cell) => sum + cell.length + 3, 0)
    this.#budget.checkCharacters(this.#cellCharacters)
    for (let each = 0; each < times; each++) table.rows.push(row)
  }

  #endTable(): void {
    const table = this.#tables.pop()
    if (table === undefined) return
    const outer = this.#tables.at(-1)
    if (outer) outer.cell.push(...table.rows.filter(row => row.length > 0).map(row => row.join(' ')))
    else if (this.#isSpreadsheet) {
      addSheetRows(this.#builder, table.rows)
      this.#endPage()
    } else {
      const rows = table.rows.filter(row => row.length > 0)
      if (rows.length > 0) this.#builder.add('table', tableText(rows, table.headerRows > 0))
    }
  }

  #beginPage(): void {
    this.#pageStart = this.#builder.nextStart
  }

  #endPage(): void {
    const {end} = this.#builder
    const hasText = end > this.#pageStart
    this.#pages.push({number: this.#pages.length + 1, start: hasText ? this.#pageStart : end, end})
  }
}

const MOST_INDENTED = 10
