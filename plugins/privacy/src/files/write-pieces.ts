import {createWriteStream} from 'node:fs'
import {rename, rm} from 'node:fs/promises'
import {once} from 'node:events'

/** Where pieces of text go, with waiting when it can't take more. */
export interface PieceSink {
  write(text: string): Promise<void>
  /** Makes what was written final. */
  finish(): Promise<void>
  /** Takes back what was written, where that is possible. */
  abandon(): Promise<void>
}

/** A file that appears whole or not at all: written beside its place and renamed. Its owner alone may read it. */
export function fileSink(path: string, id: string): PieceSink {
  const temporary = `${path}.${id}.tmp`
  const stream = createWriteStream(temporary, {encoding: 'utf8', flags: 'wx', mode: 0o600})
  const failed = once(stream, 'error').then(([error]) => Promise.reject(error as Error))
  failed.catch(() => {})
  return {
    async write(text) {
      if (!stream.write(text)) await Promise.race([once(stream, 'drain'), failed])
    },
    async finish() {
      stream.end()
      await Promise.race([once(stream, 'close'), failed])
      await rename(temporary, path)
    },
    async abandon() {
      stream.destroy()
      await rm(temporary, {force: true})
    },
  }
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
    for await (const piece of pieces) if (piece !== '') await sink.write(piece)
    await sink.finish()
  } catch (error) {
    await sink.abandon()
    throw error
  }
}
