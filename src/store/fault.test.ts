import {execFile, spawn} from 'node:child_process'
import {once} from 'node:events'
import {chmodSync, closeSync, copyFileSync, mkdirSync, openSync, writeSync} from 'node:fs'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {promisify} from 'node:util'
import BetterSqlite3 from 'better-sqlite3'
import pg from 'pg'
import {describe, expect, test} from 'vitest'
import {listAudit, verifyAudit} from '../audit/index.ts'
import {accountWithoutRights, permissionsUntestable} from '../testing/account.ts'
import {unitContext} from '../testing/context.ts'
import {type CounterDatabase, counterMigrations, mark, marked} from '../testing/counter.ts'
import {describeOnEachDatabase, sqliteDatabases, type TestDatabase} from '../testing/store.ts'
import {claimEvents, type Store} from './index.ts'
import {SqliteEngine} from './sqlite-engine.ts'
import {systemOf} from './system.ts'

const run = promisify(execFile)
const program = join(import.meta.dirname, '..', 'testing', 'counter-process.ts')

/** A process that writes marks, and the ids it has said to be committed. */
function writer(url: string, name: string, count: number, identity: {uid?: number; gid?: number} = {}) {
  const child = spawn(process.execPath, [program, url, name, String(count)], {
    ...identity,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const committed: string[] = []
  let errors = ''
  child.stderr.on('data', chunk => {
    errors += chunk
  })
  const lines = createInterface({input: child.stdout})
  lines.on('line', id => committed.push(id))
  const ended = Promise.all([once(child, 'close'), once(lines, 'close')]).then(([[code]]) => code as number | null)
  return {child, committed, lines, ended, errors: () => errors}
}

async function marks(store: Store): Promise<string[]> {
  const rows = await store.read<CounterDatabase>('acme').selectFrom('counter_marks').select('id').execute()
  return rows.map(row => row.id)
}

/** Every mark has its entry and its event, every entry and event its mark, and the chain holds. */
async function assertConsistent(store: Store): Promise<void> {
  const ids = (await marks(store)).toSorted()
  const {items} = await listAudit(store, {tenant: 'acme', limit: 1000})
  const events = await claimEvents(store, {worker: 'probe', limit: 10_000, lease: 0})
  expect(items.map(entry => entry.resource.slice('mark:'.length)).toSorted()).toEqual(ids)
  expect(events.map(({payload}) => (payload as {id: string}).id).toSorted()).toEqual(ids)
  const values = await store
    .read<CounterDatabase>('acme')
    .selectFrom('counter_marks')
    .select('value')
    .orderBy('value')
    .execute()
  expect(values.map(row => row.value)).toEqual(ids.map((_, index) => BigInt(index + 1)))
  expect(await verifyAudit(store, {tenant: 'acme'})).toMatchObject({ok: true, entries: ids.length})
}

describeOnEachDatabase('several processes', databases => {
  test('write at once, and nothing is lost or counted twice', async () => {
    if (!databases.concurrent) return
    const database = await databases.create(counterMigrations)
    // None of them finds a database: all three make it at once.
    const writers = ['a', 'b', 'c'].map(name => writer(database.url, name, 40))
    for (const {ended, errors} of writers) expect([await ended, errors()]).toEqual([0, ''])
    await using store = await database.open()
    expect((await marks(store)).toSorted()).toEqual(writers.flatMap(({committed}) => committed).toSorted())
    expect(await marks(store)).toHaveLength(120)
    await assertConsistent(store)
  })

  test('killed while they write lose nothing that was committed, and leave no half', async () => {
    if (!databases.concurrent) return
    const database = await databases.create(counterMigrations)
    await (await database.open()).close()
    const committed: string[] = []
    for (let round = 0; round < 5; round += 1) {
      const {child, lines, ended, committed: said} = writer(database.url, `r${round}`, 10_000)
      const stopAfter = 1 + Math.floor(Math.random() * 20)
      lines.on('line', () => {
        if (said.length === stopAfter) child.kill('SIGKILL')
      })
      expect(await ended).toBeNull()
      committed.push(...said)
    }
    await using store = await database.open()
    const found = await marks(store)
    // A commit may have come just before the kill, too late to be said.
    expect(found).toEqual(expect.arrayContaining(committed))
    expect(found.length - committed.length).toBeLessThanOrEqual(5)
    await assertConsistent(store)
    await mark(store, unitContext(), 'afterwards')
  })
})

describeOnEachDatabase('a connection', databases => {
  test('that is cut in the middle of a unit is reported, and the next unit gets a new one', async () => {
    if (databases.dialect === 'sqlite' || !databases.concurrent) return
    const database = await databases.create(counterMigrations)
    await using store = await database.open()
    const cut = store.unit(unitContext(), {audit: {action: 'marked', resource: 'mark:lost'}}, async unit => {
      await unit.publish(marked, {id: 'lost'})
      const administrator = new pg.Client({connectionString: database.url})
      await administrator.connect()
      await administrator.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      )
      await administrator.end()
      await unit.publish(marked, {id: 'also lost'})
    })
    await expect(cut).rejects.toMatchObject({code: 'database_unavailable', exitCode: 9})
    await mark(store, unitContext(), 'afterwards')
    await assertConsistent(store)
  })
})

describe('a SQLite file', () => {
  const databases = sqliteDatabases()

  async function filled(): Promise<{database: TestDatabase; path: string}> {
    const database = await databases.create(counterMigrations)
    const store = await database.open()
    await mark(store, unitContext(), 'first')
    await store.close()
    return {database, path: database.url.slice('sqlite:'.length)}
  }

  test('locked by another process is waited for, and then reported', async () => {
    const {database, path} = await filled()
    const other = new BetterSqlite3(path)
    other.exec('begin immediate')
    await using store = await database.open({busyTimeout: 100})
    await expect(mark(store, unitContext(), 'second')).rejects.toMatchObject({code: 'database_busy', exitCode: 9})
    expect(await marks(store)).toEqual(['first'])
    const waiting = mark(store, unitContext(), 'second')
    other.exec('rollback')
    other.close()
    await waiting
    await assertConsistent(store)
  })

  test('does not block the event loop while it waits', async () => {
    const {database, path} = await filled()
    await using store = await database.open({busyTimeout: 60_000})
    const other = new BetterSqlite3(path)
    other.exec('begin immediate')
    const waiting = mark(store, unitContext(), 'second')
    // Only a loop that turns gets here to let the lock go.
    await new Promise(resolve => setImmediate(resolve))
    other.exec('rollback')
    other.close()
    await waiting
    expect(await marks(store)).toEqual(expect.arrayContaining(['first', 'second']))
  })

  test('can be waited for no longer than the caller wants', async () => {
    const {database, path} = await filled()
    await using store = await database.open({busyTimeout: 60_000})
    const other = new BetterSqlite3(path)
    other.exec('begin immediate')
    const abort = new AbortController()
    const waiting = mark(store, unitContext({signal: abort.signal}), 'second')
    setImmediate(() => abort.abort())
    await expect(waiting).rejects.toMatchObject({code: 'cancelled'})
    other.exec('rollback')
    other.close()
  })

  test('with a damaged page is reported, and its health says where', async () => {
    const {database, path} = await filled()
    const sqlite = new BetterSqlite3(path)
    const root = sqlite
      .prepare("select rootpage from sqlite_schema where name = 'counter_marks'")
      .pluck()
      .get() as number
    const size = sqlite.pragma('page_size', {simple: true}) as number
    sqlite.close()
    const file = openSync(path, 'r+')
    writeSync(file, Buffer.alloc(size, 0xff), 0, size, (root - 1) * size)
    closeSync(file)
    await using store = await database.open()
    const reading = store.read<CounterDatabase>('acme').selectFrom('counter_marks').selectAll().execute()
    await expect(reading).rejects.toMatchObject({code: 'database_corrupt'})
    expect((await store.health()).damage?.length).toBeGreaterThan(0)
  })

  test('that reached its page limit is full: the unit is rolled back, and smaller ones go on', async () => {
    const {database, path} = await filled()
    await using store = await database.open()
    await mark(store, unitContext(), 'second')
    const sqlite = new BetterSqlite3(path)
    const pages = sqlite.pragma('page_count', {simple: true}) as number
    sqlite.close()
    await limitPages(store, pages + 2)
    const large = store.unit(unitContext(), {audit: {action: 'marked', resource: 'mark:large'}}, async unit => {
      await unit.publish(marked, {id: 'x'.repeat(100_000)})
    })
    await expect(large).rejects.toMatchObject({
      code: 'storage_full',
      exitCode: 1,
      hint: expect.stringContaining('free'),
    })
    await assertConsistent(store)
    await limitPages(store, 1_000_000)
    await mark(store, unitContext(), 'third')
    await assertConsistent(store)
  })
})

/** `max_page_count` belongs to a connection, so it is set on the one that the store writes with. */
async function limitPages(store: Store, pages: number): Promise<void> {
  const {engine} = systemOf(store)
  if (!(engine instanceof SqliteEngine)) throw new Error('not SQLite')
  engine.writer.query(`pragma max_page_count = ${pages}`)
}

const isRoot = process.getuid?.() === 0

describe.skipIf(process.platform !== 'linux')('a file system', () => {
  const databases = sqliteDatabases()

  test('that is full is reported, and nothing committed is lost', async context => {
    const database = await databases.create(counterMigrations)
    const mountPoint = join(database.directory, 'small')
    mkdirSync(mountPoint)
    if (!isRoot || !(await mounted(mountPoint))) {
      process.stderr.write(
        'skipped: a full file system (a tmpfs cannot be mounted here; the page limit test stands in)\n',
      )
      return context.skip()
    }
    try {
      const store = await database.open({url: `sqlite:${join(mountPoint, 'omni.db')}`})
      const committed: string[] = []
      const refused = await untilRefused(async index => {
        await mark(store, unitContext(), `m${index}`)
        committed.push(`m${index}`)
      })
      expect(refused).toMatchObject({code: 'storage_full'})
      expect((await marks(store)).toSorted()).toEqual(committed.toSorted())
      await store.close()
      const copy = join(database.directory, 'omni.db')
      for (const suffix of ['', '-wal']) {
        try {
          copyFileSync(join(mountPoint, `omni.db${suffix}`), `${copy}${suffix}`)
        } catch (error) {
          expect(error).toMatchObject({code: 'ENOENT'})
        }
      }
      await using reopened = await database.open()
      expect(committed.length).toBeGreaterThan(10)
      await assertConsistentWith(reopened, committed)
    } finally {
      await run('umount', [mountPoint])
    }
  })
})

describe.skipIf(permissionsUntestable !== undefined)('without permission', () => {
  const databases = sqliteDatabases()

  async function refusedTo(url: string) {
    const {ended, errors, committed} = writer(url, 'x', 1, accountWithoutRights ?? {})
    expect(await ended).toBeGreaterThan(0)
    expect(committed).toEqual([])
    return JSON.parse(errors())
  }

  test('to make a file in its directory, a store says so', async () => {
    const {directory} = await databases.create()
    chmodSync(directory, 0o555)
    expect(await refusedTo(`sqlite:${join(directory, 'omni.db')}`)).toMatchObject({
      code: 'database_read_only',
      hint: expect.stringContaining('permissions'),
    })
    expect(await refusedTo(`sqlite:${join(directory, 'below', 'omni.db')}`)).toMatchObject({code: 'database_read_only'})
  })

  test('to write the file, a store says so and changes nothing', async () => {
    const database = await databases.create(counterMigrations)
    const store = await database.open()
    await mark(store, unitContext(), 'first')
    await store.close()
    const path = database.url.slice('sqlite:'.length)
    chmodSync(path, 0o444)
    chmodSync(database.directory, 0o555)
    expect((await refusedTo(database.url)).code).toMatch(/^database_(read_only|unavailable)$/)
    chmodSync(database.directory, 0o755)
    chmodSync(path, 0o644)
    await using again = await database.open()
    expect(await marks(again)).toEqual(['first'])
  })
})

async function assertConsistentWith(store: Store, committed: readonly string[]): Promise<void> {
  expect((await marks(store)).toSorted()).toEqual(committed.toSorted())
  await assertConsistent(store)
}

/** Calls the work with 0, 1, 2 … until it throws, and gives back what. */
async function untilRefused(work: (index: number) => Promise<void>): Promise<unknown> {
  for (let index = 0; index < 10_000; index += 1) {
    try {
      await work(index)
    } catch (error) {
      return error
    }
  }
  return undefined
}

async function mounted(directory: string): Promise<boolean> {
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory])
    return true
  } catch {
    return false
  }
}
