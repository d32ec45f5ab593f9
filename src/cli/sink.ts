import {once} from 'node:events'

/** Where a long result goes, piece by piece. */
export interface Sink {
  write(text: string): Promise<void>
  finish(): Promise<void>
  /** Leaves nothing half-written behind. */
  discard(): Promise<void>
}

/** `-` is stdout; a file takes its name only when it is complete. @throws as `openDestination` */
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
  // Most results are printed: start-up does not pay for files.
  const {openDestination} = await import('../files/destination.ts')
  const {file, finish, discard} = await openDestination(target)
  return {write: async text => void (await file.write(text)), finish, discard}
}
