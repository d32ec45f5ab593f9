import {randomUUID} from 'node:crypto'
import {type FileHandle, mkdir, open, realpath, rename, rm, stat} from 'node:fs/promises'
import {dirname} from 'node:path'

/** Where a result is written. Either `finish` or `discard` is called, once. */
export interface Destination {
  readonly file: FileHandle
  /** Where it is until then, for a library that writes to paths. */
  readonly path: string
  /** It is all there: on the disk, and under its name. */
  finish(): Promise<void>
  /** Leaves nothing half-written behind. */
  discard(): Promise<void>
}

/**
 * Opens a file that appears under its name when it is complete, and whose directory is made: what was there stays until
 * then. Its owner alone may read it. A link stays a link. What is no file, such as `/dev/null` or a named pipe, is written
 * to as it is, and never replaced.
 *
 * @throws the errors of the file system, about the path that was asked for: `EISDIR` where a directory has it
 */
export async function openDestination(path: string): Promise<Destination> {
  const present = await stat(path).catch(unlessMissing)
  if (present && !present.isFile()) {
    const file = await open(path, 'w')
    return {file, path, finish: () => file.close(), discard: () => file.close()}
  }
  if (!present) await mkdir(dirname(path), {recursive: true})
  const target = present ? await realpath(path) : path
  const partial = `${target}.${randomUUID()}.partial`
  const asked = (error: unknown) => {
    throw aboutPath(error, partial, path)
  }
  const file = await open(partial, 'wx', 0o600).catch(asked)
  return {
    file,
    path: partial,
    finish: async () => {
      await file.sync()
      await file.close()
      await rename(partial, target).catch(asked)
    },
    discard: async () => {
      await file.close().catch(() => undefined)
      await rm(partial, {force: true})
    },
  }
}

/**
 * Writes a file whole or not at all, as `openDestination` says.
 *
 * @param finishing what is to be done before it appears
 */
export async function writeWhole(
  path: string,
  content: string | Uint8Array,
  finishing: () => Promise<void> = async () => {},
): Promise<void> {
  const destination = await openDestination(path)
  try {
    await destination.file.writeFile(content)
    await finishing()
    await destination.finish()
  } catch (error) {
    await destination.discard()
    throw error
  }
}

/** An error of the file system about a file that has another name until it is complete, about the name that it is to get. */
export function aboutPath(error: unknown, partial: string, path: string): unknown {
  if (!(error instanceof Error) || (error as NodeJS.ErrnoException).path !== partial) return error
  error.message = error.message.replaceAll(partial, path)
  return Object.assign(error, {path})
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
  throw error
}
