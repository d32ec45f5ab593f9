import {type ReadableContent, textReaderFor} from '@omni-ops/core/reading'
import {CancelledError, type Context, InvalidInputError, NotConfiguredError, OmniError} from '@omni-ops/core/operation'
import {
  BinaryFileError,
  CorruptDocumentError,
  type DocumentError,
  DocumentTooLargeError,
  EncryptedDocumentError,
  LoadTimeoutError,
  UnreadableFileError,
  UnsupportedFormatError,
} from '../documents/errors.ts'
import type {ReadContent} from '../loaders/load.ts'
import type {MediaMode} from './media-modes.ts'

/**
 * How the program reads the text of pictures, scanned pages and recordings; undefined where it is not to.
 *
 * @param mode `local` asks nobody else; `all` also sends content to who is configured to read it.
 */
export async function contentReading(mode: MediaMode, context: Context): Promise<ReadContent | undefined> {
  if (mode === 'off') return undefined
  const readers = await context.registry.textReaders()
  const allowed = mode === 'all' ? readers : readers.filter(({sendsContent}) => !sendsContent)
  if (allowed.length === 0) return undefined
  return async content => {
    const reader = textReaderFor(allowed, content.mediaType)
    if (reader === undefined) {
      const isSent = textReaderFor(readers, content.mediaType) !== undefined
      throw new BinaryFileError(
        content.source,
        `is ${content.mediaType}, which ${isSent ? 'only --media all reads' : 'nobody here reads'}`,
        {
          hint: isSent ? '--media all lets the configured provider read it' : 'convert it to text first',
        },
      )
    }
    try {
      return await reader.read(content, context)
    } catch (error) {
      throw documentError(content, error)
    }
  }
}

/** What is wrong with one document is no reason to end a run; a cancel and a bug are. */
function documentError({source}: ReadableContent, error: unknown): unknown {
  if (!(error instanceof OmniError) || error instanceof CancelledError) return error
  const message = error.message.startsWith(`${source} `) ? error.message.slice(source.length + 1) : error.message
  const options = {cause: error, ...(error.hint === undefined ? {} : {hint: error.hint})}
  return new (errorClass(error))(source, message, options)
}

type DocumentErrorClass = new (
  source: string,
  message: string,
  options: {readonly hint?: string; readonly cause?: unknown},
) => DocumentError

function errorClass(error: OmniError): DocumentErrorClass {
  const byCode: Readonly<Record<string, DocumentErrorClass>> = {
    media_too_large: DocumentTooLargeError,
    media_encrypted: EncryptedDocumentError,
    ocr_timeout: LoadTimeoutError,
  }
  const known = byCode[error.code]
  if (known) return known
  if (error instanceof NotConfiguredError) return UnsupportedFormatError
  return error instanceof InvalidInputError ? CorruptDocumentError : UnreadableFileError
}
