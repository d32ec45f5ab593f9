import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {verifyAudit} from '@omni-ops/core/audit'
import {column, type Migration, openStore, type TablesOf} from '@omni-ops/core/store'
import BetterSqlite3 from 'better-sqlite3'
import {Kysely, SqliteDialect} from 'kysely'
import {kyselyOver} from '../../src/store/engine.ts'
import {SqliteEngine} from '../../src/store/sqlite-engine.ts'
import {silentLog, TestClock, unitContext} from '../../src/testing/context.ts'

/*
 * What the store costs: `node test/bench/store.ts`. Times are of this machine; the ratios are what counts.
 */

const tables = {
  bench_rows: {
    scope: 'tenant',
    columns: {id: column.text(), amount: column.bigint(), note: column.text(), count: column.integer()},
    primaryKey: ['id'],
  },
} as const

type Bench = TablesOf<typeof tables>
const migrations: Migration[] = [{plugin: 'bench', name: '0001_rows', tables}]
const rows = 20_000
const rounds = 5

const directory = mkdtempSync(join(tmpdir(), 'omni-bench-'))
/** Opening an up-to-date database, against opening the same file with better-sqlite3 and reading one row. */
async function benchOpen(): Promise<void> {
  const path = join(directory, 'open.db')
  const options = {url: `sqlite:${path}`, migrations, clock: new TestClock(), log: silentLog}
  const created = await timed(async () => (await openStore(options)).close())
  const opened: number[] = []
  const bare: number[] = []
  for (let round = 0; round < 200; round += 1) {
    opened.push(await timed(async () => (await openStore(options)).close()))
    bare.push(
      await timed(async () => {
        const sqlite = new BetterSqlite3(path)
        sqlite.prepare('select count(*) from omni_migrations').get()
        sqlite.close()
      }),
    )
  }
  report('create and migrate a database', created)
  report('open an up-to-date database', median(opened), ratio(median(opened), median(bare), 'better-sqlite3 alone'))
}

type Times = Record<'insert' | 'select', number[]>

const noTimes = (): Times => ({insert: [], select: []})

/** The same inserts and lookups by key: our driver against Kysely's own, and the whole store with its predicate. */
async function benchQueries(): Promise<void> {
  const [stock, driver, whole] = [noTimes(), noTimes(), noTimes()]
  for (let round = 0; round < rounds; round += 1) {
    await measureStock(join(directory, `stock-${round}.db`), stock)
    await measureDriver(join(directory, `driver-${round}.db`), driver)
    await measureStore(join(directory, `store-${round}.db`), whole)
  }
  for (const kind of ['insert', 'select'] as const) {
    const each = (times: Times) => median(times[kind]) / rows
    report(`${kind} one row, Kysely with its own driver`, each(stock))
    report(`${kind} one row, Kysely with our driver`, each(driver), ratio(each(driver), each(stock), 'its own driver'))
    report(`${kind} one row, the store for a tenant`, each(whole), ratio(each(whole), each(stock), 'its own driver'))
  }
}

async function measureStock(path: string, times: Times): Promise<void> {
  const sqlite = new BetterSqlite3(path)
  sqlite.pragma('journal_mode = wal')
  sqlite.pragma('synchronous = full')
  const database = new Kysely<Bench>({dialect: new SqliteDialect({database: sqlite})})
  await createRows(path, sqlite)
  times.insert.push(
    await timed(() => database.transaction().execute(transaction => insertRows(transaction, {tenant: 'acme'}))),
  )
  times.select.push(await timed(() => selectRows(database, 'acme')))
  await database.destroy()
}

async function measureDriver(path: string, times: Times): Promise<void> {
  const engine = await SqliteEngine.load({path, readonly: false, busyTimeout: 1000})
  engine.create()
  await engine.initialise('omni_migrations')
  await createRows(path)
  times.insert.push(
    await timed(() =>
      engine.transaction(connection => insertRows(kyselyOver<Bench>(engine, connection), {tenant: 'acme'})),
    ),
  )
  times.select.push(await timed(() => selectRows(kyselyOver<Bench>(engine), 'acme')))
  await engine.close()
}

async function measureStore(path: string, times: Times): Promise<void> {
  await using store = await openStore({url: `sqlite:${path}`, migrations, clock: new TestClock(), log: silentLog})
  times.insert.push(
    await timed(() =>
      store.unit(unitContext(), {audit: false}, unit => insertRows(unit.database<Bench>() as Kysely<Bench>, {})),
    ),
  )
  times.select.push(await timed(() => selectRows(store.read<Bench>('acme') as Kysely<Bench>)))
}

async function createRows(path: string, open?: BetterSqlite3.Database): Promise<void> {
  const sqlite = open ?? new BetterSqlite3(path)
  sqlite.exec(
    'create table bench_rows (tenant text, id text, amount bigint, note text, count integer, primary key (tenant, id))',
  )
  if (open === undefined) sqlite.close()
}

async function insertRows(database: Kysely<Bench>, tenant: object): Promise<void> {
  for (let index = 0; index < rows; index += 1) {
    const row = {...tenant, id: `row-${index}`, amount: BigInt(index), note: 'a note of some words', count: index}
    await database.insertInto('bench_rows').values(row).execute()
  }
}

async function selectRows(database: Kysely<Bench>, tenant?: string): Promise<void> {
  for (let index = 0; index < rows; index += 1) {
    const query = database.selectFrom('bench_rows').selectAll().where('id', '=', `row-${index}`)
    await (tenant === undefined ? query : query.where('tenant', '=', tenant)).executeTakeFirstOrThrow()
  }
}

/** A whole unit of work: begin, the chain's head, one row, the audit entry, the head, commit with a synced disk. */
async function benchUnits(): Promise<void> {
  const url = `sqlite:${join(directory, 'units.db')}`
  await using store = await openStore({url, migrations, clock: new TestClock(), log: silentLog})
  const units: number[] = []
  for (let index = 0; index < 500; index += 1) {
    const row = {id: `row-${index}`, amount: 1n, note: 'n', count: 1}
    const audit = {action: 'added', resource: `row:${index}`}
    units.push(
      await timed(() =>
        store.unit(unitContext(), {audit}, async unit => {
          await unit.database<Bench>().insertInto('bench_rows').values(row).execute()
        }),
      ),
    )
  }
  report('commit one unit of one row with its audit entry', median(units))
  const verified = await timed(async () => {
    const {ok} = await verifyAudit(store, {tenant: 'acme'})
    if (!ok) throw new Error('The chain does not verify')
  })
  report('verify one audit entry', verified / units.length)
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN
}

function ratio(time: number, reference: number, name: string): string {
  return `${(time / reference).toFixed(2)} × ${name}`
}

function report(what: string, milliseconds: number, compared = ''): void {
  const time = milliseconds < 1 ? `${(milliseconds * 1000).toFixed(1)} µs` : `${milliseconds.toFixed(2)} ms`
  process.stdout.write(`${what.padEnd(56)} ${time.padStart(10)}  ${compared}\n`)
}

try {
  await benchOpen()
  await benchQueries()
  await benchUnits()
} finally {
  rmSync(directory, {recursive: true, force: true})
}
