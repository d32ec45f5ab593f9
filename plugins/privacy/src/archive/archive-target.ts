import {once} from 'node:events'
import {createWriteStream} from 'node:fs'
import {mkdir, open, readdir, rename, rm, stat, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {ConflictError} from '@omni-ops/core/operation'
import {unwritable} from '../files/whole-file.ts'
import type {ArchiveFile} from './archive-content.ts'

/** There is something already where the archive would be. */
export class ArchiveExistsError extends ConflictError {
  override readonly code = 'gdpr_archive_exists'
}

/** Where files of an archive go, one after the other. It has its name only when it is complete. */
export interface ArchiveTarget {
  add(file: ArchiveFile): Promise<void>
  finish(): Promise<void>
  /** Leaves nothing half-written behind. */
  discard(): Promise<void>
}

/** A ZIP file where the name ends so, a directory elsewhere; only its owner can read it. @throws ArchiveExistsError, UnwritableFileError */
export async function openArchiveTarget(path: string): Promise<ArchiveTarget> {
  try {
    return await openTarget(path)
  } catch (error) {
    throw unwritable(path, error)
  }
}

async function openTarget(path: string): Promise<ArchiveTarget> {
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
  return path.toLowerCase().endsWith('.zip') ? zipTarget(path) : directoryTarget(path)
}

async function directoryTarget(path: string): Promise<ArchiveTarget> {
  const partial = `${path}.partial`
  await rm(partial, {recursive: true, force: true})
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

async function zipTarget(path: string): Promise<ArchiveTarget> {
  const {Zip, ZipDeflate} = await import('fflate')
  const partial = `${path}.partial`
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
