import type pg from 'pg'
import {CollectionBusyError} from '../writer-lock.ts'

/** How long to wait for another machine's write, in milliseconds. */
const TIMEOUT = 60_000
/** What PostgreSQL calls "lock_not_available". */
const NOT_AVAILABLE = '55P03'

/**
 * Locks that hold on every machine of a deployment: PostgreSQL's advisory locks
 * (https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS), one per collection of a service. Each
 * is held by a connection, so that it goes with the process that holds it.
 * @returns what takes the lock of a collection, and gives what releases it.
 */
export function deploymentLock(
  pool: pg.Pool,
  service: string,
  tenant: string,
  timeout = TIMEOUT,
): (collection: string) => Promise<() => Promise<void>> {
  return async collection => {
    const client = await pool.connect()
    const key = [`omni_rag/${service}/${tenant}/${collection}`]
    try {
      await client.query(`SET lock_timeout = ${Math.trunc(timeout)}`)
      await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', key)
    } catch (error) {
      // The setting is the connection's: it goes with it.
      client.release(true)
      throw isNotAvailable(error) ? busy(collection, timeout) : error
    }
    return async () => client.release(true)
  }
}

function isNotAvailable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === NOT_AVAILABLE
}

function busy(collection: string, timeout: number): CollectionBusyError {
  return new CollectionBusyError(
    `Another machine has been writing to the collection ${collection} for ${Math.round(timeout / 1_000)} s`,
    {hint: 'Wait for the other ingest to end, or stop it; what it has written so far is kept.'},
  )
}
