import {createReadStream} from 'node:fs'
import {openDestination} from '@omni-ops/core/files'
import {CancelledError, type Context} from '@omni-ops/core/operation'
import {checkCopyTarget, type RewriteReport} from '../files/rewrite-sqlite.ts'
import {editedMessage, type MailEditor} from './edit-message.ts'
import {editedField} from './header-field.ts'
import {mailboxParts} from './mailbox.ts'

export interface RewriteMailOptions {
  /** Where the mail is, and how messages call it. */
  readonly path: string
  readonly name: string
  /** Where the copy goes. */
  readonly out: string
  readonly editor: Pick<MailEditor, 'header' | 'body'>
  /** What the progress says is being done. */
  readonly label: string
  /** Done before the copy is final. */
  readonly finishing?: () => Promise<void>
}

/**
 * Writes a copy of a message or a mailbox with its texts rewritten, which appears whole or not at all and which its owner
 * alone may read. What holds no text that can be read, such as a picture, is told.
 *
 * @throws UnreadableFileError, CopyTargetError, CancelledError
 */
export async function rewriteMail(
  options: RewriteMailOptions,
  context: Context,
): Promise<Pick<RewriteReport, 'unread'>> {
  const {path, name, out, label, finishing} = options
  await checkCopyTarget(path, out)
  const unread: {source: string; reason: string}[] = []
  const {file, finish, discard} = await openDestination(out)
  try {
    let done = 0
    for await (const {number, separator, message} of mailboxParts(createReadStream(path), name)) {
      if (context.signal.aborted) throw new CancelledError()
      const editor: MailEditor = {
        ...options.editor,
        unread: reason =>
          void unread.push({source: name, reason: number === 0 ? reason : `message ${number}, ${reason}`}),
      }
      await file.write(await editedSeparator(separator, editor))
      for await (const bytes of editedMessage(message, name, editor)) await file.write(bytes)
      done += separator.length + message.length
      context.emit({type: 'progress', label, done, unit: 'bytes'})
    }
    await finishing?.()
    await finish()
  } catch (error) {
    await discard()
    throw error
  }
  return {unread}
}

/** Its address is like that of a `Return-Path`. */
async function editedSeparator(separator: Buffer, {header}: MailEditor): Promise<Uint8Array> {
  const [, address, rest] = /^From (\S+)([^]*)$/.exec(separator.toString('latin1')) ?? []
  if (address === undefined || rest === undefined) return separator
  const edited = await editedField(`Return-Path: ${address}`, (text, field) => header(text, field, 'separator'))
  return edited === undefined ? separator : Buffer.from(`From ${edited.slice('Return-Path: '.length)}${rest}`, 'latin1')
}
