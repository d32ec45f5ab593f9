import {Worker} from 'node:worker_threads'
import type {ReadableDocument, ReadDocument} from './document-reading.ts'
import type {ReadingRequest} from './reading-worker.ts'

type Answer = {readonly number: number} & ({readonly read: ReadDocument[]} | {readonly error: Error})

interface Waiting {
  resolve(read: ReadDocument[]): void
  reject(error: Error): void
}

/** In the bundle this module is beside the folder of workers; from source the worker is a TypeScript file. */
const workerFile = import.meta.url.endsWith('.ts') ? './reading-worker.ts' : './workers/reading-worker.js'

/** A thread that has had nothing to read for so long is ended, and a quarter of a gigabyte with it. Milliseconds. */
const IDLE = 2_000

/**
 * Reads documents in a thread of its own, so that this thread can read files and write the index meanwhile. The thread
 * starts with the first documents, keeps its own analyser, does not keep the process alive, and ends when it is idle;
 * the next documents start another.
 */
export class ReadingThread {
  #worker: Worker | undefined
  #idle: NodeJS.Timeout | undefined
  readonly #waiting = new Map<number, Waiting>()
  #requests = 0

  /** @throws what reading throws, and an Error if the thread ends before it has answered. */
  read(documents: readonly ReadableDocument[]): Promise<ReadDocument[]> {
    clearTimeout(this.#idle)
    const worker = (this.#worker ??= this.#started())
    const number = this.#requests++
    worker.ref()
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, {resolve, reject})
      worker.postMessage({number, documents} satisfies ReadingRequest)
    })
  }

  /** Ends the thread; what it has not answered fails. The next documents start another. */
  async close(): Promise<void> {
    clearTimeout(this.#idle)
    const worker = this.#worker
    this.#worker = undefined
    this.#fail(ended())
    await worker?.terminate()
  }

  #started(): Worker {
    const worker = new Worker(new URL(workerFile, import.meta.url))
    worker.on('message', (answer: Answer) => this.#take(worker, answer))
    worker.on('error', error => this.#lose(worker, error as Error))
    worker.on('exit', () => this.#lose(worker, ended()))
    return worker
  }

  #take(worker: Worker, answer: Answer): void {
    const waiting = this.#waiting.get(answer.number)
    this.#waiting.delete(answer.number)
    if (this.#waiting.size === 0) {
      worker.unref()
      this.#idle = setTimeout(() => void this.close(), IDLE).unref()
    }
    if ('error' in answer) waiting?.reject(answer.error)
    else waiting?.resolve(answer.read)
  }

  /** Nothing more comes from this worker; one that was closed is none of ours any more. */
  #lose(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    this.#fail(error)
  }

  #fail(error: Error): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error)
    this.#waiting.clear()
  }
}

function ended(): Error {
  return new Error('The thread that reads documents has ended')
}
