import type {Context} from '@omni-ops/core/operation'
import type {RestoreCopyOptions} from '../files/restore-copy.ts'
import {restoringEdits} from '../mask/text-edits.ts'
import {restorer} from '../mask/unmask.ts'
import {maskedDomain} from './header-field.ts'
import {rewriteMail} from './rewrite-mail.ts'

/** Writes a copy of masked mail with its values back. Returns how many. Throws CopyTargetError, UnreadableFileError. */
export async function restoreMail(
  {tag, entries, ...from}: Omit<RestoreCopyOptions, 'kind'>,
  context: Context,
): Promise<number> {
  const editsOf = restoringEdits(tag, entries)
  const restore = restorer(tag, entries)
  let restored = 0
  const header = async (text: string) => {
    const edits = await editsOf(text, '')
    restored += edits.length
    // An address was written as one, of a domain that goes with what stands for it.
    return edits.map(edit =>
      text.startsWith(`@${maskedDomain}`, edit.end) ? {...edit, end: edit.end + maskedDomain.length + 1} : edit,
    )
  }
  const body = async (text: string) => restore(text, () => restored++)
  await rewriteMail({...from, label: 'Restoring', editor: {header, body}}, context)
  return restored
}
