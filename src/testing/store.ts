import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {PGlite} from '@electric-sql/pglite'
import {afterAll, beforeAll, describe} from 'vitest'
import {type Migration, type OpenStoreOptions, openStore, type Store} from '../store/index.ts'
import {silentLog, TestClock} from './context.ts'
import {PgliteSocket} from './pglite.ts'
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

/**
 * Describes the same tests on SQLite, on PGlite and, where there is a server, on PostgreSQL; where there is none it
 * says so.
 */
export function describeOnEachDatabase(name: string, define: (databases: TestDatabases) => void): void {
  describe(`${name} on SQLite`, () => define(sqliteDatabases()))
  describe(`${name} on PGlite`, () => define(pgliteDatabases()))
  describePostgres(name, define)
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

function pgliteDatabases(): TestDatabases {
  let server: PGlite | undefined
  beforeAll(async () => {
    server = await PGlite.create()
  })
  afterAll(async () => {
    await server?.close()
  })
  return {
    dialect: 'postgres',
    concurrent: false,
    async create(migrations = []) {
      await server?.exec('drop schema public cascade; create schema public')
      const pool = {max: 1, user: 'postgres', stream: () => new PgliteSocket(server as PGlite) as never}
      return database('postgres://localhost/postgres', tmpdir(), {migrations, pool})
    },
  }
}

function describePostgres(name: string, define: (databases: TestDatabases) => void): void {
  const missing = missingPostgres()
  if (missing !== undefined) {
    process.stderr.write(`skipped: ${name} on PostgreSQL (${missing})\n`)
    describe.skip(`${name} on PostgreSQL`, () => define(pgliteDatabases()))
    return
  }
  describe(`${name} on PostgreSQL`, () => {
    let server: TestPostgres | undefined
    beforeAll(async () => {
      server = await startPostgres()
    })
    afterAll(async () => {
      await server?.stop()
    })
    define({
      dialect: 'postgres',
      concurrent: true,
      async create(migrations = []) {
        if (server === undefined) throw new Error('PostgreSQL is not running')
        return database(await server.createDatabase(), tmpdir(), {migrations})
      },
    })
  })
}

function database(url: string, directory: string, settings: Partial<OpenStoreOptions>): TestDatabase {
  return {
    url,
    directory,
    open: overrides =>
      openStore({url, migrations: [], clock: new TestClock(), log: silentLog, ...settings, ...overrides}),
  }
}
