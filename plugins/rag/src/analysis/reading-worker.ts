import {parentPort} from 'node:worker_threads'
import {Analyser} from './analyser.ts'
import {type ReadableDocument, readDocuments} from './document-reading.ts'

/** What a ReadingThread sends, and what comes back under the same number. */
export interface ReadingRequest {
  readonly number: number
  readonly documents: readonly ReadableDocument[]
}

const analyser = new Analyser()
// Requests are read one after the other, in the order in which they came.
let reading: Promise<void> = Promise.resolve()

parentPort?.on('message', ({number, documents}: ReadingRequest) => {
  reading = reading.then(async () => {
    try {
      parentPort?.postMessage({number, read: await readDocuments(analyser, documents)})
    } catch (error) {
      parentPort?.postMessage({number, error})
    }
  })
})
