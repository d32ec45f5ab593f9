import {once} from 'node:events'
import {createWriteStream} from 'node:fs'
import {mkdir, open, readdir, readFile, rename, rm, stat, writeFile} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'
import {promisify} from 'node:util'
import {crc32, deflateRaw} from 'node:zlib'
import {writeWhole} from '@omni-ops/core/files'
import {ConflictError} from '@omni-ops/core/operation'
import type {ZipInputFile} from 'fflate'
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

/**
 * Where files of an archive go, one after the other. A request is closed with a receipt for an archive that somebody has:
 * so the archive gets its name first, complete but for the receipt, and the receipt when there is one.
 */
export interface ArchiveTarget {
  add(file: ArchiveFile): Promise<void>
  /** Gives what was added its name. From here on it stays, whatever comes. */
  publish(): Promise<void>
  /** Puts the last file into what is published. */
  finish(receipt: ArchiveFile): Promise<void>
  /** Leaves nothing half-written behind. */
  discard(): Promise<void>
}

const manifestName = 'manifest.json'
const receiptName = 'receipt.json'

/**
 * A ZIP file where the name ends so, a directory elsewhere; only its owner can read it. What was published for the same
 * request and never got its receipt is replaced.
 * @throws ArchiveExistsError, ArchiveBusyError, and the errors of the file system
 */
export async function openArchiveTarget(path: string, request: string, writer: ArchiveWriter): Promise<ArchiveTarget> {
  const existing = await readdir(path).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    // It is one, or stands below one.
    if (error.code === 'ENOTDIR' && (await stat(path).catch(() => undefined))) return ['a file']
    throw error
  })
  const isTaken = existing !== undefined && existing.length > 0
  if (isTaken && (await unfinishedRequest(path)) !== request) {
    await assertAlone(path, writer)
    throw new ArchiveExistsError(`${path} is there already`, {hint: 'give --out another name, or remove it'})
  }
  await mkdir(dirname(path), {recursive: true})
  const own = partialsOf(path, writer.process)
  for (const partial of Object.values(own)) await rm(partial, {recursive: true, force: true})
  const target = isZip(path) ? await zipTarget(path, own) : await directoryTarget(path, own.partial, isTaken)
  try {
    await assertAlone(path, writer)
    return target
  } catch (error) {
    await target.discard()
    throw error
  }
}

function isZip(path: string): boolean {
  return path.toLowerCase().endsWith('.zip')
}

interface Partials {
  readonly partial: string
  /** The archive as it will be with its receipt. */
  readonly finished: string
}

function partialsOf(path: string, process: number): Partials {
  return {partial: `${path}.${process}.partial`, finished: `${path}.finished.${process}.partial`}
}

/** The request that an archive is of, where it has no receipt; undefined for everything else that may stand there. */
async function unfinishedRequest(path: string): Promise<string | undefined> {
  try {
    const {[manifestName]: manifest, [receiptName]: receipt} = await lastFilesOf(path)
    if (manifest === undefined || receipt !== undefined) return undefined
    return (JSON.parse(Buffer.from(manifest).toString('utf8')) as {request?: string}).request
  } catch {
    return undefined
  }
}

/** The list of an archive's files, and its receipt, as far as they are there. */
async function lastFilesOf(path: string): Promise<Readonly<Record<string, Uint8Array>>> {
  const names = [manifestName, receiptName]
  if ((await stat(path)).isFile()) {
    if (!isZip(path)) return {}
    const {unzipSync} = await import('fflate')
    return unzipSync(await readFile(path), {filter: ({name}) => names.includes(name)})
  }
  const read = await Promise.all(
    names.map(async name => [name, await readFile(join(path, name)).catch(() => undefined)] as const),
  )
  return Object.fromEntries(read.flatMap(([name, bytes]) => (bytes === undefined ? [] : [[name, bytes]])))
}

/** Removes what a process that is gone has left of an archive of this name. @throws ArchiveBusyError where one is at work */
async function assertAlone(path: string, {process, isRunning}: ArchiveWriter): Promise<void> {
  const directory = dirname(path)
  for (const name of await readdir(directory)) {
    const other = name.startsWith(`${basename(path)}.`) ? /\.(\d+)\.partial$/.exec(name)?.[1] : undefined
    if (other === undefined || Number(other) === process) continue
    if (isRunning(Number(other))) {
      throw new ArchiveBusyError(`${path} is being written by another process (${other})`, {
        hint: `wait for it, or remove ${join(directory, name)} where no omni is running`,
      })
    }
    await rm(join(directory, name), {recursive: true, force: true})
  }
}

async function directoryTarget(path: string, partial: string, replaces: boolean): Promise<ArchiveTarget> {
  await mkdir(partial, {mode: 0o700})
  return {
    add: async ({path: name, bytes}) => {
      const file = join(partial, name)
      await mkdir(dirname(file), {recursive: true, mode: 0o700})
      await writeFile(file, bytes, {mode: 0o600, flush: true})
    },
    publish: async () => {
      if (replaces) await rm(path, {recursive: true, force: true})
      // An empty directory may be there; a rename takes its place.
      await rename(partial, path)
    },
    finish: receipt => writeWhole(join(path, receipt.path), receipt.bytes),
    discard: () => rm(partial, {recursive: true, force: true}),
  }
}

/** A ZIP file ends with the list of what is in it: two files grow side by side, the second for the receipt. */
async function zipTarget(path: string, own: Partials): Promise<ArchiveTarget> {
  const published = await zipFile(own.partial)
  const finished = await zipFile(own.finished)
  const add = async (file: ArchiveFile) => {
    const entry = await entryOf(file)
    await published.add(entry)
    await finished.add(entry)
  }
  return {
    add,
    publish: async () => {
      await published.end()
      await rename(own.partial, path)
    },
    finish: async receipt => {
      await finished.add(await entryOf(receipt))
      await finished.end()
      await rename(own.finished, path)
    },
    discard: async () => {
      await published.discard()
      await finished.discard()
    },
  }
}

type Entry = Pick<ZipInputFile, 'filename' | 'size' | 'crc' | 'compression'> & {
  readonly packed: Uint8Array<ArrayBuffer>
}

const deflated = 8

/** A file as it stands in any ZIP file (APPNOTE 4.3.7, 4.4.5). */
async function entryOf({path: filename, bytes}: ArchiveFile): Promise<Entry> {
  const packed = new Uint8Array(await promisify(deflateRaw)(bytes))
  return {filename, size: bytes.length, crc: crc32(bytes), compression: deflated, packed}
}

async function zipFile(path: string) {
  const {Zip} = await import('fflate')
  const stream = createWriteStream(path, {mode: 0o600})
  let failure: Error | undefined
  stream.on('error', error => (failure = error))
  await once(stream, 'open')
  let full = false
  const zip = new Zip((error, chunk) => {
    if (error) failure = error
    else full = !stream.write(chunk)
  })
  return {
    async add({packed, ...described}: Entry): Promise<void> {
      const entry: ZipInputFile = {...described}
      zip.add(entry)
      entry.ondata?.(null, packed, true)
      if (full && failure === undefined) await once(stream, 'drain')
      if (failure !== undefined) throw failure
    },
    async end(): Promise<void> {
      zip.end()
      stream.end()
      await once(stream, 'finish')
      if (failure !== undefined) throw failure
      const file = await open(path, 'r+')
      await file.sync()
      await file.close()
    },
    async discard(): Promise<void> {
      stream.destroy()
      await rm(path, {force: true})
    },
  }
}
