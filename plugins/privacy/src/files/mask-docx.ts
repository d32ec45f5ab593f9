import type {Context} from '@omni-ops/core/operation'
import {maskingEdits} from '../mask/text-edits.ts'
import {beginMasking} from './masking.ts'
import type {MaskCopyOptions} from './mask-sqlite.ts'
import {rewriteDocx} from './rewrite-docx.ts'
import type {RewriteReport} from './rewrite-sqlite.ts'

/** Writes a masked copy of a Word document. Throws NoPrivacyKeyError, CopyTargetError, UnreadableFileError. */
export async function maskDocx(options: MaskCopyOptions, context: Context): Promise<RewriteReport> {
  const {keepMap, ...masking} = await beginMasking(options, context)
  const {path, name, out, types} = options
  const editsOf = maskingEdits({...masking, types})
  return rewriteDocx({path, name, out, editsOf, label: 'Masking', finishing: keepMap}, context)
}
