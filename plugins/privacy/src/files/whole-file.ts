import {mkdir, rename, rm, stat} from 'node:fs/promises'
import {dirname} from 'node:path'
import {InvalidInputError} from '@omni-ops/core/operation'

/** A file cannot be written where it is asked for. */
export class UnwritableFileError extends InvalidInputError {
  override readonly code = 'unwritable_file'
}

/** What the system says of a place where nothing can be written; a full disk is told as such elsewhere. */
const reasons: Readonly<Record<string, string>> = {
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of its path is no directory',
  ENOENT: 'its directory cannot be made',
  EEXIST: 'a part of its path is no directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENAMETOOLONG: 'its name is too long',
}

/**
 * Writes a file that appears whole or not at all, in a directory that is made: under another name beside its place first, which is
 * taken back where something fails.
 * @throws UnwritableFileError
 */
export async function writeWholeFile(
  path: string,
  id: string,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = `${path}.${id}.tmp`
  try {
    await readyPlace(path)
    await write(temporary)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, {force: true}).catch(() => {})
    throw unwritable(path, error)
  }
}

/** Makes the directory of a file, and sees that the file's name is no directory's. @throws UnwritableFileError */
export async function readyPlace(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), {recursive: true})
  } catch (error) {
    throw unwritable(path, error)
  }
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory()) throw unwritable(path, Object.assign(new Error('a directory'), {code: 'EISDIR'}))
}

/** The error of a system in words, where it is about the place; every other error as it is. */
export function unwritable(path: string, error: unknown): unknown {
  const reason = reasons[(error as NodeJS.ErrnoException | undefined)?.code ?? '']
  if (reason === undefined) return error
  return new UnwritableFileError(`${path} cannot be written: ${reason}`, {
    hint: 'name another file',
    cause: error,
  })
}
