import type {Context} from '@omni-ops/core/operation'
import {beginMasking} from '../files/masking.ts'
import type {MaskCopyOptions} from '../files/mask-sqlite.ts'
import type {RewriteReport} from '../files/rewrite-sqlite.ts'
import {formatOf, segmentReader} from '../formats/format.ts'
import {MalformedFileError, once} from '../formats/segment.ts'
import {maskSegments} from '../mask/mask-segments.ts'
import {maskingEdits} from '../mask/text-edits.ts'
import {rewriteMail} from './rewrite-mail.ts'

/** Writes a masked copy of a message or a mailbox. Throws NoPrivacyKeyError, CopyTargetError, UnreadableFileError. */
export async function maskMail(options: MaskCopyOptions, context: Context): Promise<RewriteReport> {
  const {keepMap, ...masking} = await beginMasking(options, context)
  const {path, name, out, types} = options
  const counts: Record<string, number> = {}
  const found = (type: string) => {
    counts[type] = (counts[type] ?? 0) + 1
  }
  const editsOf = maskingEdits({...masking, types})
  const masked = async (text: string, format: ReturnType<typeof formatOf>) => {
    const counted: string[] = []
    const pieces: string[] = []
    const reading = segmentReader(format)(once(text))
    for await (const piece of maskSegments(reading, {...masking, found: type => counted.push(type)})) pieces.push(piece)
    counted.forEach(found)
    return pieces.join('')
  }
  const {unread} = await rewriteMail(
    {
      path,
      name,
      out,
      label: 'Masking',
      finishing: keepMap,
      editor: {
        header: async text => {
          const edits = await editsOf(text, '')
          for (const {type} of edits) found(type)
          return edits
        },
        body: async (text, {filename}) => {
          try {
            return await masked(text, formatOf(filename ?? ''))
          } catch (error) {
            if (!(error instanceof MalformedFileError)) throw error
            return masked(text, 'text')
          }
        },
      },
    },
    context,
  )
  return {counts, unread}
}
