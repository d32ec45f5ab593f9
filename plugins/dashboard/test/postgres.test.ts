import pg from 'pg'
import {afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test} from 'vitest'
import {PgliteSocket, startPglite} from '../../../src/testing/pglite.ts'
import {missingPostgres, startPostgres, type TestPostgres} from '../../../src/testing/postgres.ts'
import {readDashboard} from '../src/build/dashboard-data.ts'
import {type DataNeeds, historyOf} from '../src/data/data-needs.ts'
import type {DataSession} from '../src/data/data-session.ts'
import {openPostgres, type PostgresRequest} from '../src/data/postgres/load-postgres.ts'
import {postgresConnection} from '../src/data/postgres/postgres-address.ts'
import {openSample, sampleOptions} from '../src/sample/open-sample.ts'
import {bindTemplate} from '../src/templates/bind-template.ts'
import {templateNamed} from '../src/templates/index.ts'
import {catalogueOf, signal} from './support/data.ts'

interface Server {
  /** Runs statements as the owner of everything. */
  execute(statements: string): Promise<void>
  readonly request: Pick<PostgresRequest, 'address' | 'client'>
  stop(): Promise<void>
}

async function realServer(): Promise<Server> {
  const server: TestPostgres = await startPostgres()
  const address = await server.emptyDatabase()
  const owner = new pg.Client({connectionString: address})
  await owner.connect()
  return {
    execute: async statements => void (await owner.query(statements)),
    request: {address},
    async stop() {
      await owner.end()
      await server.stop()
    },
  }
}

async function pgliteServer(): Promise<Server> {
  const database = await startPglite()
  return {
    execute: async statements => void (await database.exec(statements)),
    request: {
      address: 'postgres://postgres@localhost/postgres',
      client: {stream: () => new PgliteSocket(database) as never},
    },
    stop: () => database.close(),
  }
}

const all: DataNeeds = {templates: []}
const missing = missingPostgres()
if (missing !== undefined) process.stderr.write(`skipped: data from a PostgreSQL server (${missing})\n`)

