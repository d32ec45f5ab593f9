import {NotFoundError} from '../operation/errors.ts'

/** A file that was named is not there. */
export class NoSuchFileError extends NotFoundError {
  override readonly code = 'no_such_file'
}

/**
 * What an error of the file system is where the file, or a directory on the way to it, is not there; undefined for every
 * other error.
 *
 * @param name The file as its user named it.
 */
export function noSuchFile(error: unknown, name: string): NoSuchFileError | undefined {
  const {code} = error as NodeJS.ErrnoException
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return undefined
  return new NoSuchFileError(`There is no file ${name}`, {hint: 'check the path', cause: error})
}
