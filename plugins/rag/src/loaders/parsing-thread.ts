import {Worker} from 'node:worker_threads'
import {CancelledError} from '@omni-ops/core/operation'
import {
  CorruptDocumentError,
  type DocumentError,
  DocumentTooLargeError,
  EmptyDocumentError,
  EncryptedDocumentError,
  LoadTimeoutError,
} from '../documents/errors.ts'
import type {LoadLimits} from './limits.ts'
import type {ParsedText} from './parsed-text.ts'
import type {ParsingAnswer, ParsingTask, ThreadedFormat} from './parsing-worker.ts'

/** Megabytes of objects that a document may be while it is read; its bytes are beside them. */
const MOST_MEGABYTES = 1024
/** The thread watches its time itself, between pages; it is ended only if it does not come to that. Milliseconds. */
const GRACE = 1000

/** In the bundle this module is beside the folder of workers; from source the worker is a TypeScript file. */
const workerFile = import.meta.url.endsWith('.ts') ? './parsing-worker.ts' : './workers/parsing-worker.js'

const ERRORS = new Map<
  string,
  new (source: string, message: string, options: {readonly hint?: string}) => DocumentError
>([
  ['document_corrupt', CorruptDocumentError],
  ['document_empty', EmptyDocumentError],
  ['document_encrypted', EncryptedDocumentError],
  ['document_timeout', LoadTimeoutError],
  ['document_too_large', DocumentTooLargeError],
])

/**
 * Takes a document apart in a thread of its own, which is ended if it takes too long or too much memory, whatever the
 * parser is doing.
 *
 * @throws DocumentError, CancelledError.
 */
export async function parseInThread(
  format: ThreadedFormat,
  bytes: Uint8Array,
  {
    source,
    limits,
    signal,
  }: {readonly source: string; readonly limits: LoadLimits; readonly signal: AbortSignal | undefined},
): Promise<ParsedText> {
  const task: ParsingTask = {format, bytes, source, limits}
  const worker = new Worker(new URL(workerFile, import.meta.url), {
    workerData: task,
    resourceLimits: {maxOldGenerationSizeMb: MOST_MEGABYTES},
    // What a parser has to say of a document is no output of this program.
    stdout: true,
    stderr: true,
  })
  const answer = await new Promise<ParsingAnswer>((resolve, reject) => {
    const timer = setTimeout(
      () =>
        reject(
          new LoadTimeoutError(source, `reading it took longer than ${limits.maxMilliseconds / 1000} s`, {
            hint: 'split the document, or save it again',
          }),
        ),
      limits.maxMilliseconds + GRACE,
    )
    const cancel = (): void => reject(new CancelledError())
    signal?.addEventListener('abort', cancel, {once: true})
    worker.once('message', resolve)
    worker.once('error', (error: NodeJS.ErrnoException) => {
      const isMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      reject(
        isMemory
          ? new DocumentTooLargeError(source, 'takes too much memory to read', {hint: 'split the document'})
          : error,
      )
    })
    worker.once('exit', () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', cancel)
      reject(new Error('The thread that reads a document has ended'))
    })
    if (signal?.aborted) cancel()
  }).finally(() => worker.terminate())
  if ('parsed' in answer) return answer.parsed
  if ('failure' in answer) throw answer.failure
  const Type = ERRORS.get(answer.code) ?? CorruptDocumentError
  throw new Type(source, answer.message, answer.hint === undefined ? {} : {hint: answer.hint})
}
