import type {Context} from '@omni-ops/core/operation'
import {CellMasker} from './cell-rewriter.ts'
import {beginMasking, type MaskingOptions} from './masking.ts'
import {type RewriteReport, rewriteSqlite} from './rewrite-sqlite.ts'

export interface MaskCopyOptions extends MaskingOptions {
  /** What is read, and how messages call it. */
  readonly path: string
  readonly name: string
  /** Where the masked copy goes. */
  readonly out: string
}

/** Writes a masked copy of a database. Throws NoPrivacyKeyError, CopyTargetError, UnreadableFileError, NotCopyableError. */
export async function maskSqlite(options: MaskCopyOptions, context: Context): Promise<RewriteReport> {
  const {keepMap, ...masking} = await beginMasking(options, context)
  const {path, name, out} = options
  const rewriter = new CellMasker(masking)
  return rewriteSqlite({path, name, out, rewriter, label: 'Masking', finishing: keepMap}, context)
}
