import {Worker} from 'node:worker_threads'
import {CancelledError} from '@omni-ops/core/operation'
import {UnreadableFileError} from './file-kind.ts'
import type {DrawnPage, RedactAnswer, RedactTask, RedactWish} from './pdf-redact-worker.ts'

export type {DrawnPage} from './pdf-redact-worker.ts'

/** In the bundle this module is beside the folder of workers; from source the worker is a TypeScript file. */
const workerFile = import.meta.url.endsWith('.ts') ? './pdf-redact-worker.ts' : './workers/pdf-redact-worker.js'

const mostPages = 500
const mostPixels = 25_000_000
const dotsPerInch = 200
/** For a page, in milliseconds. */
const patience = 60_000

/**
 * The pages of a PDF, drawn one by one in a thread of their own that is ended if one takes too long. PDFium runs as WebAssembly:
 * it reaches neither files nor the network, whatever a PDF refers to, and runs none of its scripts.
 *
 * @throws UnreadableFileError, CancelledError
 */
export async function* drawnPages(
  bytes: Uint8Array,
  {name, signal}: {readonly name: string; readonly signal: AbortSignal},
): AsyncGenerator<DrawnPage & {readonly page: number; readonly pages: number}> {
  const task: RedactTask = {bytes}
  const worker = new Worker(new URL(workerFile, import.meta.url), {workerData: task, stdout: true, stderr: true})
  // Told to whoever waits for an answer; while nobody waits there is nobody to tell.
  worker.on('error', () => {})
  try {
    const opened = await answerOf(worker, name, signal)
    const pages = opened.type === 'opened' ? opened.pages : 0
    if (pages > mostPages)
      throw new UnreadableFileError(`${name} has ${pages} pages, more than ${mostPages}`, {hint: 'split it'})
    for (let page = 0; page < pages; page++) {
      const wish: RedactWish = {page, dotsPerInch, pixels: mostPixels}
      // oxlint-disable-next-line require-post-message-target-origin -- a thread has no origin
      worker.postMessage(wish)
      const drawn = await answerOf(worker, name, signal)
      if (drawn.type === 'drawn') yield {...drawn, page: page + 1, pages}
    }
  } finally {
    await worker.terminate()
  }
}

/** The next thing that the thread says. */
async function answerOf(
  worker: Worker,
  name: string,
  signal: AbortSignal,
): Promise<Exclude<RedactAnswer, {readonly type: 'failed'}>> {
  const {promise, resolve, reject} = Promise.withResolvers<RedactAnswer>()
  const cancel = () => reject(new CancelledError())
  const crash = () => reject(unreadable(name, 'its reader failed'))
  const timer = setTimeout(
    () => reject(new UnreadableFileError(`A page of ${name} takes longer than ${patience / 1000} s to draw`)),
    patience,
  )
  signal.addEventListener('abort', cancel, {once: true})
  worker.once('message', resolve).once('error', crash).once('exit', crash)
  if (signal.aborted) cancel()
  try {
    const answer = await promise
    if (answer.type === 'failed') throw unreadable(name, answer.message)
    return answer
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', cancel)
    worker.off('message', resolve).off('error', crash).off('exit', crash)
  }
}

function unreadable(name: string, message: string): UnreadableFileError {
  const why = /password/i.test(message) ? 'is protected by a password' : 'is damaged or cut off'
  return new UnreadableFileError(`${name} ${why}`, {
    hint: 'open it in a PDF viewer and save a copy without a password',
    details: {reader: message.slice(0, 200)},
  })
}
