import {parentPort, workerData} from 'node:worker_threads'
import type {PDFiumDocument, PDFiumLibrary} from '@hyzyla/pdfium'
import type {Pdfium} from './pdfium-functions.ts'

/* oxlint-disable no-underscore-dangle -- so are the functions of PDFium called */

/** A PDF to be opened; afterwards each message is a page to be drawn. */
export interface RedactTask {
  readonly bytes: Uint8Array
}

/** The page (from 0) and the largest area that its picture may have, in pixels. */
export interface RedactWish {
  readonly page: number
  readonly dotsPerInch: number
  readonly pixels: number
}

/** A page as it is seen, and what its words are and where they stand. */
export interface DrawnPage {
  readonly type: 'drawn'
  /** In points, as the page is seen: turned pages are turned. */
  readonly points: {readonly width: number; readonly height: number}
  readonly width: number
  readonly height: number
  /** Three bytes for each pixel, row by row: red, green, blue. */
  readonly pixels: Uint8Array
  readonly text: string
  /** For each UTF-16 unit of the text left, top, right, bottom in pixels; four times 0 where nothing is drawn for it. */
  readonly boxes: Int32Array
  /** How many of its letters have no character that is known. */
  readonly unreadable: number
  readonly hasPictures: boolean
  /** Whether its notes and fields could be made part of it; they are not drawn otherwise. */
  readonly isFlat: boolean
}

export type RedactAnswer =
  {readonly type: 'opened'; readonly pages: number} | DrawnPage | {readonly type: 'failed'; readonly message: string}

const pointsPerInch = 72
/** Of `FPDFPage_Flatten`: as it is shown, and that it failed. */
const normalDisplay = 0
const flattenFailed = 0
/** FPDFBitmap_BGR: three bytes a pixel. */
const blueGreenRed = 2
const white = 0xffffffff
/** FPDF_PAGEOBJ_IMAGE, FPDF_PAGEOBJ_FORM. */
const imageObject = 3
const formObject = 5
const deepestForm = 8
/** How PDFium tells a hyphen that stands there for the end of a line alone. */
const lineHyphen = 2
const replacement = 0xfffd

/** Eight doubles that functions of PDFium write into. */
class Scratch {
  readonly #pdfium: Pdfium
  readonly #address: number

  constructor(pdfium: Pdfium) {
    this.#pdfium = pdfium
    this.#address = pdfium._malloc(64)
  }

  at(index: number): number {
    return this.#address + index * 8
  }

  /** The memory grows, and its view is then another. */
  get view(): DataView {
    return new DataView(this.#pdfium.HEAPU8.buffer, this.#address, 64)
  }

  free(): void {
    this.#pdfium._free(this.#address)
  }
}

type Box = readonly [left: number, top: number, right: number, bottom: number]
const nowhere: Box = [0, 0, 0, 0]

function draw(pdfium: Pdfium, document: number, {page: index, dotsPerInch, pixels}: RedactWish): DrawnPage {
  const isFlat = flatten(pdfium, document, index)
  const page = pdfium._FPDF_LoadPage(document, index)
  if (page === 0) throw new Error('the page cannot be read')
  try {
    const points = {width: pdfium._FPDF_GetPageWidth(page), height: pdfium._FPDF_GetPageHeight(page)}
    const area = Math.max(1, points.width) * Math.max(1, points.height)
    const scale = Math.min(dotsPerInch / pointsPerInch, Math.sqrt(pixels / area))
    const width = Math.max(1, Math.round(points.width * scale))
    const height = Math.max(1, Math.round(points.height * scale))
    return {
      type: 'drawn',
      points,
      width,
      height,
      ...wordsOf(pdfium, page, width, height),
      hasPictures: hasPictures(pdfium, page),
      isFlat,
      pixels: pictureOf(pdfium, page, width, height),
    }
  } finally {
    pdfium._FPDF_ClosePage(page)
  }
}

/** Makes what is drawn for notes and fields a part of the page, so that its words are among the page's. */
function flatten(pdfium: Pdfium, document: number, index: number): boolean {
  const page = pdfium._FPDF_LoadPage(document, index)
  if (page === 0) throw new Error('the page cannot be read')
  const done = pdfium._FPDFPage_Flatten(page, normalDisplay)
  pdfium._FPDF_ClosePage(page)
  return done !== flattenFailed
}

function wordsOf(
  pdfium: Pdfium,
  page: number,
  width: number,
  height: number,
): Pick<DrawnPage, 'text' | 'boxes' | 'unreadable'> {
  const words = pdfium._FPDFText_LoadPage(page)
  const scratch = new Scratch(pdfium)
  const texts: string[] = []
  const boxes: number[] = []
  let unreadable = 0
  let hyphenated = false
  const add = (text: string, box: Box) => {
    texts.push(text)
    for (let unit = 0; unit < text.length; unit++) boxes.push(...box)
  }
  try {
    const count = words === 0 ? 0 : pdfium._FPDFText_CountChars(words)
    for (let at = 0; at < count; at++) {
      const code = pdfium._FPDFText_GetUnicode(words, at)
      if (code === 13 || (code === 10 && hyphenated)) continue
      const isUnknown = code === 0 || code === replacement || pdfium._FPDFText_HasUnicodeMapError(words, at) === 1
      if (isUnknown && code !== lineHyphen) unreadable++
      hyphenated = code === lineHyphen
      // What a word is broken with at the end of a line is none of it.
      const text = hyphenated ? '\u00AD' : code === 0 ? '\uFFFD' : String.fromCodePoint(code)
      // PDFium has a space at the end of most lines.
      if (code === 10 && texts.at(-1) === ' ') {
        texts.pop()
        boxes.length -= 4
      }
      add(text, /\s/.test(text) ? nowhere : boxOf(pdfium, scratch, {page, words, at, width, height}))
    }
  } finally {
    scratch.free()
    if (words !== 0) pdfium._FPDFText_ClosePage(words)
  }
  return {text: texts.join(''), boxes: Int32Array.from(boxes), unreadable}
}

interface Place {
  readonly page: number
  readonly words: number
  readonly at: number
  readonly width: number
  readonly height: number
}

/** Where a letter stands: its ink, and the room of its line. */
function boxOf(pdfium: Pdfium, scratch: Scratch, place: Place): Box {
  const {words, at} = place
  const found: Box[] = []
  if (pdfium._FPDFText_GetCharBox(words, at, scratch.at(0), scratch.at(1), scratch.at(2), scratch.at(3)) !== 0) {
    const {view} = scratch
    const [left, right, bottom, top] = [0, 8, 16, 24].map(offset => view.getFloat64(offset, true)) as [
      number,
      number,
      number,
      number,
    ]
    found.push(onDevice(pdfium, scratch, place, [left, top, right, bottom]))
  }
  if (pdfium._FPDFText_GetLooseCharBox(words, at, scratch.at(0)) !== 0) {
    const {view} = scratch
    const [left, top, right, bottom] = [0, 4, 8, 12].map(offset => view.getFloat32(offset, true)) as [
      number,
      number,
      number,
      number,
    ]
    found.push(onDevice(pdfium, scratch, place, [left, top, right, bottom]))
  }
  const drawn = found.filter(([left, top, right, bottom]) => right > left && bottom > top)
  if (drawn.length === 0) return nowhere
  return [
    Math.min(...drawn.map(box => box[0])),
    Math.min(...drawn.map(box => box[1])),
    Math.max(...drawn.map(box => box[2])),
    Math.max(...drawn.map(box => box[3])),
  ]
}

/** A rectangle of the page in pixels of its picture, a page that is turned or cut included. */
function onDevice(
  pdfium: Pdfium,
  scratch: Scratch,
  {page, width, height}: Place,
  [left, top, right, bottom]: Box,
): Box {
  const corners = [
    [left, top],
    [right, bottom],
  ].map(([x, y]) => {
    pdfium._FPDF_PageToDevice(page, 0, 0, width, height, 0, x ?? 0, y ?? 0, scratch.at(6), scratch.at(7))
    const {view} = scratch
    return [view.getInt32(48, true), view.getInt32(56, true)] as const
  })
  const [[x1, y1], [x2, y2]] = corners as [readonly [number, number], readonly [number, number]]
  return [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)]
}

