import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {PGlite} from '@electric-sql/pglite'
import {afterAll, describe} from 'vitest'
import {type Migration, type OpenStoreOptions, openStore, type Store} from '../store/index.ts'
import {silentLog, TestClock} from './context.ts'
import {PgliteSocket, startPglite} from './pglite.ts'
import {missingPostgres, startPostgres, type TestPostgres} from './postgres.ts'

/** A database that is empty at first and can be opened several times. */
export interface TestDatabase {
  open(options?: Partial<OpenStoreOptions>): Promise<Store>
  /** Of the SQLite file, or the address of the PostgreSQL database. */
  readonly url: string
  /** Holds the SQLite file and its backups. */
  readonly directory: string
}

/** Makes databases of one kind. */
export interface TestDatabases {
  readonly dialect: 'sqlite' | 'postgres'
  /** PGlite is one session: what needs two connections at once cannot be tested on it. */
  readonly concurrent: boolean
  create(migrations?: readonly Migration[]): Promise<TestDatabase>
}

/** The servers of one test file, started by the first test that needs them. */
let pglite: Promise<PGlite> | undefined
let postgres: Promise<TestPostgres> | undefined

async function stopServers(): Promise<void> {
  await (await pglite)?.close()
  await (await postgres)?.stop()
  pglite = undefined
  postgres = undefined
}

/**
 * Describes the same tests on SQLite, on PGlite and, where there is a server, on PostgreSQL; where there is none it
 * says so. Call it at the top of a test file.
 */
export function describeOnEachDatabase(name: string, define: (databases: TestDatabases) => void): void {
  afterAll(stopServers)
  describe(`${name} on SQLite`, () => define(sqliteDatabases()))
  describe(`${name} on PGlite`, () => define(pgliteDatabases))
  const missing = missingPostgres()
  if (missing !== undefined) process.stderr.write(`skipped: ${name} on PostgreSQL (${missing})\n`)
  describe.skipIf(missing !== undefined)(`${name} on PostgreSQL`, () => define(postgresDatabases))
}

/** SQLite alone, for what only a file can show; call it inside `describe`. */
export function sqliteDatabases(): TestDatabases {
  const directories: string[] = []
  afterAll(() => {
    for (const directory of directories) rmSync(directory, {recursive: true, force: true})
  })
  return {
    dialect: 'sqlite',
    concurrent: true,
    async create(migrations = []) {
      const directory = mkdtempSync(join(tmpdir(), 'omni-store-'))
      directories.push(directory)
      return database(`sqlite:${join(directory, 'omni.db')}`, directory, {migrations})
    },
  }
}

const pgliteDatabases: TestDatabases = {
  dialect: 'postgres',
  concurrent: false,
  async create(migrations = []) {
    pglite ??= startPglite()
    const server = await pglite
    await server.exec('drop schema public cascade; create schema public')
    const pool = {max: 1, user: 'postgres', stream: () => new PgliteSocket(server) as never}
    return database('postgres://localhost/postgres', tmpdir(), {migrations, pool})
  },
}

const postgresDatabases: TestDatabases = {
  dialect: 'postgres',
  concurrent: true,
  async create(migrations = []) {
    postgres ??= startPostgres()
    return database(await (await postgres).emptyDatabase(), tmpdir(), {migrations})
  },
}

function database(url: string, directory: string, settings: Partial<OpenStoreOptions>): TestDatabase {
  return {
    url,
    directory,
    open: overrides =>
      openStore({url, migrations: [], clock: new TestClock(), log: silentLog, ...settings, ...overrides}),
  }
}
