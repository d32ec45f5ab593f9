import {type ErrorReport, ExitCode} from '../operation/errors.ts'

/** An error of the file system as its caller gets it. */
export interface SystemRefusal {
  readonly report: ErrorReport
  readonly exitCode: ExitCode
}

const fullDisk: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT'])
const notAllowed: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS'])
const tooManyFiles: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE'])
/** What stands, or would have to stand, at a path. */
const wrongKind: ReadonlySet<string> = new Set(['EISDIR', 'ENOTDIR', 'EEXIST', 'ENOTEMPTY', 'ENAMETOOLONG', 'ELOOP'])

/**
 * What the file system refused, wherever it did: any file may be the one that does not fit or may not be written, and
 * any path that a person types may lead to something else than it should. Undefined for every other error. The codes
 * are Node's: https://nodejs.org/api/errors.html#common-system-errors
 */
export function systemRefusal(error: unknown): SystemRefusal | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  const {code, message} = error
  const {syscall, path} = error as NodeJS.ErrnoException
  const refused = (code: string, told: string, hint: string, exitCode: ExitCode = ExitCode.failure): SystemRefusal => ({
    report: {code, message: told, hint},
    exitCode,
  })
  if (fullDisk.has(code)) {
    return refused('storage_full', `The disk is full: ${message}`, 'free some space on the disk, then run it again')
  }
  if (tooManyFiles.has(code)) {
    return refused(
      'too_many_open_files',
      `Too many files are open: ${message}`,
      'raise the limit with `ulimit -n`, then run it again',
    )
  }
  if (code === 'EIO') {
    return refused('disk_failed', `Reading or writing failed: ${message}`, 'check the disk, then run it again')
  }
  if (wrongKind.has(code) && (path !== undefined || syscall === 'read')) {
    const place = path === undefined ? '' : ` at ${path}`
    const isBelowFile = code === 'ENOTDIR' || (code === 'EEXIST' && syscall === 'mkdir')
    const what =
      code === 'EISDIR'
        ? `There is a directory${place}, where a file is needed`
        : isBelowFile
          ? `There is a file${place}, or above it, where a directory is needed`
          : message
    return refused('path_unusable', what, 'name another path', ExitCode.usage)
  }
  // A directory that may not be made above the one that is asked for is told by Node as one that is not there.
  if (path !== undefined && (notAllowed.has(code) || (code === 'ENOENT' && syscall === 'mkdir'))) {
    return refused(
      'file_refused',
      `The file system refuses ${path}: ${message}`,
      'check the owner and the permissions there, or choose another place with OMNI_DATA_DIR and XDG_*_HOME',
    )
  }
  if (code === 'ENOENT' && path !== undefined) {
    return refused('no_such_file', `There is no file ${path}`, 'check the path', ExitCode.notFound)
  }
  return undefined
}
