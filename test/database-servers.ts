import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {missingPostgres, startPrivateServer} from '../src/testing/postgres.ts'

/**
 * What all test files share of the databases that they are run on: one PostgreSQL, where each file has databases of its
 * own, and a place for the empty cluster that PGlite begins with. To make a cluster takes seconds, and two dozen files
 * need one of each.
 *
 * @returns takes both away
 */
export default async function shareDatabaseServers(): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'omni-clusters-'))
  process.env.OMNI_TEST_PGLITE_CLUSTER = join(directory, 'pglite.tar')
  const isOurs = !process.env.OMNI_TEST_POSTGRES_URL && missingPostgres() === undefined
  const server = isOurs ? await startPrivateServer() : undefined
  if (server) process.env.OMNI_TEST_POSTGRES_URL = server.address
  return async () => {
    await server?.stop()
    rmSync(directory, {recursive: true, force: true})
  }
}
