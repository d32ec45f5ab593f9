import {acquireWriterLock} from '../writer-lock.ts'

export interface WriterOptions {
  /** The tenant's directory on this machine; the lock is a file in it. */
  readonly directory: string
  readonly signal?: AbortSignal | undefined
  /** How long to wait for another writer, in milliseconds. */
  readonly lockTimeout?: number
}

const LOCK_TIMEOUT = 60_000

/** Writes alone: no other process of this machine writes to the collection meanwhile. */
export async function writingAlone<Result>(
  {directory, signal, lockTimeout = LOCK_TIMEOUT}: WriterOptions,
  collection: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const release = await acquireWriterLock({
    directory,
    collection,
    timeout: lockTimeout,
    ...(signal === undefined ? {} : {signal}),
  })
  try {
    return await work()
  } finally {
    release()
  }
}
