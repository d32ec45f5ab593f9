import {inflateRawSync} from 'node:zlib'
import {CorruptDocumentError, DocumentTooLargeError, EncryptedDocumentError} from '../documents/errors.ts'

/** Signatures and field offsets are those of PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16. */
const LOCAL_HEADER = 0x04034b50
const CENTRAL_ENTRY = 0x02014b50
const END_OF_DIRECTORY = 0x06054b50
const END_LENGTH = 22
const LONGEST_COMMENT = 0xffff
const MOST_ENTRIES = 10_000
const STORED = 0
const DEFLATED = 8

export interface ArchiveLimits {
  /** Bytes of all entries that will be unpacked, together. */
  readonly maxUnpackedBytes: number
  /** Which entries will be unpacked. */
  readonly isUnpacked: (name: string) => boolean
}

/**
 * Unpacks the entries of a ZIP archive that a reader will unpack, to find whether they stay within the limit: the
 * sizes that the archive itself gives may lie. Nothing is kept.
 *
 * @throws CorruptDocumentError, EncryptedDocumentError, DocumentTooLargeError
 */
export function checkArchive(bytes: Uint8Array, source: string, limits: ArchiveLimits): void {
  const archive = new ZipArchive(bytes, source, limits.maxUnpackedBytes)
  for (const name of archive.names) if (limits.isUnpacked(name)) archive.read(name)
}

/** A ZIP archive whose entries are unpacked one by one, all of them together to no more bytes than a limit. */
export class ZipArchive {
  readonly #source: string
  readonly #limit: number
  readonly #entries: ReadonlyMap<string, ArchiveEntry>
  #left: number

  /** @throws CorruptDocumentError, EncryptedDocumentError */
  constructor(bytes: Uint8Array, source: string, maxUnpackedBytes: number) {
    const archive = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#source = source
    this.#limit = maxUnpackedBytes
    this.#left = maxUnpackedBytes
    this.#entries = new Map([...entriesOf(archive, source)].map(entry => [entry.name, entry]))
    for (const {isEncrypted} of this.#entries.values()) {
      if (!isEncrypted) continue
      throw new EncryptedDocumentError(source, 'is protected by a password', {hint: 'save a copy without a password'})
    }
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()]
  }

  has(name: string): boolean {
    return this.#entries.has(name)
  }

  /** @throws CorruptDocumentError if it is not there or damaged, DocumentTooLargeError */
  read(name: string): Uint8Array {
    const entry = this.#entries.get(name)
    if (entry === undefined) throw new CorruptDocumentError(this.#source, `its part ${name} is missing`)
    const content = unpacked(entry, this.#left, this.#source)
    this.#left -= content?.length ?? this.#left + 1
    if (content === undefined || this.#left < 0) throw tooLarge(this.#source, this.#limit)
    return content
  }
}

/** An entry's content; undefined where it is more than is left. */
function unpacked(entry: ArchiveEntry, left: number, source: string): Uint8Array | undefined {
  if (entry.method === STORED) return entry.content
  if (entry.method !== DEFLATED) {
    throw new CorruptDocumentError(source, `its part ${entry.name} is packed in an unusual way`)
  }
  try {
    // One byte more than is left tells "exactly at the limit" from "above".
    return inflateRawSync(entry.content, {maxOutputLength: left + 1})
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return undefined
    throw new CorruptDocumentError(source, `its part ${entry.name} is damaged`, {cause: error})
  }
}

function tooLarge(source: string, limit: number): DocumentTooLargeError {
  return new DocumentTooLargeError(source, `unpacks to more than ${Math.round(limit / 1e6)} MB`, {
    hint: 'save it as PDF or text',
  })
}

interface ArchiveEntry {
  readonly name: string
  readonly method: number
  readonly isEncrypted: boolean
  readonly content: Buffer
}

function* entriesOf(archive: Buffer, source: string): Generator<ArchiveEntry> {
  const end = endOfDirectory(archive)
  const count = end === -1 ? 0 : archive.readUInt16LE(end + 10)
  if (count === 0 || count > MOST_ENTRIES) throw new CorruptDocumentError(source, 'its archive has no valid directory')
  let offset = archive.readUInt32LE(end + 16)
  for (let index = 0; index < count; index++) {
    if (offset + 46 > archive.length || archive.readUInt32LE(offset) !== CENTRAL_ENTRY) {
      throw new CorruptDocumentError(source, "its archive's directory is damaged")
    }
    const nameLength = archive.readUInt16LE(offset + 28)
    const name = archive.toString('utf8', offset + 46, offset + 46 + nameLength)
    yield {
      name,
      method: archive.readUInt16LE(offset + 10),
      isEncrypted: (archive.readUInt16LE(offset + 8) & 1) === 1,
      content: contentOf(archive, source, name, archive.readUInt32LE(offset + 42), archive.readUInt32LE(offset + 20)),
    }
    offset += 46 + nameLength + archive.readUInt16LE(offset + 30) + archive.readUInt16LE(offset + 32)
  }
}

function contentOf(archive: Buffer, source: string, name: string, header: number, length: number): Buffer {
  if (header + 30 > archive.length || archive.readUInt32LE(header) !== LOCAL_HEADER) {
    throw new CorruptDocumentError(source, `its part ${name} is missing`)
  }
  const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28)
  if (start + length > archive.length) throw new CorruptDocumentError(source, `its part ${name} is cut off`)
  return archive.subarray(start, start + length)
}

function endOfDirectory(archive: Buffer): number {
  const earliest = Math.max(0, archive.length - END_LENGTH - LONGEST_COMMENT)
  for (let offset = archive.length - END_LENGTH; offset >= earliest; offset--) {
    if (archive.readUInt32LE(offset) === END_OF_DIRECTORY) return offset
  }
  return -1
}
