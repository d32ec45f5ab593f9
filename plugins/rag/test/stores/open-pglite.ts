import {PGlite} from '@electric-sql/pglite'
import {vector} from '@electric-sql/pglite-pgvector'
import {PgliteSocket} from '../../../../src/testing/pglite.ts'
import pg from 'pg'

/** A pool of one connection to PostgreSQL with pgvector in this process; in memory without a directory. */
export async function openPglite(directory?: string): Promise<{pool: pg.Pool; close(): Promise<void>}> {
  const server = await PGlite.create({...(directory === undefined ? {} : {dataDir: directory}), extensions: {vector}})
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
