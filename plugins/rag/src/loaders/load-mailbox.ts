import {createHash} from 'node:crypto'
import {createReadStream} from 'node:fs'
import type {LoadedDocument} from '../documents/document.ts'
import {DocumentError, UnreadableFileError} from '../documents/errors.ts'
import {defaultLoadLimits, LoadBudget} from './limits.ts'
import {loadEmbedded, type LoadOptions} from './load.ts'
import {mailboxMessages} from './mailbox.ts'
import {MailboxContents, mailboxFile} from './mailbox-files.ts'

/** The SHA-256 of a file that may be larger than memory, lower-case hexadecimal. @throws UnreadableFileError */
export async function hashFile(path: string, source: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const part of createReadStream(path, {signal})) hash.update(part as Buffer)
  } catch (error) {
    throw unreadable(source, error)
  }
  return hash.digest('hex')
}

/**
 * Reads a mailbox of any size, one message in memory at a time; the limits hold for each message. Yields as
 * `loadWithEmbedded` does, the mailbox itself last.
 *
 * @throws UnreadableFileError, CancelledError.
 */
export async function* loadMailboxFile(
  path: string,
  options: LoadOptions,
): AsyncGenerator<LoadedDocument | DocumentError> {
  const limits = {...defaultLoadLimits, ...options.limits}
  const contents = new MailboxContents(
    // How long all messages take together is no sign of harm.
    new LoadBudget(options.source, {...limits, maxMilliseconds: Number.POSITIVE_INFINITY}, options.signal),
  )
  const hash = createHash('sha256')
  let bytes = 0
  const parts = async function* (): AsyncGenerator<Uint8Array> {
    for await (const part of createReadStream(path, {signal: options.signal})) {
      hash.update(part as Buffer)
      bytes += (part as Buffer).length
      yield part as Buffer
    }
  }
  const names = new Set<string>()
  try {
    for await (const message of mailboxMessages(parts(), limits.maxBytes)) {
      await contents.add(message)
      yield* loadEmbedded(mailboxFile(message), options, names, 0)
    }
  } catch (error) {
    throw unreadable(options.source, error)
  }
  yield {
    source: options.source,
    mediaType: 'application/mbox',
    contentHash: hash.digest('hex'),
    bytes,
    ...contents.result(),
    metadata: contents.result().metadata ?? {},
  }
}

/** Errors of the file system are those of this document; all others stay. */
function unreadable(source: string, error: unknown): unknown {
  const {code} = error as NodeJS.ErrnoException
  if (error instanceof DocumentError || code === undefined || !/^E[A-Z]+$/.test(code)) return error
  return new UnreadableFileError(source, `cannot be read: ${code}`, {cause: error})
}
