import {mkdir, open, rename, rm} from 'node:fs/promises'
import {once} from 'node:events'
import {dirname} from 'node:path'

/** Where a long result goes, piece by piece. */
export interface Sink {
  write(text: string): Promise<void>
  finish(): Promise<void>
  /** Leaves nothing half-written behind. */
  discard(): Promise<void>
}

/** `-` is stdout; a file, whose directory is made, takes its name only when it is complete. */
export async function openSink(target: string): Promise<Sink> {
  if (target === '-') {
    return {
      write: async text => {
        if (!process.stdout.write(text)) await once(process.stdout, 'drain')
      },
      finish: async () => {},
      discard: async () => {},
    }
  }
  const partial = `${target}.partial`
  await mkdir(dirname(target), {recursive: true})
  const file = await open(partial, 'w', 0o600)
  return {
    write: async text => void (await file.write(text)),
    finish: async () => {
      await file.sync()
      await file.close()
      await rename(partial, target)
    },
    discard: async () => {
      await file.close()
      await rm(partial, {force: true})
    },
  }
}
