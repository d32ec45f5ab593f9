import {once} from 'node:events'
import {type FileHandle, open, rename, rm} from 'node:fs/promises'
import {readyPlace, unwritable, writeWholeFile} from './whole-file.ts'

/** Pieces are gathered up to this many UTF-16 code units before they are written: cells of a table are small. */
const gathered = 64 * 1024

/** Where pieces of text go, with waiting when it can't take more. */
export interface PieceSink {
  write(text: string): Promise<void>
  /** Makes what was written final. */
  finish(): Promise<void>
  /** Takes back what was written, where that is possible. */
  abandon(): Promise<void>
}

/** A file that appears whole or not at all: written beside its place and renamed. Its owner alone may read it. @throws UnwritableFileError */
export function fileSink(path: string, id: string): PieceSink {
  const temporary = `${path}.${id}.tmp`
  let file: FileHandle | undefined
  const opened = async () => {
    if (file !== undefined) return file
    await readyPlace(path)
    file = await open(temporary, 'wx', 0o600).catch((error: unknown) => {
      throw unwritable(path, error)
    })
    return file
  }
  return {
    async write(text) {
      await (await opened()).appendFile(text, 'utf8')
    },
    async finish() {
      const whole = await opened()
      await whole.sync()
      await whole.close()
      await rename(temporary, path)
    },
    async abandon() {
      await file?.close().catch(() => {})
      await rm(temporary, {force: true}).catch(() => {})
    },
  }
}

/**
 * Writes a file that appears whole or not at all, and which its owner alone may read. What is to be done first is done before it appears.
 * @throws UnwritableFileError
 */
export function writeWhole(
  path: string,
  content: Uint8Array,
  id: string,
  finishing: () => Promise<void> = async () => {},
): Promise<void> {
  return writeWholeFile(path, id, async temporary => {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await finishing()
  })
}

/** The standard output. */
export function standardSink(stdout: NodeJS.WritableStream): PieceSink {
  return {
    async write(text) {
      if (!stdout.write(text)) await once(stdout, 'drain')
    },
    finish: async () => {},
    abandon: async () => {},
  }
}

/** Writes all pieces; a file is only there in the end if all of them were written. */
export async function writePieces(pieces: AsyncIterable<string>, sink: PieceSink): Promise<void> {
  try {
    let pending: string[] = []
    let length = 0
    for await (const piece of pieces) {
      pending.push(piece)
      length += piece.length
      if (length < gathered) continue
      await sink.write(pending.join(''))
      pending = []
      length = 0
    }
    if (length > 0) await sink.write(pending.join(''))
    await sink.finish()
  } catch (error) {
    await sink.abandon()
    throw error
  }
}
