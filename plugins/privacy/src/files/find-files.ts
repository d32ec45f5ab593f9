import {readdir, stat} from 'node:fs/promises'
import {join, relative, resolve} from 'node:path'
import {CancelledError} from '@omni-ops/core/operation'
import {noSuchFile} from '@omni-ops/core/reading'
import {lanceEnding} from './lance-texts.ts'

export interface FoundFile {
  readonly path: string
  /** Relative to where the caller is. */
  readonly name: string
  /** 0 for a table. */
  readonly bytes: number
  /** A directory that is a table of LanceDB. */
  readonly isTable: boolean
}

/** Folders that hold what programs put there. */
const passedOver = new Set(['node_modules', '.git', '.hg', '.svn'])

/** The files that paths name, and tables of LanceDB; those below a directory in the order of their names. Symbolic links are not followed. Throws NoSuchFileError. */
export async function* findFiles(
  paths: readonly string[],
  workingDirectory: string,
  signal: AbortSignal,
): AsyncIterable<FoundFile> {
  for (const path of paths) {
    const absolute = resolve(workingDirectory, path)
    const found = await stat(absolute).catch((error: unknown) => {
      throw noSuchFile(error, path) ?? error
    })
    const name = nameOf(absolute, workingDirectory)
    if (!found.isDirectory()) yield {path: absolute, name, bytes: found.size, isTable: false}
    else if (await isLanceTable(absolute)) yield {path: absolute, name, bytes: 0, isTable: true}
    else yield* below(absolute, workingDirectory, signal)
  }
}

async function* below(directory: string, workingDirectory: string, signal: AbortSignal): AsyncIterable<FoundFile> {
  const entries = await readdir(directory, {withFileTypes: true})
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (signal.aborted) throw new CancelledError()
    const path = join(directory, entry.name)
    const name = nameOf(path, workingDirectory)
    if (entry.isFile()) yield {path, name, bytes: (await stat(path)).size, isTable: false}
    if (!entry.isDirectory() || passedOver.has(entry.name)) continue
    if (await isLanceTable(path)) yield {path, name, bytes: 0, isTable: true}
    else yield* below(path, workingDirectory, signal)
  }
}

/** A directory of LanceDB keeps its versions beside its data. */
async function isLanceTable(path: string): Promise<boolean> {
  if (!path.endsWith(lanceEnding)) return false
  const versions = await stat(join(path, '_versions')).catch(() => undefined)
  return versions?.isDirectory() === true
}

function nameOf(path: string, workingDirectory: string): string {
  const name = relative(workingDirectory, path)
  return name.startsWith('..') ? path : name
}
