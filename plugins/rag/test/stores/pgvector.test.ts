import {fileURLToPath} from 'node:url'
import {missingPostgres, startPostgres} from '../../../../src/testing/postgres.ts'
import pg from 'pg'
import {test} from 'vitest'
import {PgvectorDatabase} from '../../src/stores/pgvector/pgvector-database.ts'
import {openPglite} from './open-pglite.ts'
import {describePassageStore} from './passage-store-contract.ts'

describePassageStore('pgvector in PGlite', async () => {
  const {pool, close} = await openPglite()
  return {database: tenant => new PgvectorDatabase({pool, tenant}), close}
})

const unavailable = await missingExtension()
if (unavailable === undefined) {
  describePassageStore('pgvector in PostgreSQL', async () => {
    const server = await startPostgres()
    const url = await server.emptyDatabase()
    const pool = new pg.Pool({connectionString: url})
    return {
      database: tenant => new PgvectorDatabase({pool, tenant}),
      crash: {
        module: fileURLToPath(new URL('./open-postgres.ts', import.meta.url)),
        argument: tenant => `${url} ${tenant}`,
      },
      close: async () => {
        await pool.end()
        await server.stop()
      },
    }
  })
} else {
  test('PassageStore on pgvector in PostgreSQL', context => {
    process.stderr.write(`pgvector in PostgreSQL is not tested: ${unavailable}\n`)
    context.skip(unavailable)
  })
}

/** Why the suite cannot run on a server; undefined where it can. */
async function missingExtension(): Promise<string | undefined> {
  const missing = missingPostgres()
  if (missing !== undefined) return missing
  const server = await startPostgres()
  const client = new pg.Client({connectionString: await server.emptyDatabase()})
  try {
    await client.connect()
    const {rows} = await client.query(`SELECT 1 FROM pg_available_extensions WHERE name = 'vector'`)
    return rows.length > 0 ? undefined : 'the server has no pgvector'
  } finally {
    await client.end()
    await server.stop()
  }
}
