import {acquireWriterLock} from '../writer-lock.ts'

export interface WriterOptions {
  /** The tenant's directory on this machine; the lock is a file in it. */
  readonly directory: string
  readonly signal?: AbortSignal | undefined
  /** How long to wait for another writer, in milliseconds. */
  readonly lockTimeout?: number
  /** Takes a lock that holds on every machine of a deployment, where there is one. @returns what releases it. */
  readonly lockEverywhere?: (collection: string) => Promise<() => Promise<void>>
}

const LOCK_TIMEOUT = 60_000

/** Writes alone: no other process of this machine, nor of the deployment, writes to the collection meanwhile. */
export async function writingAlone<Result>(
  {directory, signal, lockTimeout = LOCK_TIMEOUT, lockEverywhere}: WriterOptions,
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
    const releaseEverywhere = await lockEverywhere?.(collection)
    try {
      return await work()
    } finally {
      await releaseEverywhere?.()
    }
  } finally {
    release()
  }
}
