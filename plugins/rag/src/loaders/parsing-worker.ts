import {parentPort, workerData} from 'node:worker_threads'
import {DocumentError} from '../documents/errors.ts'
import {LoadBudget, type LoadLimits} from './limits.ts'
import type {ParsedText} from './parsed-text.ts'

/** Formats whose parsers are others' code, which nothing can interrupt once it runs. */
export type ThreadedFormat = 'pdf' | 'docx' | 'msg'

/** What `parseInThread` sends. */
export interface ParsingTask {
  readonly format: ThreadedFormat
  readonly bytes: Uint8Array
  readonly source: string
  readonly limits: LoadLimits
}

/** What comes back: the text, or what is wrong with the document by the code of its error, or with this program. */
export type ParsingAnswer =
  | {readonly parsed: ParsedText}
  | {readonly code: string; readonly message: string; readonly hint: string | undefined}
  | {readonly failure: unknown}

async function parse({format, bytes, source, limits}: ParsingTask): Promise<ParsedText> {
  const budget = new LoadBudget(source, limits)
  switch (format) {
    case 'pdf':
      return (await import('./pdf.ts')).parsePdf(bytes, budget)
    case 'docx':
      return (await import('./docx.ts')).parseDocx(bytes, budget)
    case 'msg':
      return (await import('./msg.ts')).parseMsg(bytes, budget)
  }
}

async function answer(task: ParsingTask): Promise<ParsingAnswer> {
  try {
    return {parsed: await parse(task)}
  } catch (error) {
    if (!(error instanceof DocumentError)) return {failure: error}
    return {code: error.code, message: error.message, hint: error.hint}
  }
}

// oxlint-disable-next-line require-post-message-target-origin -- a thread has no origin
parentPort?.postMessage(await answer(workerData as ParsingTask))
