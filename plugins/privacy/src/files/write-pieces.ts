import {once} from 'node:events'
import {type Destination, openDestination} from '@omni-ops/core/files'

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

/** A file that appears whole or not at all, and which its owner alone may read. @throws as `openDestination` */
export function fileSink(path: string): PieceSink {
  let destination: Promise<Destination> | undefined
  const opened = () => (destination ??= openDestination(path))
  return {
    async write(text) {
      await (await opened()).file.appendFile(text, 'utf8')
    },
    async finish() {
      await (await opened()).finish()
    },
    async abandon() {
      const begun = await destination?.catch(() => undefined)
      await begun?.discard().catch(() => {})
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
