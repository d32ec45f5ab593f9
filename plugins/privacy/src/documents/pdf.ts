import PdfKit from 'pdfkit'
import type {Block, Fact, TextDocument} from './document.ts'
import {fontFile} from './font-file.ts'

type Pdf = PDFKit.PDFDocument
type Element = PDFKit.PDFStructureElement

const margin = 64
const sizes = {title: 20, heading: 14, subheading: 11.5, text: 10, small: 8.5} as const
const locales = {en: 'en-GB', sl: 'sl-SI'} as const
const pageWord = {en: 'Page', sl: 'Stran'} as const

/**
 * A document as a PDF: A4, tagged for screen readers and for copying, with Noto Sans embedded, so that č, š and ž are
 * there on every machine. The same document gives the same bytes: its dates are the document's own.
 */
export async function pdfOf(document: TextDocument): Promise<Buffer> {
  const {title, language, date, blocks} = document
  const created = new Date(`${date}T00:00:00Z`)
  const pdf = new PdfKit({
    size: 'A4',
    margins: {top: margin, right: margin, bottom: margin, left: margin},
    pdfVersion: '1.7',
    lang: locales[language],
    tagged: true,
    displayTitle: true,
    bufferPages: true,
    font: fontFile('regular'),
    info: {Title: title, Creator: 'omni', Producer: 'omni', CreationDate: created, ModDate: created},
  })
  const bytes = collected(pdf)
  pdf.registerFont('regular', fontFile('regular')).registerFont('bold', fontFile('bold'))
  const root = pdf.struct('Document', {title, lang: locales[language]})
  pdf.addStructure(root)
  const write = (element: Element) => void root.add(element)
  write(textElement(pdf, 'H1', title, 'bold', sizes.title, 0.3))
  write(textElement(pdf, 'P', date, 'regular', sizes.small, 1.2))
  for (const block of blocks) writeBlock(pdf, write, block)
  root.end()
  numberPages(pdf, pageWord[language])
  pdf.end()
  return bytes
}

function writeBlock(pdf: Pdf, write: (element: Element) => void, block: Block): void {
  switch (block.kind) {
    case 'heading':
      write(
        block.level === 2
          ? textElement(pdf, 'H2', block.text, 'bold', sizes.heading, 0.4, 0.8)
          : textElement(pdf, 'H3', block.text, 'bold', sizes.subheading, 0.3, 0.5),
      )
      break
    case 'paragraph':
      write(textElement(pdf, 'P', block.text, 'regular', sizes.text, 0.7))
      break
    case 'list':
      write(listElement(pdf, block.items))
      break
    case 'facts':
      for (const fact of block.facts) write(factElement(pdf, fact))
  }
}

/** `after` and `before` are distances in lines. */
function textElement(
  pdf: Pdf,
  type: string,
  text: string,
  font: 'regular' | 'bold',
  size: number,
  after: number,
  before = 0,
): Element {
  return pdf.struct(type, {}, () => {
    if (before > 0) pdf.moveDown(before)
    keepWithNext(pdf, type.startsWith('H') ? size * 5 : size * 2)
    pdf.font(font, size).text(text, {lineGap: 2})
    pdf.moveDown(after)
  })
}

function listElement(pdf: Pdf, items: readonly string[]): Element {
  const list = pdf.struct('L')
  for (const item of items) {
    const entry = pdf.struct('LI')
    entry.add(
      pdf.struct('LBody', {}, () => {
        pdf.font('regular', sizes.text).text(`•  ${item}`, {lineGap: 2, indent: 0})
        pdf.moveDown(0.25)
      }),
    )
    list.add(entry)
  }
  return list
}

function factElement(pdf: Pdf, {label, values}: Fact): Element {
  const fact = pdf.struct('Sect')
  fact.add(
    pdf.struct('P', {}, () => {
      keepWithNext(pdf, sizes.text * 4)
      pdf.font('bold', sizes.small).text(label, {lineGap: 1})
    }),
  )
  if (values.length === 1) fact.add(textElement(pdf, 'P', values[0] ?? '', 'regular', sizes.text, 0.4))
  else fact.add(listElement(pdf, values))
  return fact
}

/** Begins a new page where there is not enough room left, in points, so that a heading does not stand alone. */
function keepWithNext(pdf: Pdf, room: number): void {
  if (pdf.y + room > pdf.page.height - margin) pdf.addPage()
}

function numberPages(pdf: Pdf, word: string): void {
  const {start, count} = pdf.bufferedPageRange()
  for (let page = start; page < start + count; page += 1) {
    pdf.switchToPage(page)
    // Below the margin, where text would otherwise begin another page.
    pdf.page.margins.bottom = 0
    pdf.markContent('Artifact', {type: 'Pagination', attached: ['Bottom']})
    pdf.font('regular', sizes.small).text(`${word} ${page + 1} / ${count}`, margin, pdf.page.height - margin / 2, {
      align: 'right',
      lineBreak: false,
      width: pdf.page.width - 2 * margin,
    })
    pdf.endMarkedContent()
  }
}

function collected(pdf: Pdf): Promise<Buffer> {
  const chunks: Buffer[] = []
  return new Promise((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => void chunks.push(chunk))
    pdf.on('end', () => resolve(Buffer.concat(chunks)))
    pdf.on('error', reject)
  })
}
