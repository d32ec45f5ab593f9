import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import Sqlite from 'better-sqlite3'
import {expect, test} from 'vitest'
import {DataSession} from '../src/data/data-session.ts'
import {openFiles} from '../src/data/load-files.ts'
import {sales, sessionOn, show, signal, temporaryDirectory} from './support/data.ts'

const rows = [
  ['1', '2026-01-01T08:00:00Z', 'North, "old"', 10.25, 5],
  ['2', '2026-01-01T09:00:00Z', "d'Or", 4, 7],
  ['3', '2026-01-02T09:00:00Z', 'North, "old"', 0.75, 9],
] as const
const names = ['id', 'at', 'region', 'amount', 'latency'] as const
const csv = `\ufeff${names.join(',')}\n${rows.map(row => row.map(cell => `"${String(cell).replaceAll('"', '""')}"`).join(',')).join('\n')}\n`
const json = JSON.stringify(rows.map(row => Object.fromEntries(names.map((name, index) => [name, row[index]]))))

function sqlite(): Uint8Array {
  const database = new Sqlite(':memory:')
  database.exec('create table sales (id text, at text, region text, amount real, latency integer, picture blob)')
  const insert = database.prepare('insert into sales values (?, ?, ?, ?, ?, ?)')
  for (const row of rows) insert.run(...row, Buffer.from([1]))
  return database.serialize()
}

async function parquet(): Promise<Uint8Array> {
  const {DuckDBInstance} = await import('@duckdb/node-api')
  const {readFileSync} = await import('node:fs')
  const file = join(temporaryDirectory(), 'sales.parquet')
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const values = rows.map(
    ([id, at, region, amount, latency]) =>
      `('${id}', timestamptz '${at}', '${region.replaceAll("'", "''")}', ${amount}::double, ${latency})`,
  )
  await connection.run(
    `copy (select * from (values ${values.join(', ')}) as t(${names.map(name => `"${name}"`).join(', ')})) to '${file}' (format parquet)`,
  )
  connection.closeSync()
  return readFileSync(file)
}

test.each([
  ['sales.csv', async () => csv],
  ['sales.json', async () => json],
  [
    'sales.jsonl',
    async () =>
      rows.map(row => JSON.stringify(Object.fromEntries(names.map((name, index) => [name, row[index]])))).join('\n'),
  ],
  ['sales.parquet', parquet],
  ['sales.sqlite', async () => sqlite()],
])('%s gives the same figures as any other form of the same rows', async (name, content) => {
  const session = await sessionOn({[name]: await content()})
  const panel = {id: 'p', kind: 'breakdown', title: 'P', metrics: ['amount', 'rows'], dimension: 'region'} as const
  const {data, period} = await show(session, {catalogue: sales(), panel, period: {unit: 'day', count: 2}})
  expect(period.current).toMatchObject({firstDay: '2026-01-01', lastDay: '2026-01-02'})
  expect(data).toMatchObject({
    categories: [{label: 'North, "old"'}, {label: "d'Or"}],
    series: [{values: ['11', '4']}, {values: ['2', '1']}],
    totals: ['15', '3'],
  })
})

test('a session reads its own files and nothing else, writes nothing, and cannot be opened up again', async () => {
  const directory = temporaryDirectory()
  const secret = join(directory, 'secret.csv')
  writeFileSync(secret, 'a\n1\n')
  writeFileSync(join(directory, 'sales.csv'), csv)
  await using session = await openFiles(join(directory, 'sales.csv'), {signal, workingDirectory: directory})
  for (const statement of [
    `SELECT * FROM read_csv('${secret}')`,
    `SELECT * FROM read_text('${secret}')`,
    `SELECT * FROM '${secret}'`,
    `COPY sales TO '${join(directory, 'stolen.csv')}'`,
    `ATTACH '${join(directory, 'other.db')}'`,
    "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')",
    'INSTALL httpfs',
    'SET enable_external_access = true',
    `SET allowed_paths = ['${secret}']`,
  ]) {
    await expect(session.query(statement), statement).rejects.toMatchObject({code: 'data_query_failed'})
  }
  expect((await session.query('SELECT count(*) AS n FROM sales'))[0]).toEqual({n: '3'})
})

test('rows of another tenant are gone before the first query, and tables that do not say whose they are with them', async () => {
  const session = await sessionOn({
    'sales.csv':
      'id,at,region,amount,latency,owner\n1,2026-01-01T08:00:00Z,N,1,1,acme\n2,2026-01-01T08:00:00Z,N,100,1,globex\n3,2026-01-01T08:00:00Z,N,1000,1,\n',
    'loose.csv': 'a\n1\n',
  })
  await session.keepTenant('owner', 'acme')
  expect([...(await session.schema()).keys()]).toEqual(['sales'])
  const panel = {id: 'p', kind: 'figure', title: 'P', metric: 'amount'} as const
  const {data} = await show(session, {catalogue: sales(), panel, period: {unit: 'day', count: 1}})
  expect(data).toMatchObject({value: '1'})
})

test('names of tables and columns, and values, are never SQL', async () => {
  const evil = 'x"; DROP TABLE sales; --'
  const session = await sessionOn({
    'sales.csv': `id,at,amount,latency,"x""; DROP TABLE sales; --"\n1,2026-01-01T08:00:00Z,5,1,"'; DROP TABLE sales; --"\n`,
  })
  const catalogue = sales({dimensions: {region: {title: 'R', table: 'sales', column: evil}}})
  const panel = {
    id: 'p',
    kind: 'breakdown',
    title: 'P',
    metrics: ['amount'],
    dimension: 'region',
    filters: [{dimension: 'region', values: ["'; DROP TABLE sales; --", "' OR 1=1 --"]}],
  } as const
  const {data} = await show(session, {
    catalogue,
    panel: {...panel, filters: [...panel.filters].map(each => ({...each, values: [...each.values]}))},
    period: {unit: 'day', count: 1},
  })
  expect(data).toMatchObject({categories: [{label: "'; DROP TABLE sales; --"}], totals: ['5']})
})

test.each([
  ['nothing there', 'missing.csv', undefined, 'data_not_found'],
  ['another kind of file', 'notes.docx', 'x', 'unreadable_data'],
  [
    'a database that is none',
    'broken.sqlite',
    'no database at all, but long enough to have a header',
    'unreadable_data',
  ],
  ['Parquet that is none', 'broken.parquet', 'PAR1', 'unreadable_data'],
])('%s is told as such', async (_name, file, content, code) => {
  const directory = temporaryDirectory()
  if (content !== undefined) writeFileSync(join(directory, file), content)
  await expect(openFiles(file, {signal, workingDirectory: directory})).rejects.toMatchObject({code})
})

test('a cancelled query ends', async () => {
  const controller = new AbortController()
  await using session = await DataSession.open({files: [], signal: controller.signal})
  const endless = session.query('SELECT count(*) FROM range(1000000) a, range(1000000) b')
  controller.abort()
  await expect(endless).rejects.toMatchObject({code: 'cancelled'})
})