function hasPictures(pdfium: Pdfium, page: number): boolean {
  const isPicture = (object: number, depth: number): boolean => {
    const type = pdfium._FPDFPageObj_GetType(object)
    if (type === imageObject) return true
    if (type !== formObject) return false
    // What is nested deeper than anybody looks may be one.
    if (depth === deepestForm) return true
    const count = pdfium._FPDFFormObj_CountObjects(object)
    for (let at = 0; at < count; at++) {
      if (isPicture(pdfium._FPDFFormObj_GetObject(object, at), depth + 1)) return true
    }
    return false
  }
  const count = pdfium._FPDFPage_CountObjects(page)
  for (let at = 0; at < count; at++) if (isPicture(pdfium._FPDFPage_GetObject(page, at), 0)) return true
  return false
}

function pictureOf(pdfium: Pdfium, page: number, width: number, height: number): Uint8Array {
  const stride = width * 3
  const buffer = pdfium._malloc(stride * height)
  if (buffer === 0) throw new Error('the page is too large')
  const bitmap = pdfium._FPDFBitmap_CreateEx(width, height, blueGreenRed, buffer, stride)
  try {
    pdfium._FPDFBitmap_FillRect(bitmap, 0, 0, width, height, white)
    pdfium._FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, 0)
    const pixels = pdfium.HEAPU8.slice(buffer, buffer + stride * height)
    for (let at = 0; at < pixels.length; at += 3) {
      const blue = pixels[at] as number
      pixels[at] = pixels[at + 2] as number
      pixels[at + 2] = blue
    }
    return pixels
  } finally {
    pdfium._FPDFBitmap_Destroy(bitmap)
    pdfium._free(buffer)
  }
}

async function answerTo(work: () => Promise<RedactAnswer>): Promise<void> {
  const answer = await work().catch((error: Error): RedactAnswer => ({type: 'failed', message: error.message}))
  // oxlint-disable-next-line require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(answer)
}

let library: PDFiumLibrary | undefined
let document: PDFiumDocument | undefined
await answerTo(async () => {
  const pdfium = await import('@hyzyla/pdfium')
  library = await pdfium.PDFiumLibrary.init()
  document = await library.loadDocument((workerData as RedactTask).bytes)
  // Draws the values of fields that bring no picture of themselves.
  document.initializeFormFields()
  return {type: 'opened', pages: document.getPageCount()}
})
parentPort?.on('message', (wish: RedactWish) => {
  void answerTo(async () => {
    const {module} = library as unknown as {module: Pdfium}
    const {documentIdx} = document as unknown as {documentIdx: number}
    return draw(module, documentIdx, wish)
  })
})
