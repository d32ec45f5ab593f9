import type {Page} from '../documents/document.ts'
import {CorruptDocumentError} from '../documents/errors.ts'
import type {LoadBudget} from './limits.ts'
import {largestUnpackedOffice} from './limits.ts'
import type {ParsedText} from './parsed-text.ts'
import {tableText} from './table-text.ts'
import {TextBuilder} from './text-builder.ts'
import {coreProperties, localName, readXmlPart, relationshipsOf} from './xml.ts'
import {ZipArchive} from './zip-archive.ts'

const PRESENTATION = 'ppt/presentation.xml'
/** Placeholders that repeat on every slide (ECMA-376-1, 19.7.10). */
const FURNITURE = new Set(['sldNum', 'dt', 'ftr', 'hdr', 'sldImg'])
const TITLES = new Set(['title', 'ctrTitle'])

/**
 * PowerPoint's PPTX (ECMA-376-1, part 19), a page for each slide in the order of the presentation: its title as a
 * heading, its text, tables, the text of diagrams, and then the speaker's notes under a heading of their own. Pictures,
 * charts, slide numbers and footers are left out; hidden slides are read.
 *
 * @throws CorruptDocumentError, EncryptedDocumentError, DocumentTooLargeError, and what the budget throws.
 */
export async function parsePptx(bytes: Uint8Array, budget: LoadBudget): Promise<ParsedText> {
  const archive = new ZipArchive(bytes, budget.source, largestUnpackedOffice)
  const builder = new TextBuilder(budget)
  const pages: Page[] = []
  let firstTitle: string | undefined
  for (const part of await slidesOf(archive, budget)) {
    const start = builder.nextStart
    const slide = await shapesOf(archive, part, budget)
    firstTitle ??= slide.find(isTitle)?.paragraphs.join(' ')
    // A title that stands below other shapes in the file stands above them on the slide.
    for (const shape of [...slide.filter(isTitle), ...slide.filter(each => !isTitle(each))]) addShape(builder, shape)
    for (const {type, target} of (await relationshipsOf(archive, part, budget)).values()) {
      if (type === 'diagramData' && archive.has(target)) await addDiagram(builder, archive, target, budget)
      if (type === 'notesSlide' && archive.has(target)) await addNotes(builder, archive, target, budget)
    }
    const hasText = builder.end > start
    pages.push({number: pages.length + 1, start: hasText ? start : builder.end, end: builder.end})
  }
  const {title, metadata} = await coreProperties(archive, budget)
  // PowerPoint puts this title into every presentation that has none.
  const named = title === undefined || title.startsWith('PowerPoint ') ? firstTitle : title
  return {...builder.build(), pages, metadata, ...(named === undefined ? {} : {title: named})}
}

async function slidesOf(archive: ZipArchive, budget: LoadBudget): Promise<string[]> {
  const relationships = await relationshipsOf(archive, PRESENTATION, budget)
  const slides: string[] = []
  await readXmlPart(archive, PRESENTATION, budget, {
    open(name, attributes) {
      if (localName(name) !== 'sldId') return
      const target = relationships.get(attributes['r:id'] ?? '')?.target
      if (target === undefined) throw new CorruptDocumentError(budget.source, 'one of its slides is missing')
      slides.push(target)
    },
  })
  return slides
}

interface Shape {
  placeholder: string
  readonly paragraphs: string[]
  /** Set for a table, whose text is here instead. */
  table?: {readonly rows: string[][]; hasHeader: boolean}
}

function isTitle({placeholder}: Shape): boolean {
  return TITLES.has(placeholder)
}

/** The shapes of a slide or of its notes, in the order of the file. */
async function shapesOf(archive: ZipArchive, part: string, budget: LoadBudget): Promise<Shape[]> {
  const shapes: Shape[] = []
  let shape: Shape = {placeholder: '', paragraphs: []}
  let paragraph = ''
  let cell: string[] | undefined
  let inText = false
  await readXmlPart(archive, part, budget, {
    open(name, attributes) {
      switch (localName(name)) {
        case 'sp':
        case 'graphicFrame':
          shape = {placeholder: '', paragraphs: []}
          shapes.push(shape)
          break
        case 'ph':
          shape.placeholder = attributes.type ?? 'body'
          break
        case 'tbl':
          shape.table = {rows: [], hasHeader: false}
          break
        case 'tblPr':
          if (shape.table) shape.table.hasHeader = attributes.firstRow === '1' || attributes.firstRow === 'true'
          break
        case 'tr':
          shape.table?.rows.push([])
          break
        case 'tc':
          cell = []
          break
        case 'p':
          paragraph = ''
          break
        case 't':
          inText = true
          break
        case 'br':
          paragraph += '\n'
          break
        case 'tab':
          paragraph += '\t'
      }
    },
    text(text) {
      if (inText) paragraph += text
    },
    close(name) {
      switch (localName(name)) {
        case 't':
          inText = false
          break
        case 'p':
          if (paragraph.trim() !== '') (cell ?? shape.paragraphs).push(paragraph.trim().toWellFormed())
          paragraph = ''
          break
        case 'tc':
          shape.table?.rows.at(-1)?.push((cell ?? []).join(' '))
          cell = undefined
      }
    },
  })
  return shapes.filter(({placeholder}) => !FURNITURE.has(placeholder))
}

function addShape(builder: TextBuilder, shape: Shape): void {
  if (shape.table) {
    const rows = shape.table.rows.filter(row => row.some(cell => cell !== ''))
    builder.add('table', rows.length === 0 ? '' : tableText(rows, shape.table.hasHeader))
  } else if (isTitle(shape)) builder.add('heading', shape.paragraphs.join(' ').replaceAll('\n', ' '), 1)
  else if (shape.placeholder === 'body' && shape.paragraphs.length > 1) {
    builder.add('list', shape.paragraphs.map(each => `- ${each.replaceAll('\n', '\n  ')}`).join('\n'))
  } else for (const paragraph of shape.paragraphs) builder.add('paragraph', paragraph)
}

async function addDiagram(builder: TextBuilder, archive: ZipArchive, part: string, budget: LoadBudget): Promise<void> {
  const [...points] = (await shapesOf(archive, part, budget)).flatMap(({paragraphs}) => paragraphs)
  if (points.length > 0) builder.add('list', points.map(each => `- ${each.replaceAll('\n', '\n  ')}`).join('\n'))
}

async function addNotes(builder: TextBuilder, archive: ZipArchive, part: string, budget: LoadBudget): Promise<void> {
  const paragraphs = (await shapesOf(archive, part, budget)).flatMap(each => each.paragraphs)
  if (paragraphs.length === 0) return
  builder.add('heading', 'Notes', 2)
  for (const paragraph of paragraphs) builder.add('paragraph', paragraph)
}
