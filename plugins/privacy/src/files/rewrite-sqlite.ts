import {realpath, rm, stat} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'
import {openDestination} from '@omni-ops/core/files'
import {ConflictError, type Context} from '@omni-ops/core/operation'
import type {CellRewriter} from './cell-rewriter.ts'
import {copySqlite} from './copy-sqlite.ts'

/** A copy can't be written where it is to go. */
export class CopyTargetError extends ConflictError {
  override readonly code = 'copy_target'
}

export interface RewriteSqliteOptions {
  /** Where the database is, and how messages call it. */
  readonly path: string
  readonly name: string
  /** Where the copy goes. */
  readonly out: string
  readonly rewriter: CellRewriter
  /** What the progress says is being done. */
  readonly label: string
  /** Done before the copy is final. */
  readonly finishing?: () => Promise<void>
}

/** What became of a file that was rewritten as a whole. */
export interface RewriteReport {
  readonly counts: Readonly<Record<string, number>>
  /** What is in the copy as it was, or not at all, though it may be personal. */
  readonly unread: readonly {readonly source: string; readonly reason: string}[]
}

/** What SQLite puts beside a database (sqlite.org/tempfiles.html). */
const companions = ['-journal', '-wal', '-shm']

/** Writes a copy of a database with its values rewritten, which appears whole or not at all and which its owner alone may read. Throws CopyTargetError and what {@link copySqlite} throws. */
export async function rewriteSqlite(options: RewriteSqliteOptions, context: Context): Promise<RewriteReport> {
  const {path, name, out, rewriter, label} = options
  await checkCopyTarget(path, out)
  const present = await stat(out).catch(() => undefined)
  if (present && !present.isFile() && !present.isDirectory()) {
    throw new CopyTargetError(`${out} is no file, which a database needs`, {hint: 'name another file with --out'})
  }
  for (const companion of companions) {
    if (!(await exists(out + companion))) continue
    throw new CopyTargetError(`${out} is in use: ${basename(out)}${companion} is beside it`, {
      hint: 'close what has it open, or name another file with --out',
    })
  }
  const counts: Record<string, number> = {}
  const unread: {source: string; reason: string}[] = []
  const destination = await openDestination(out)
  try {
    await copySqlite({
      from: path,
      to: destination.path,
      name,
      rewriter,
      signal: context.signal,
      unread: reason => void unread.push({source: name, reason}),
      replaced: types => {
        for (const type of types) counts[type] = (counts[type] ?? 0) + 1
      },
      progress: rows => context.emit({type: 'progress', label, done: rows, unit: 'rows'}),
    })
    await options.finishing?.()
    await destination.finish()
  } catch (error) {
    await destination.discard()
    for (const ending of companions) await rm(destination.path + ending, {force: true}).catch(() => {})
    throw error
  }
  return {counts, unread}
}

/** Refuses to write over what is read, by whatever name. */
export async function checkCopyTarget(path: string, out: string): Promise<void> {
  const place = (file: string) =>
    realpath(file).catch(async () => join(await realpath(dirname(file)).catch(() => dirname(file)), basename(file)))
  if ((await place(path)) !== (await place(out))) return
  throw new CopyTargetError('A masked copy is not written over its original', {hint: 'name another file with --out'})
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}
