import {once} from 'node:events'
import {createWriteStream} from 'node:fs'
import {mkdir, open, readdir, rename, rm, stat, writeFile} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'
import {ConflictError} from '@omni-ops/core/operation'
import {unwritable} from '../files/whole-file.ts'
import type {ArchiveFile} from './archive-content.ts'

/** There is something already where the archive would be. */
export class ArchiveExistsError extends ConflictError {
  override readonly code = 'gdpr_archive_exists'
}

/** Another process is writing an archive of this name. */
export class ArchiveBusyError extends ConflictError {
  override readonly code = 'gdpr_archive_busy'
}

/** Who writes an archive, and how to tell whether somebody else still does. */
export interface ArchiveWriter {
  /** The number of the process. */
  readonly process: number
  isRunning(process: number): boolean
}

/** Where files of an archive go, one after the other. It has its name only when it is complete. */
export interface ArchiveTarget {
  add(file: ArchiveFile): Promise<void>
  finish(): Promise<void>
  /** Leaves nothing half-written behind. */
  discard(): Promise<void>
}

/** A ZIP file where the name ends so, a directory elsewhere; only its owner can read it. @throws ArchiveExistsError, ArchiveBusyError, UnwritableFileError */
export async function openArchiveTarget(path: string, writer: ArchiveWriter): Promise<ArchiveTarget> {
  try {
    return await openTarget(path, writer)
  } catch (error) {
    throw unwritable(path, error)
  }
}

async function openTarget(path: string, writer: ArchiveWriter): Promise<ArchiveTarget> {
  const existing = await readdir(path).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    // It is one, or stands below one.
    if (error.code === 'ENOTDIR' && (await stat(path).catch(() => undefined))) return ['a file']
    throw error
  })
  if (existing !== undefined && existing.length > 0) {
    throw new ArchiveExistsError(`${path} is there already`, {hint: 'give --out another name, or remove it'})
  }
  await mkdir(dirname(path), {recursive: true})
  // The request is closed before the archive has its name, as its receipt is in it: nobody else may take the name till then.
  const partial = `${path}.${writer.process}.partial`
  await rm(partial, {recursive: true, force: true})
  const target = path.toLowerCase().endsWith('.zip')
    ? await zipTarget(path, partial)
    : await directoryTarget(path, partial)
  try {
    await assertAlone(path, partial, writer)
    return target
  } catch (error) {
    await target.discard()
    throw error
  }
}

/** Removes what a process that is gone has left of an archive of this name. @throws ArchiveBusyError where one is at work */
async function assertAlone(path: string, own: string, {isRunning}: ArchiveWriter): Promise<void> {
  const directory = dirname(path)
  for (const name of await readdir(directory)) {
    const other = name.startsWith(`${basename(path)}.`) ? /\.(\d+)\.partial$/.exec(name)?.[1] : undefined
    if (other === undefined || name === basename(own)) continue
    if (isRunning(Number(other))) {
      throw new ArchiveBusyError(`${path} is being written by another process (${other})`, {
        hint: `wait for it, or remove ${join(directory, name)} where no omni is running`,
      })
    }
    await rm(join(directory, name), {recursive: true, force: true})
  }
}

async function directoryTarget(path: string, partial: string): Promise<ArchiveTarget> {
  await mkdir(partial, {mode: 0o700})
  return {
    add: async ({path: name, bytes}) => {
      const file = join(partial, name)
      await mkdir(dirname(file), {recursive: true, mode: 0o700})
      await writeFile(file, bytes, {mode: 0o600, flush: true})
    },
    finish: async () => {
      // An empty directory may be there; a rename takes its place.
      await rename(partial, path)
    },
    discard: () => rm(partial, {recursive: true, force: true}),
  }
}

async function zipTarget(path: string, partial: string): Promise<ArchiveTarget> {
  const {Zip, ZipDeflate} = await import('fflate')
  const stream = createWriteStream(partial, {mode: 0o600})
  let failure: Error | undefined
  stream.on('error', error => (failure = error))
  await once(stream, 'open')
  let full = false
  const zip = new Zip((error, chunk) => {
    if (error) failure = error
    else full = !stream.write(chunk)
  })
  const settled = async () => {
    if (full && failure === undefined) await once(stream, 'drain')
    if (failure !== undefined) throw failure
  }
  return {
    add: async ({path: name, bytes}) => {
      const entry = new ZipDeflate(name, {level: 6})
      zip.add(entry)
      entry.push(bytes, true)
      await settled()
    },
    finish: async () => {
      zip.end()
      stream.end()
      await once(stream, 'finish')
      if (failure !== undefined) throw failure
      const file = await open(partial, 'r+')
      await file.sync()
      await file.close()
      await rename(partial, path)
    },
    discard: async () => {
      stream.destroy()
      await rm(partial, {force: true})
    },
  }
}
