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

/**
 * Reads documents in a thread of its own, so that this thread can read files and write the index meanwhile. It keeps
 * its own analyser. The thread does not keep the process alive; close it when nothing is left to read.
 */
export class ReadingThread {
  readonly #worker = new Worker(new URL(workerFile, import.meta.url))
  readonly #waiting = new Map<number, Waiting>()
  #requests = 0

  constructor() {
    this.#worker.unref()
    this.#worker.on('message', (answer: Answer) => {
      const waiting = this.#waiting.get(answer.number)
      this.#waiting.delete(answer.number)
      if (this.#waiting.size === 0) this.#worker.unref()
      if ('error' in answer) waiting?.reject(answer.error)
      else waiting?.resolve(answer.read)
    })
    this.#worker.on('error', error => this.#fail(error as Error))
    this.#worker.on('exit', () => this.#fail(new Error('The thread that reads documents has ended')))
  }

  /** @throws what reading throws, and an Error if the thread ends before it has answered. */
  read(documents: readonly ReadableDocument[]): Promise<ReadDocument[]> {
    const number = this.#requests++
    this.#worker.ref()
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, {resolve, reject})
      this.#worker.postMessage({number, documents} satisfies ReadingRequest)
    })
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #fail(error: Error): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error)
    this.#waiting.clear()
  }
}
