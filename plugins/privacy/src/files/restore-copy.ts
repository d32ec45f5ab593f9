import type {Context} from '@omni-ops/core/operation'
import type {PlaceholderEntry} from '../mask/placeholders.ts'

export interface RestoreCopyOptions {
  /** What is read, and how messages call it. */
  readonly path: string
  readonly name: string
  /** Where the copy with its values back goes. */
  readonly out: string
  readonly kind: 'sqlite' | 'docx' | 'mail'
  /** Of the run that masked it, and what its placeholders stand for. */
  readonly tag: string
  readonly entries: ReadonlyMap<string, PlaceholderEntry>
}

/** Writes a copy of a masked database, document or mail with its values back. Returns how many. Throws CopyTargetError, UnreadableFileError, NotCopyableError. */
export async function restoreCopy(
  {kind, tag, entries, ...from}: RestoreCopyOptions,
  context: Context,
): Promise<number> {
  if (kind === 'mail') {
    const {restoreMail} = await import('../mail/restore-mail.ts')
    return restoreMail({...from, tag, entries}, context)
  }
  const {counts} = await (kind === 'sqlite' ? database() : document())
  return Object.values(counts).reduce((sum, count) => sum + count, 0)

  async function database() {
    const [{rewriteSqlite}, {CellRestorer}] = await Promise.all([
      import('./rewrite-sqlite.ts'),
      import('./cell-rewriter.ts'),
    ])
    return rewriteSqlite({...from, rewriter: new CellRestorer(tag, entries), label: 'Restoring'}, context)
  }

  async function document() {
    const [{rewriteDocx}, {restoringEdits}] = await Promise.all([
      import('./rewrite-docx.ts'),
      import('../mask/text-edits.ts'),
    ])
    return rewriteDocx({...from, editsOf: restoringEdits(tag, entries), label: 'Restoring'}, context)
  }
}
