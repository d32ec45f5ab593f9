import {mkdir, stat} from 'node:fs/promises'
import {dirname} from 'node:path'
import {DirectoryInPlaceError, writeWhole} from '@omni-ops/core/files'
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

/** As `writeWhole` of the kernel, with what the system refuses in words. @throws UnwritableFileError */
export async function writeWholeFile(
  path: string,
  content: string | Uint8Array,
  finishing?: () => Promise<void>,
): Promise<void> {
  try {
    await writeWhole(path, content, finishing)
  } catch (error) {
    throw unwritable(path, error)
  }
}

/** Makes the directory of a file, and sees that its name is that of a file or free. @throws UnwritableFileError */
export async function readyPlace(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), {recursive: true})
  } catch (error) {
    throw unwritable(path, error)
  }
  const found = await stat(path).catch(() => undefined)
  if (found && !found.isFile()) throw cannot(path, found.isDirectory() ? reasons.EISDIR! : 'it is no file')
}

/** The error of a system in words, where it is about the place; every other error as it is. */
export function unwritable(path: string, error: unknown): unknown {
  const isDirectory = error instanceof DirectoryInPlaceError
  const reason = isDirectory ? reasons.EISDIR : reasons[(error as NodeJS.ErrnoException | undefined)?.code ?? '']
  return reason === undefined ? error : cannot(path, reason, error)
}

function cannot(path: string, reason: string, cause?: unknown): UnwritableFileError {
  return new UnwritableFileError(`${path} cannot be written: ${reason}`, {hint: 'name another file', cause})
}
