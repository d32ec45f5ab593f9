import {readFile, stat} from 'node:fs/promises'
import {writeWhole} from '@omni-ops/core/files'
import {type Context, InvalidInputError} from '@omni-ops/core/operation'
import {maskingEdits} from '../mask/text-edits.ts'
import {UnreadableFileError} from './file-kind.ts'
import {beginMasking} from './masking.ts'
import type {MaskCopyOptions} from './mask-sqlite.ts'
import {type DrawnPage, drawnPages} from './pdf-drawing.ts'
import {pngOf} from './portable-network-graphics.ts'
import {checkCopyTarget, type RewriteReport} from './rewrite-sqlite.ts'

/** What is blacked out in a picture can neither be named nor brought back. */
export class NotInPdfError extends InvalidInputError {
  override readonly code = 'not_in_pdf'
}

const largestDocument = 256 * 1024 * 1024

/**
 * Writes a copy of a PDF that is pictures of its pages, with what was found painted over before they are compressed. Nothing else of the
 * original is in it: no text, font, note, field, link, attachment, script, layer, earlier version or word about the file.
 *
 * @throws NotInPdfError, UnreadableFileError, CopyTargetError, NoNameModelError, CancelledError
 */
export async function maskPdf(options: MaskCopyOptions, context: Context): Promise<RewriteReport> {
  const {path, name, out, types} = options
  if (options.map !== undefined || options.style !== 'block') {
    throw new NotInPdfError('In a PDF what is found is blacked out, and cannot be brought back', {
      hint: 'leave out --map and --style',
    })
  }
  await checkCopyTarget(path, out)
  if ((await stat(path)).size > largestDocument) {
    throw new UnreadableFileError(`${name} is larger than ${largestDocument / 1024 / 1024} MB`)
  }
  const {keepMap: _, ...masking} = await beginMasking(options, context)
  const editsOf = maskingEdits({...masking, types})
  const counts: Record<string, number> = {}
  const unread: {source: string; reason: string}[] = []
  const copy = await PictureDocument.begin()
  for await (const page of drawnPages(await readFile(path), {name, signal: context.signal})) {
    const edits = await editsOf(page.text, '')
    for (const {type} of edits) counts[type] = (counts[type] ?? 0) + 1
    const reasons = [...blackOut(page, edits), ...unseen(page)]
    unread.push(...reasons.map(reason => ({source: name, reason: `page ${page.page} ${reason}`})))
    await copy.add(page)
    context.emit({type: 'progress', label: 'Masking', done: page.page, total: page.pages, unit: 'pages'})
  }
  await writeWhole(out, await copy.end())
  return {counts, unread}
}

const white = 255

/** What of a page nobody looked at. */
function* unseen({text, pixels, unreadable, hasPictures, isFlat}: DrawnPage): Generator<string> {
  if (hasPictures) yield 'has pictures, which are as they were'
  if (unreadable > 0) yield `has ${unreadable} letters that cannot be read, which are as they were`
  if (text.trim() === '' && !hasPictures && pixels.some(value => value !== white)) {
    yield 'has no text; what is drawn on it is as it was'
  }
  if (!isFlat) yield 'has notes or fields that are left out'
}

interface Stretch {
  readonly start: number
  readonly end: number
}

/** Paints over each stretch of the page's text. Where one of its letters has no place, the page is painted over as a whole, and told. */
function blackOut(page: DrawnPage, stretches: readonly Stretch[]): string[] {
  for (const {start, end} of stretches) {
    const boxes: Box[] = []
    for (let at = start; at < end; at++) {
      if (/[\s\u00AD]/.test(page.text.charAt(at))) continue
      const box = boxAt(page, at)
      if (box[2] <= box[0] || box[3] <= box[1]) {
        page.pixels.fill(0)
        return ['has a value that was found and has no place: it is black as a whole']
      }
      const last = boxes.at(-1)
      if (last && isNextTo(last, box)) boxes[boxes.length - 1] = union(last, box)
      else boxes.push(box)
    }
    for (const box of boxes) paint(page, box)
  }
  return []
}

type Box = readonly [left: number, top: number, right: number, bottom: number]

function boxAt({boxes}: DrawnPage, at: number): Box {
  return [...boxes.subarray(at * 4, at * 4 + 4)] as unknown as Box
}

/** Whether two letters stand in one line, whichever way it runs, with a space between them at most. */
function isNextTo(a: Box, b: Box): boolean {
  const apartX = Math.max(a[0], b[0]) - Math.min(a[2], b[2])
  const apartY = Math.max(a[1], b[1]) - Math.min(a[3], b[3])
  const size = Math.max(b[2] - b[0], b[3] - b[1])
  return (apartY < 0 && apartX <= size) || (apartX < 0 && apartY <= size && a[2] - a[0] <= 2 * (b[2] - b[0]))
}

function union(a: Box, b: Box): Box {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])]
}

/** What is rounded and smoothed at the edge of a letter. */
const margin = 2

function paint({pixels, width, height}: DrawnPage, [left, top, right, bottom]: Box): void {
  const from = Math.max(0, left - margin)
  const to = Math.min(width, right + margin)
  if (to <= from) return
  for (let row = Math.max(0, top - margin); row < Math.min(height, bottom + margin); row++) {
    pixels.fill(0, (row * width + from) * 3, (row * width + to) * 3)
  }
}

/** A PDF whose pages are pictures. */
class PictureDocument {
  readonly #pdf: PDFKit.PDFDocument
  readonly #bytes: Promise<Buffer>

  private constructor(pdf: PDFKit.PDFDocument) {
    this.#pdf = pdf
    const pieces: Buffer[] = []
    this.#bytes = new Promise((resolve, reject) => {
      pdf.on('data', (piece: Buffer) => pieces.push(piece))
      pdf.on('end', () => resolve(Buffer.concat(pieces)))
      pdf.on('error', reject)
    })
  }

  static async begin(): Promise<PictureDocument> {
    const {default: PdfKit} = await import('pdfkit')
    // No time: when a copy was made is no part of it. No font: there is no text.
    const info = {CreationDate: new Date(0), Creator: 'omni', Producer: 'omni'}
    const pdf = new PdfKit({autoFirstPage: false, font: '', info})
    return new PictureDocument(pdf)
  }

  async add({pixels, width, height, points}: DrawnPage): Promise<void> {
    const png = await pngOf(pixels, width, height)
    this.#pdf.addPage({size: [points.width, points.height], margin: 0})
    this.#pdf.image(png, 0, 0, {width: points.width, height: points.height})
  }

  end(): Promise<Buffer> {
    this.#pdf.end()
    return this.#bytes
  }
}
