import {parentPort, workerData} from 'node:worker_threads'
import type {PDFiumDocument} from '@hyzyla/pdfium'

/** A PDF to be opened; afterwards each message is a page to be drawn. */
export interface PdfTask {
  readonly bytes: Uint8Array
}

/** The page (from 0) and the largest area that its picture may have, in pixels. */
export interface PageWish {
  readonly page: number
  readonly dotsPerInch: number
  readonly pixels: number
}

export type PdfAnswer =
  | {readonly type: 'opened'; readonly pages: number}
  | {readonly type: 'drawn'; readonly width: number; readonly height: number; readonly grey: Uint8Array}
  | {readonly type: 'failed'; readonly message: string}

const pointsPerInch = 72

/** Without WebAssembly's help nothing is read from the disk or the network: PDFium has neither in it. */
async function open(bytes: Uint8Array): Promise<PDFiumDocument> {
  const {PDFiumLibrary} = await import('@hyzyla/pdfium')
  const library = await PDFiumLibrary.init()
  return library.loadDocument(bytes)
}

async function draw(document: PDFiumDocument, {page: index, dotsPerInch, pixels}: PageWish): Promise<PdfAnswer> {
  const page = document.getPage(index)
  const {originalWidth, originalHeight} = page.getOriginalSize()
  const area = Math.max(1, originalWidth) * Math.max(1, originalHeight)
  const scale = Math.min(dotsPerInch / pointsPerInch, Math.sqrt(pixels / area))
  const {width, height, data} = await page.render({scale, colorSpace: 'Gray', render: 'bitmap', renderFormFields: true})
  return {type: 'drawn', width, height, grey: data}
}

async function answerTo(work: () => Promise<PdfAnswer>): Promise<void> {
  const answer = await work().catch((error: Error): PdfAnswer => ({type: 'failed', message: error.message}))
  // oxlint-disable-next-line require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(answer)
}

let document: PDFiumDocument | undefined
await answerTo(async () => {
  document = await open((workerData as PdfTask).bytes)
  return {type: 'opened', pages: document.getPageCount()}
})
parentPort?.on('message', (wish: PageWish) => {
  void answerTo(async () => draw(document!, wish))
})
