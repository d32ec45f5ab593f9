import {closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync} from 'node:fs'
import {basename, extname, join} from 'node:path'
import type {Clock} from '../operation/context.ts'
import {BackupError} from './errors.ts'
import type {SqliteEngine} from './sqlite-engine.ts'

const keptBackups = 5

/**
 * Writes a copy of the last committed state of a SQLite database and keeps the newest five. The copy gets its name
 * only when it is complete and on the disk.
 * @returns the path of the copy
 * @throws BackupError if it cannot be written
 */
export async function backupSqlite(engine: SqliteEngine, directory: string, clock: Clock): Promise<string> {
  const name = basename(engine.location, extname(engine.location))
  const path = join(directory, `${name}-${clock.now().toISOString().replaceAll(/[:.]/g, '-')}.db`)
  const partial = `${path}.partial`
  try {
    mkdirSync(directory, {recursive: true, mode: 0o700})
    rmSync(partial, {force: true})
    closeSync(openSync(partial, 'wx', 0o600))
    await engine.reader.database.backup(partial)
    synchronise(partial)
    renameSync(partial, path)
  } catch (error) {
    if (existsSync(partial)) rmSync(partial)
    throw new BackupError(
      `The backup before the migration could not be written to ${directory}: ${(error as Error).message}`,
      {
        hint: 'free some space or name another backup directory; the database is as it was',
        cause: error,
      },
    )
  }
  dropOldest(directory, name)
  return path
}

function synchronise(path: string): void {
  const file = openSync(path, 'r+')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function dropOldest(directory: string, name: string): void {
  const copies = readdirSync(directory)
    .filter(file => file.startsWith(`${name}-`) && file.endsWith('.db'))
    .toSorted()
  for (const file of copies.slice(0, -keptBackups)) rmSync(join(directory, file), {force: true})
}
