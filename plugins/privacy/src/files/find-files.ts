import {readdir, stat} from 'node:fs/promises'
import {join, relative, resolve} from 'node:path'
import {CancelledError, NotFoundError} from '@omni-ops/core/operation'

/** A path that was named does not exist. */
export class NoSuchFileError extends NotFoundError {
  override readonly code = 'no_such_file'
}

export interface FoundFile {
  readonly path: string
  /** Relative to where the caller is. */
  readonly name: string
  readonly bytes: number
}

/** Folders that hold what programs put there. */
const passedOver = new Set(['node_modules', '.git', '.hg', '.svn'])

/** The files that paths name; those below a directory in the order of their names. Symbolic links are not followed. Throws NoSuchFileError. */
export async function* findFiles(
  paths: readonly string[],
  workingDirectory: string,
  signal: AbortSignal,
): AsyncIterable<FoundFile> {
  for (const path of paths) {
    const absolute = resolve(workingDirectory, path)
    const found = await stat(absolute).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOENT' && cause.code !== 'ENOTDIR') throw cause
      throw new NoSuchFileError(`There is no file ${path}`, {hint: 'check the path, or use - for stdin', cause})
    })
    if (found.isDirectory()) yield* below(absolute, workingDirectory, signal)
    else yield {path: absolute, name: nameOf(absolute, workingDirectory), bytes: found.size}
  }
}

async function* below(directory: string, workingDirectory: string, signal: AbortSignal): AsyncIterable<FoundFile> {
  const entries = await readdir(directory, {withFileTypes: true})
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (signal.aborted) throw new CancelledError()
    const path = join(directory, entry.name)
    if (entry.isDirectory()) {
      if (!passedOver.has(entry.name)) yield* below(path, workingDirectory, signal)
    } else if (entry.isFile()) {
      yield {path, name: nameOf(path, workingDirectory), bytes: (await stat(path)).size}
    }
  }
}

function nameOf(path: string, workingDirectory: string): string {
  const name = relative(workingDirectory, path)
  return name.startsWith('..') ? path : name
}