describe.each([
  ['PGlite', pgliteServer, undefined],
  ['a PostgreSQL server', realServer, missing],
] as const)('data from %s', (_name, start, absent) => {
  describe.skipIf(absent !== undefined)('', () => {
    let server: Server
    beforeAll(async () => {
      server = await start()
    })
    afterAll(() => server?.stop())
    beforeEach(() => server.execute('drop schema public cascade; create schema public'))

    const open = async (request: Partial<PostgresRequest> = {}): Promise<DataSession> => {
      const session = await openPostgres({needs: all, ...server.request, ...request}, {signal})
      onTestFinished(() => session.close())
      return session
    }

    test('every value is what it was, to its last digit', async () => {
      await server.execute(`
        create type mood as enum ('calm', 'it''s "odd"');
        create domain cents as numeric(20, 4);
        create table things (
          small smallint, whole bigint, exact numeric(30, 12), open numeric, domained cents, binary_number double precision,
          sure boolean, mood mood, code uuid, name varchar(40), padded char(5),
          day date, at timestamptz, local timestamp, raw bytea, document jsonb, list int[], lasting interval
        );
        insert into things values
          (-32768, 9223372036854775807, 123456789012345678.123456789012, 0.10000000000000000000005, -0.0001, 0.1,
           true, 'it''s "odd"', '7f2c1f0e-1111-4222-8333-444455556666', 'Žiga; DROP TABLE', 'ab',
           '2024-02-29', '2026-03-29 03:00:00.000001+02', '0044-03-15 12:00:00', 'x', '{}', '{1}', '1 day'),
          (null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null)`)
      const session = await open({tables: ['things']})
      const [first, second] = await session.query('SELECT * FROM things ORDER BY small NULLS LAST')
      expect(first).toEqual({
        small: '-32768',
        whole: '9223372036854775807',
        exact: '123456789012345678.123456789012',
        open: '0.10000000000000000000005',
        domained: '-0.0001',
        binary_number: 0.1,
        sure: true,
        mood: 'it\'s "odd"',
        code: '7f2c1f0e-1111-4222-8333-444455556666',
        name: 'Žiga; DROP TABLE',
        padded: 'ab   ',
        day: '2024-02-29',
        at: '2026-03-29 01:00:00.000001+00',
        local: '0044-03-15 12:00:00',
      })
      expect(Object.values(second!)).toEqual(Array(14).fill(null))
    })

    test.each([
      ['a number that is none', "'NaN'::numeric", 'amount holds NaN'],
      ['an endless number', "'Infinity'::float8", 'amount holds Infinity'],
      ['an endless day', "'infinity'::date", 'amount holds infinity, which is no day of a calendar'],
      ['a moment that never comes', "'-infinity'::timestamptz", 'amount holds -infinity, which is no moment'],
      ['a moment before the year 1', "'0044-03-15 BC'::timestamp", 'which is no moment'],
      ['more digits than there can be', '1e38::numeric', 'which has more than 38 digits'],
    ])('%s is told with its column', async (_case, value, message) => {
      await server.execute(`create table things as select 'a' as name, ${value} as amount`)
      await expect(open({tables: ['things']})).rejects.toMatchObject({code: 'unreadable_data'})
      await expect(open({tables: ['things']})).rejects.toThrow(message)
    })

    test('it is one transaction that only reads', async () => {
      await server.execute(`
        create table counted (n int);
        create function write() returns int language sql as 'insert into counted values (1) returning n';
        create view settings as select current_setting('transaction_isolation') as isolation,
          current_setting('transaction_read_only') as read_only, current_setting('statement_timeout') as timeout;
        create view writing as select write() as n`)
      const session = await open({tables: ['settings']})
      expect(await session.query('SELECT * FROM settings')).toEqual([
        {isolation: 'repeatable read', read_only: 'on', timeout: '2min'},
      ])
      await expect(open({tables: ['writing']})).rejects.toThrow(/read-only transaction/)
    })

    test('of a catalogue’s tables, only its columns are asked for', async () => {
      await server.execute(`
        create table zero as select 0 as n;
        create view sales as select 'a' as id, now() as at, 1.5 as amount, 1 / n as unneeded from zero;
        create table others (id text)`)
      const catalogue = catalogueOf({
        tables: {sales: {key: ['id'], time: {column: 'at', kind: 'instant'}, measures: {amount: 'amount'}}},
        metrics: {amount: {kind: 'sum', title: 'A', table: 'sales', column: 'amount', unit: {kind: 'number'}}},
        dimensions: {},
      })
      const session = await open({needs: {templates: [], catalogue}})
      expect([...(await session.schema())].map(([table, columns]) => [table, [...columns.keys()]])).toEqual([
        ['sales', ['id', 'at', 'amount']],
      ])
    })

    test('another tenant’s rows stay where they are', async () => {
      await server.execute(`
        create table sales (id text, owner text, at timestamptz);
        create table loose (id text);
        insert into sales values ('1', 'acme', '2026-01-01'), ('2', 'globex', 'infinity'), ('3', null, 'infinity')`)
      const session = await open({tenant: {column: 'owner', value: 'acme'}})
      expect(await session.query('SELECT id FROM sales')).toEqual([{id: '1'}])
      expect([...(await session.schema()).keys()]).toEqual(['sales'])
    })

    test('old rows are left out and change nothing, and since when there are any stays known', async () => {
      const template = templateNamed('Revenue Analytics')
      const {orders} = template.sample(sampleOptions(3))
      const rows = [...orders!.rows]
      const written = rows.map(
        row =>
          `(${Object.keys(orders!.columns)
            .map(name => `'${String(row[name])}'`)
            .join(', ')})`,
      )
      await server.execute(`
        create table "Orders" (order_id text primary key, ordered_at timestamptz, customer_id text, region text,
          product text, channel text, total numeric(12, 2), refunded_amount numeric, currency char(3), note text);
        insert into "Orders" values ${written.map(each => each.replace(/\)$/, ", 'x')")).join(', ')};
        insert into "Orders" select 'old-' || n, '2019-01-01'::timestamptz + n * interval '1 hour', 'c', 'r', 'p', 'c', 1, 0, 'EUR'
          from generate_series(1, 5000) n`)
      const history = historyOf([template.spec], undefined)
      const panelsOf = async (session: DataSession) => {
        const {catalogue, missing: lacking} = await bindTemplate(template, await session.schema(), session)
        expect(lacking).toEqual([])
        const {spec} = template
        const request = {spec, catalogue, missing: [], source: 'x', zone: 'Europe/Ljubljana'}
        return readDashboard(request, session)
      }
      const recent = await open({needs: {templates: [template], history}})
      expect([...(await recent.schema()).get('Orders')!.keys()]).not.toContain('note')
      const [loaded] = await recent.query('SELECT count(*) AS n FROM "Orders"')
      expect(Number(loaded!.n)).toBeLessThan(rows.length)
      const whole = await open({needs: {templates: [template]}})
      expect(await whole.query('SELECT count(*) AS n FROM "Orders"')).toEqual([{n: String(rows.length + 5000)}])
      const [some, every] = [await panelsOf(recent), await panelsOf(whole)]
      expect(some.panels).toEqual(every.panels)
      expect(some.period).toEqual(every.period)
      expect(some.period.coverage.get('Orders')).toMatchObject({firstDay: '2019-01-01'})
      await using sample = await openSample(template, 3, signal)
      const request = {
        spec: template.spec,
        catalogue: template.catalogue,
        missing: [],
        source: 'x',
        zone: 'Europe/Ljubljana',
      }
      const shown = await readDashboard(request, sample)
      const values = ({panels}: typeof some) =>
        panels
          .map(each => ('data' in each ? JSON.stringify(each.data) : ''))
          .map(each => each.replaceAll(/"(table|column)":"[^"]*"/g, ''))
      expect(values(some)).toEqual(values(shown))
    })

    test('a table in which others look something up is read whole, however old its rows are', async () => {
      await server.execute(`
        create table accounts (account_id text primary key, created_at timestamptz, country text);
        create view account_list as select * from accounts;
        insert into accounts values ('a', '2019-01-01', 'Austria'), ('b', '2020-01-01', 'Slovenia'), ('c', '2026-01-01', 'Croatia')`)
      const catalogue = (table: string) =>
        catalogueOf({
          tables: {
            [table]: {key: ['account_id'], time: {column: 'created_at', kind: 'instant'}},
            other: {key: [], joins: [{table, on: {account: 'account_id'}}]},
          },
          metrics: {},
          dimensions: {country: {title: 'C', table, column: 'country'}},
        })
      await server.execute('create table other (account text)')
      const session = await open({
        needs: {templates: [], catalogue: catalogue('account_list'), history: {days: 30, until: undefined}},
      })
      expect(await session.query('SELECT count(*) AS n FROM account_list')).toEqual([{n: '3'}])
    })

    test('a table that is not there is told with the one that was meant, and one of another schema is found', async () => {
      await server.execute(`
        drop schema if exists sales cascade; create schema sales; create table sales.orders as select 1 as n;
        create table customers (n int)`)
      await expect(open({tables: ['customer']})).rejects.toMatchObject({
        code: 'data_not_found',
        hint: 'did you mean customers?',
      })
      const session = await open({tables: ['sales.orders', 'sales.orders']})
      expect(await session.query('SELECT n FROM "sales.orders"')).toEqual([{n: '1'}])
    })
  })
})

describe.skipIf(missing !== undefined)('a PostgreSQL server', () => {
  let server: TestPostgres
  let address: string
  beforeAll(async () => {
    server = await startPostgres()
    address = await server.emptyDatabase()
    const owner = new pg.Client({connectionString: address})
    await owner.connect()
    await owner.query(`create table orders (id int, secret text); create table salaries (id int);
      create role reader login; grant select (id) on orders to reader`)
    await owner.end()
  })
  afterAll(() => server?.stop())
  const as = (change: (address: string) => string) => openPostgres({address: change(address), needs: all}, {signal})

  test('shows what its user may read and nothing else', async () => {
    const reader = (text: string) => text.replace('postgres@', 'reader@')
    await using session = await as(reader)
    expect([...(await session.schema())].map(([table, columns]) => [table, [...columns.keys()]])).toEqual([
      ['orders', ['id']],
    ])
    await expect(
      openPostgres({address: reader(address), needs: all, tables: ['salaries']}, {signal}),
    ).rejects.toMatchObject({code: 'data_not_found'})
  })

  test('a read that is cancelled ends, here and in the server', async () => {
    const owner = new pg.Client({connectionString: address})
    await owner.connect()
    onTestFinished(() => owner.end())
    await owner.query('create view slow as select pg_sleep(300)::text as n')
    const running = async () => {
      const {rows} = await owner.query("select 1 from pg_stat_activity where query like 'FETCH%' and state = 'active'")
      return rows.length
    }
    const controller = new AbortController()
    const opening = openPostgres({address, needs: all, tables: ['slow']}, {signal: controller.signal})
    opening.catch(() => undefined)
    await expect.poll(running, {timeout: 20_000}).toBe(1)
    controller.abort()
    await expect(opening).rejects.toMatchObject({code: 'cancelled'})
    await expect.poll(running, {timeout: 20_000}).toBe(0)
  })

  test.each([
    ['a user that is none', (text: string) => text.replace('postgres@', 'nobody:hunter2@'), 'check the user'],
    ['a database that is none', (text: string) => text.replace(/omni_test_\d+/, 'nothing'), 'check that it runs'],
    ['encryption that it does not have', (text: string) => `${text}&sslmode=verify-full`, 'check that it runs'],
    ['a port where nobody is', () => 'postgres://u:hunter2@127.0.0.1:9/x', 'check that it runs'],
  ])('%s is told, without a password', async (_case, change, hint) => {
    const failure = await as(change).then(
      () => undefined,
      (error: Error) => error,
    )
    expect(failure).toMatchObject({code: 'data_unavailable', hint: expect.stringContaining(hint)})
    expect(JSON.stringify([failure, failure!.message, failure!.stack])).not.toContain('hunter2')
  })
})

test.each([
  ['postgres://db.example/shop', {host: 'db.example', database: 'shop', ssl: {}}],
  ['postgresql://me@db.example:5433/shop?sslmode=require', {user: 'me', port: 5433, ssl: {rejectUnauthorized: false}}],
  ['postgres://db.example/shop?sslmode=disable', {ssl: false}],
  ['postgres://localhost/shop', {host: 'localhost', ssl: false}],
  ['postgres://[::1]:5432/shop', {host: '::1', port: 5432, ssl: false}],
  ['postgres://me:p%40ss@127.0.0.1/a%20b', {password: 'p@ss', database: 'a b'}],
  ['postgres://me@/shop?host=%2Frun%2Fpostgresql', {host: '/run/postgresql', ssl: false}],
  ['postgres:///shop?host=10.0.0.7', {host: '10.0.0.7', ssl: {}}],
])('%s is read as libpq reads it, and encrypted and verified unless it says otherwise', async (address, expected) => {
  expect(await postgresConnection(address)).toMatchObject(expected)
})

test.each([
  ['postgres://h/d?sslmode=prefer', 'sslmode=prefer is not known here'],
  ['postgres://h/d?options=-c%20x', 'has no options here'],
  ['postgres://h/d?sslmode=verify-ca&sslrootcert=/nowhere', 'sslrootcert cannot be read'],
  ['postgres://one,two:1/d', 'one,two:1'],
])('%s is refused', async (address, message) => {
  await expect(postgresConnection(address)).rejects.toThrow(message)
})
