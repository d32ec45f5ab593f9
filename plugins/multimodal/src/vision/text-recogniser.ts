import type {Worker as ThreadOfNode} from 'node:worker_threads'
import {CancelledError} from '@omni-ops/core/operation'
import type {Page, RecognizeOptions, Worker} from 'tesseract.js'
import {RecognitionFailedError, RecognitionTimeoutError} from './errors.ts'
import type {LanguageData} from './language-data.ts'

export interface RecogniserOptions {
  readonly data: LanguageData
  /** How many pages may be under way at once, each in a thread with some 150 MB. */
  readonly threads: number
  /** For one page, in milliseconds. */
  readonly milliseconds: number
}

export type RecognitionResult = Pick<Page, 'blocks' | 'confidence' | 'text'>

/** How a page is taken apart; tesseract's numbers (its PageSegMode). */
export type Segmentation = 'automatic' | 'block' | 'sparse'
const segmentationModes: Readonly<Record<Segmentation, string>> = {automatic: '3', block: '6', sparse: '11'}

export interface RecogniseOptions {
  readonly segmentation?: Segmentation
  readonly signal: AbortSignal
  /** From 0 to 1. */
  readonly onProgress?: (share: number) => void
}

/** A thread with tesseract in it, used by one page at a time. */
interface Engine {
  readonly worker: Worker
  /** Rejects when the thread ends or breaks. */
  readonly broken: Promise<never>
  onProgress: ((share: number) => void) | undefined
}

/**
 * Tesseract in threads that are kept from page to page, since loading a language takes as long as a small page. A page
 * that is cancelled or takes too long takes its thread with it, and no other's.
 */
export class TextRecogniser {
  readonly #options: RecogniserOptions
  readonly #idle: Engine[] = []
  readonly #waiting: (() => void)[] = []
  readonly #engines = new Set<Engine>()
  #busy = 0
  #closed = false

  constructor(options: RecogniserOptions) {
    this.#options = options
  }

  get languages(): readonly string[] {
    return this.#options.data.languages
  }

  get threads(): number {
    return this.#options.threads
  }

  /**
   * @param image PNG, or another kind that Leptonica reads.
   * @throws RecognitionFailedError, RecognitionTimeoutError, CancelledError
   */
  async recognise(image: Uint8Array, options: RecogniseOptions): Promise<RecognitionResult> {
    const {signal, segmentation = 'automatic', onProgress} = options
    await this.#room(signal)
    let engine: Engine | undefined
    try {
      engine = this.#idle.pop() ?? (await this.#started(signal))
      engine.onProgress = onProgress
      const work = engine.worker.recognize(
        Buffer.from(image.buffer, image.byteOffset, image.length),
        {tessedit_pageseg_mode: segmentationModes[segmentation], ...quiet} as Partial<RecognizeOptions>,
        {text: true, blocks: true},
      )
      const {data} = await this.#bounded(Promise.race([work, engine.broken]), signal)
      engine.onProgress = undefined
      this.#idle.push(engine)
      return data
    } catch (error) {
      if (engine) await this.#discard(engine)
      throw recognitionError(error)
    } finally {
      this.#busy--
      this.#waiting.shift()?.()
    }
  }

  async #started(signal: AbortSignal): Promise<Engine> {
    const starting = this.#start()
    try {
      return await this.#bounded(starting, signal)
    } catch (error) {
      void starting.then(
        engine => this.#discard(engine),
        () => {},
      )
      throw error
    }
  }

  /** Ends all threads. What is under way fails. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#engines].map(engine => this.#discard(engine)))
    this.#idle.length = 0
  }

  /** Waits until another page may begin. */
  async #room(signal: AbortSignal): Promise<void> {
    while (this.#busy >= this.#options.threads) {
      if (signal.aborted) throw new CancelledError()
      const {promise, resolve} = Promise.withResolvers<void>()
      // One that has left must not take the turn of another.
      const leave = () => {
        const place = this.#waiting.indexOf(resolve)
        if (place !== -1) this.#waiting.splice(place, 1)
        resolve()
      }
      this.#waiting.push(resolve)
      signal.addEventListener('abort', leave, {once: true})
      await promise
      signal.removeEventListener('abort', leave)
    }
    if (signal.aborted) throw new CancelledError()
    if (this.#closed) throw new RecognitionFailedError('Text recognition has ended')
    this.#busy++
  }

  /** The work, unless it is cancelled or takes too long. */
  async #bounded<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    const {milliseconds} = this.#options
    const {promise, reject} = Promise.withResolvers<never>()
    const cancel = () => reject(new CancelledError())
    const timer = setTimeout(() => {
      const hint = 'make the picture smaller'
      reject(new RecognitionTimeoutError(`Recognising a page took longer than ${milliseconds / 1000} s`, {hint}))
    }, milliseconds)
    signal.addEventListener('abort', cancel, {once: true})
    work.catch(() => {})
    try {
      return await Promise.race([work, promise])
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', cancel)
    }
  }

  async #start(): Promise<Engine> {
    const {data} = this.#options
    const {createWorker} = await import('tesseract.js')
    const {promise: broken, reject} = Promise.withResolvers<never>()
    broken.catch(() => {})
    const engine: {onProgress: Engine['onProgress']} = {onProgress: undefined}
    const starting = createWorker([...data.languages], lstmOnly, {
      langPath: data.directory,
      gzip: data.isPacked,
      // Nothing is fetched and nothing is kept: the data is on the disk already.
      cacheMethod: 'none',
      logger: ({status, progress}) => {
        if (status === 'recognizing text') engine.onProgress?.(progress)
      },
      // Without it an error of the thread would be thrown where nobody can catch it. A start that fails says it here
      // alone, and its promise stays as it is.
      errorHandler: (error: unknown) => reject(error),
    })
    const worker = await Promise.race([starting, broken])
    const thread = (worker as unknown as {readonly worker: ThreadOfNode}).worker
    thread.on('error', reject)
    thread.on('exit', () => reject(new Error('its thread has ended')))
    const ready = Object.assign(engine, {worker, broken})
    this.#engines.add(ready)
    if (this.#closed) await this.#discard(ready)
    return ready
  }

  async #discard(engine: Engine): Promise<void> {
    this.#engines.delete(engine)
    await engine.worker.terminate()
  }
}

/** It would tell stderr what it makes of the picture. Letters come in the size of a page at 300 dots per inch. */
const quiet = {debug_file: '/dev/null', user_defined_dpi: '300'}

/** Tesseract's engine mode for its neural network; the data that comes with the program is for no other. */
const lstmOnly = 1

function recognitionError(error: unknown): unknown {
  if (error instanceof CancelledError || error instanceof RecognitionTimeoutError) return error
  if (error instanceof RecognitionFailedError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new RecognitionFailedError(`Text recognition failed: ${message}`, {cause: error})
}
