import {Worker} from 'node:worker_threads'
import {CancelledError} from '@omni-ops/core/operation'
import {MediaEncryptedError, MediaTooLargeError, UnusableMediaError} from './errors.ts'
import type {PageWish, PdfAnswer, PdfTask} from './pdf-render-worker.ts'
import type {Media} from './read-media.ts'

export interface PdfLimits {
  /** Of a document; of one with more, not even the first is drawn. */
  readonly pages: number
  /** Of a page's picture; a larger page is drawn smaller. */
  readonly pixels: number
  /** For a page, in milliseconds. */
  readonly milliseconds: number
}

export const defaultPdfLimits: PdfLimits = {pages: 500, pixels: 25_000_000, milliseconds: 30_000}

/** A page as a picture. */
export interface PdfPage {
  /** From 1. */
  readonly page: number
  readonly width: number
  readonly height: number
  /** A byte for each pixel, row by row: 0 is black. */
  readonly grey: Uint8Array
}

/** In the bundle this module is beside the folder of workers; from source the worker is a TypeScript file. */
const workerFile = import.meta.url.endsWith('.ts') ? './pdf-render-worker.ts' : './workers/pdf-render-worker.js'

/**
 * A PDF whose pages are drawn one by one, in a thread of its own that is ended if a page takes too long. PDFium runs as
 * WebAssembly: it cannot reach files or the network, whatever a PDF refers to, and runs none of its scripts.
 */
export class PdfPages {
  readonly count: number
  readonly #source: string
  readonly #limits: PdfLimits
  readonly #thread: RenderThread

  private constructor(source: string, limits: PdfLimits, thread: RenderThread, count: number) {
    this.#source = source
    this.#limits = limits
    this.#thread = thread
    this.count = count
  }

  /** @throws MediaEncryptedError, MediaTooLargeError, UnusableMediaError, CancelledError */
  static async open({source, bytes}: Media, limits: PdfLimits, signal: AbortSignal): Promise<PdfPages> {
    const thread = new RenderThread({bytes}, source, limits.milliseconds, signal)
    try {
      const answer = await thread.answer()
      if (answer.type === 'failed') throw unusable(source, answer.message)
      const count = answer.type === 'opened' ? answer.pages : 0
      if (count > limits.pages) {
        throw new MediaTooLargeError(`${source} has ${count} pages, more than ${limits.pages}`, {hint: 'split it'})
      }
      return new PdfPages(source, limits, thread, count)
    } catch (error) {
      await thread.end()
      throw error
    }
  }

  /**
   * @param page From 1.
   * @throws UnusableMediaError, CancelledError
   */
  async draw(page: number, dotsPerInch: number): Promise<PdfPage> {
    const answer = await this.#thread.ask({page: page - 1, dotsPerInch, pixels: this.#limits.pixels})
    if (answer.type === 'failed') throw unusable(this.#source, answer.message)
    if (answer.type === 'opened' || answer.grey.length === 0) throw unusable(this.#source, `no page ${page}`)
    return {page, width: answer.width, height: answer.height, grey: answer.grey}
  }

  async close(): Promise<void> {
    await this.#thread.end()
  }
}

/** The thread that draws. After its end, cancelled or overdue, nothing can be asked of it. */
class RenderThread {
  readonly #worker: Worker
  readonly #source: string
  readonly #milliseconds: number
  readonly #signal: AbortSignal

  constructor(task: PdfTask, source: string, milliseconds: number, signal: AbortSignal) {
    this.#source = source
    this.#milliseconds = milliseconds
    this.#signal = signal
    this.#worker = new Worker(new URL(workerFile, import.meta.url), {workerData: task, stdout: true, stderr: true})
    // Told to whoever waits for an answer; while nobody waits there is nobody to tell.
    this.#worker.on('error', () => {})
  }

  ask(wish: PageWish): Promise<PdfAnswer> {
    // oxlint-disable-next-line require-post-message-target-origin -- a thread has no origin
    this.#worker.postMessage(wish)
    return this.answer()
  }

  /** The next thing that the thread says. */
  async answer(): Promise<PdfAnswer> {
    const {promise, resolve, reject} = Promise.withResolvers<PdfAnswer>()
    const cancel = () => reject(new CancelledError())
    const crash = () => reject(unusable(this.#source, 'its reader failed'))
    const timer = setTimeout(() => reject(overdue(this.#source, this.#milliseconds)), this.#milliseconds)
    this.#signal.addEventListener('abort', cancel, {once: true})
    this.#worker.once('message', resolve).once('error', crash).once('exit', crash)
    if (this.#signal.aborted) cancel()
    try {
      return await promise
    } catch (error) {
      await this.end()
      throw error
    } finally {
      clearTimeout(timer)
      this.#signal.removeEventListener('abort', cancel)
      this.#worker.off('message', resolve).off('error', crash).off('exit', crash)
    }
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }
}

function overdue(source: string, milliseconds: number): MediaTooLargeError {
  return new MediaTooLargeError(`A page of ${source} takes longer than ${milliseconds / 1000} s to draw`, {
    hint: 'print it to a new PDF',
  })
}

function unusable(source: string, message: string): UnusableMediaError {
  if (/password/i.test(message)) {
    return new MediaEncryptedError(`${source} is protected by a password`, {hint: 'save a copy without a password'})
  }
  return new UnusableMediaError(`${source} is no PDF that can be read; it is damaged or cut off`, {
    hint: 'open it in a PDF viewer and save it again',
    details: {reader: message.slice(0, 200)},
  })
}
