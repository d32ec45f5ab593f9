import {once} from 'node:events'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {missingPostgres, startPostgres} from '../../../../src/testing/postgres.ts'
import pg from 'pg'
import {describe, onTestFinished, test} from 'vitest'
import {PgvectorDatabase} from '../../src/stores/pgvector/pgvector-database.ts'
import {expectToSurviveKills} from './killed-writer.ts'
import {openPglite} from './open-pglite.ts'
import {describePassageStore} from './passage-store-contract.ts'

describePassageStore('pgvector in PGlite', async () => {
  const {pool, close} = await openPglite()
  return {database: tenant => new PgvectorDatabase({pool, tenant}), close}
})

describe('a writer that is killed', () => {
  test('leaves each document in one version, with its vectors, in PGlite on disk', {timeout: 180_000}, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'omni-pglite-'))
    onTestFinished(() => rm(directory, {recursive: true, force: true}))
    await expectToSurviveKills({
      module: fileURLToPath(new URL('./open-pglite-directory.ts', import.meta.url)),
      argument: directory,
      dense: true,
      // Each begins two databases.
      rounds: 3,
      reopen: async () => {
        const {pool, close} = await openPglite(directory)
        return {database: new PgvectorDatabase({pool, tenant: 'killed'}), close}
      },
    })
  })

  const absent = missingPostgres()
  test('leaves each document in one version on a server', {timeout: 180_000}, async context => {
    if (absent !== undefined) {
      process.stderr.write(`A killed writer of PostgreSQL is not tested: ${absent}\n`)
      context.skip(absent)
      return
    }
    const server = await startPostgres()
    onTestFinished(() => server.stop())
    const connectionString = await server.emptyDatabase()
    // Without vectors it needs no extension, which Debian does not have.
    await expectToSurviveKills({
      module: fileURLToPath(new URL('./open-postgres.ts', import.meta.url)),
      argument: `${connectionString} killed`,
      dense: false,
      reopen: async () => {
        const pool = new pg.Pool({connectionString, max: 1})
        // `end` does not wait until its connection is closed, which the server would then break when it stops.
        const closed = once(pool, 'remove')
        const close = async () => {
          await pool.end()
          await closed
        }
        return {database: new PgvectorDatabase({pool, tenant: 'killed'}), close}
      },
    })
  })
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
