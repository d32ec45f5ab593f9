import {mkdir} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {ConflictError} from '@omni-ops/core/operation'

/** Another process kept the collection's writer lock for longer than this one was willing to wait. */
export class CollectionBusyError extends ConflictError {
  override readonly code = 'rag_collection_busy'
}

export interface WriterLockOptions {
  /** The tenant's directory; the lock is a file in it. */
  readonly directory: string
  readonly collection: string
  /** How long to wait for another writer, in milliseconds. */
  readonly timeout: number
  readonly signal?: AbortSignal
}

const POLL_INTERVAL = 50

/**
 * Takes the collection's writer lock, waiting for another writer to finish. The lock is an exclusive transaction on an
 * empty SQLite file: the operating system drops it with the process that holds it, even on kill -9, so that there are
 * no stale locks to recognise, and two handles within one process exclude each other as well.
 * @returns what releases the lock.
 * @throws CollectionBusyError after `timeout`; the signal's reason if it is aborted.
 */
export async function acquireWriterLock({
  directory,
  collection,
  timeout,
  signal,
}: WriterLockOptions): Promise<() => void> {
  await mkdir(directory, {recursive: true})
  const {default: Database} = await import('better-sqlite3')
  const database = new Database(join(directory, `${collection}.lock`), {timeout: 0})
  try {
    for (let waited = 0; ; waited += POLL_INTERVAL) {
      signal?.throwIfAborted()
      if (tryLock(database)) return () => database.close()
      if (waited >= timeout) throw busy(collection, timeout)
      await delay(POLL_INTERVAL, undefined, signal === undefined ? {} : {signal})
    }
  } catch (error) {
    database.close()
    throw error
  }
}

function tryLock(database: {exec(sql: string): unknown}): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')) return false
    throw error
  }
}

function busy(collection: string, timeout: number): CollectionBusyError {
  return new CollectionBusyError(
    `Another process has been writing to the collection ${collection} for ${Math.round(timeout / 1_000)} s`,
    {hint: 'Wait for the other ingest to end, or stop it; what it has written so far is kept.'},
  )
}
