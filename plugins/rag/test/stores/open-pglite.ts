import {PGlite} from '@electric-sql/pglite'
import {vector} from '@electric-sql/pglite-pgvector'
import {PgliteSocket, startPglite} from '../../../../src/testing/pglite.ts'
import pg from 'pg'

/** A pool of one connection to PostgreSQL with pgvector in this process; in memory without a directory. */
export async function openPglite(directory?: string): Promise<{pool: pg.Pool; close(): Promise<void>}> {
  const extensions = {vector}
  const server = await (directory === undefined
    ? startPglite({extensions})
    : PGlite.create({dataDir: directory, extensions}))
  const pool = new pg.Pool({
    max: 1,
    user: 'postgres',
    database: 'postgres',
    stream: () => new PgliteSocket(server) as never,
  })
  const close = async () => {
    await pool.end()
    await server.close()
  }
  return {pool, close}
}
