import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import type {Context} from '@omni-ops/core/operation'
import {unitContext} from '../../../src/testing/context.ts'
import {CellMasker, CellRestorer} from '../src/files/cell-rewriter.ts'
import {maskSqlite} from '../src/files/mask-sqlite.ts'
import {rewriteSqlite} from '../src/files/rewrite-sqlite.ts'
import {scanFiles} from '../src/files/scan-files.ts'
import {createDetector} from '../src/detect/create-detector.ts'
import type {MaskStyle} from '../src/mask/replacement.ts'
import {Placeholders} from '../src/mask/placeholders.ts'

let directory: string
let original: string
let out: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'omni-mask-sqlite-'))
  original = join(directory, 'crm.db')
  out = join(directory, 'masked.db')
})
afterEach(() => rmSync(directory, {recursive: true}))

function contextOf(signal = new AbortController().signal): Context {
  const settings = {get: () => undefined}
  return {
    ...unitContext(),
    settings,
    directories: {},
    workingDirectory: directory,
    signal,
    emit: () => undefined,
  } as unknown as Context
}

/** What no byte of a copy may hold. */
const secrets = ['ana@example.com', 'bor@example.com', 'cene@example.com', '031 123 456', 'Kranjc', '4111111111111111']

const schema = `
  pragma user_version = 7;
  create table customers (
    email text primary key collate nocase check (length(email) > 3),
    phone text unique,
    card integer,
    note,
    profile json,
    score real,
    loud text generated always as (upper(email)) stored
  );
  create table orders (id integer primary key autoincrement, owner text not null references customers, total integer);
  create table visits (place text, visitor text, seen integer, primary key (place, visitor)) strict, without rowid;
  create index orders_by_owner on orders (owner);
  create view letters as select email, note from customers;
  create table journal (entry text);
  create trigger told after insert on orders begin insert into journal values ('ordered by ' || new.owner); end;
  create virtual table words using fts5(body, tokenize = 'porter');
  create table pages (id integer primary key, body text);
  create virtual table page_index using fts5(body, content = 'pages', content_rowid = 'id');
  create virtual table old_words using fts4(body);
  create virtual table areas using rtree(id, low, high);
`

function write(more = ''): void {
  const database = new BetterSqlite3(original)
  database.exec(`pragma journal_mode = wal; ${schema}`)
  const customer = database.prepare(
    'insert into customers (email, phone, card, note, profile, score) values (?, ?, ?, ?, ?, ?)',
  )
  const profile = JSON.stringify({name: 'Ana Kranjc', tags: ['piše "ana@example.com"'], card: 4111111111111111, n: 3})
  customer.run('ana@example.com', '031 123 456', 4111111111111111n, Buffer.from('od bor@example.com'), profile, 1.5)
  customer.run('bor@example.com', null, 12n, Buffer.from([0, 1, 2]), '{"name": "none"', null)
  for (const owner of ['ana@example.com', 'bor@example.com', 'ana@example.com']) {
    database.prepare('insert into orders (owner, total) values (?, 5)').run(owner)
  }
  database.prepare('insert into visits values (?, ?, ?)').run('hall', 'ana@example.com', 1)
  database.prepare('insert into visits values (?, ?, ?)').run('hall', 'bor@example.com', 2)
  database
    .prepare('insert into words (rowid, body) values (41, ?)')
    .run('a letter from cene@example.com about invoices')
  database.prepare('insert into pages values (9, ?)').run('call 031 123 456 about invoices')
  database.exec(
    "insert into page_index (page_index) values ('rebuild'); insert into words (words, rank) values ('pgsz', 64)",
  )
  database.prepare('insert into old_words (docid, body) values (3, ?)').run('invoices of Ana Kranjc')
  database.exec(`insert into areas values (1, 2.5, 7); analyze; ${more}`)
  database.close()
}

async function mask(style: MaskStyle = 'numbered', signal?: AbortSignal) {
  const options = {path: original, name: 'crm.db', out, types: [], threshold: 0.5, style}
  const report = await maskSqlite(options, contextOf(signal))
  return {report, copy: new BetterSqlite3(out)}
}

/** Without what SQLite puts beside a database in WAL mode for each reader. */
const written = () =>
  readdirSync(directory)
    .filter(name => !/^crm\.db-(?:shm|wal)$/.test(name))
    .toSorted()

const rows = (database: BetterSqlite3.Database, sql: string) => database.prepare(sql).raw(true).all()

describe('a masked copy of a database', () => {
  test.each(['numbered', 'label', 'partial', 'block'] as const)(
    'holds no original in any byte, keeps its schema and is sound (%s)',
    async style => {
      write()
      const {report, copy} = await mask(style)
      expect(report.unread).toEqual([
        {source: 'crm.db', reason: 'customers.note: 1 binary values are copied as they are'},
      ])
      const sql = "select type, name, sql from sqlite_schema where name not like 'sqlite_stat%' order by type, name"
      const before = new BetterSqlite3(original, {readonly: true})
      expect(rows(copy, sql)).toEqual(rows(before, sql))
      before.close()
      expect(rows(copy, 'pragma integrity_check')).toEqual([['ok']])
      expect(copy.pragma('foreign_key_check')).toEqual([])
      expect(rows(copy, 'pragma user_version')).toEqual([[7]])
      expect(rows(copy, 'pragma journal_mode')).toEqual([['wal']])
      copy.close()
      const bytes = readFileSync(out)
      for (const secret of secrets) expect(bytes.includes(secret), secret).toBe(false)
      expect(statSync(out).mode & 0o077).toBe(0)
      expect(written()).toEqual(['crm.db', 'masked.db'])
    },
  )

  test('keeps keys, types, row ids, JSON and full-text search', async () => {
    write()
    const {copy} = await mask()
    expect(rows(copy, 'select email, phone, card, typeof(card), score, loud from customers')).toEqual([
      ['[EMAIL_ADDRESS_1]', '[PHONE_NUMBER_1]', -1, 'integer', 1.5, '[EMAIL_ADDRESS_1]'],
      ['[EMAIL_ADDRESS_2]', null, 12, 'integer', null, '[EMAIL_ADDRESS_2]'],
    ])
    expect(rows(copy, 'select cast(note as text), typeof(note) from customers limit 1')).toEqual([
      ['od [EMAIL_ADDRESS_2]', 'blob'],
    ])
    const [profile] = rows(copy, 'select profile from customers')[0] as [string]
    expect(JSON.parse(profile)).toEqual({
      name: '[PERSON_1]',
      tags: ['piše "[EMAIL_ADDRESS_1]"'],
      card: expect.stringMatching(/^\[CREDIT_CARD_\d\]$/) as string,
      n: 3,
    })
    expect(rows(copy, 'select email, count(*) from orders join customers on owner = email group by 1')).toEqual([
      ['[EMAIL_ADDRESS_1]', 2],
      ['[EMAIL_ADDRESS_2]', 1],
    ])
    expect(rows(copy, 'select count(*) from journal')).toEqual([[3]])
    expect(rows(copy, "select rowid from words where words match 'invoice'")).toEqual([[41]])
    expect(rows(copy, "select rowid from page_index where page_index match 'invoices'")).toEqual([[9]])
    expect(rows(copy, "select docid from old_words where old_words match 'invoices'")).toEqual([[3]])
    expect(rows(copy, "select v from words_config where k = 'pgsz'")).toEqual([[64]])
    expect(rows(copy, 'select * from areas')).toEqual([[1, 2.5, 7]])
    expect(copy.prepare("insert into orders (owner) values ('[EMAIL_ADDRESS_1]')").run().lastInsertRowid).toBe(4)
    expect(() => copy.prepare("insert into customers (email) values ('[email_address_1]')").run()).toThrow('UNIQUE')
    expect(() => copy.prepare("insert into customers (email) values ('x')").run()).toThrow('CHECK')
    copy.close()
  })

  test('has nothing left that a second scan would find', async () => {
    write()
    await mask()
    const options = {types: [], threshold: 0.5, format: undefined, csv: {}, showValues: true}
    const found = await scanFiles({...options, paths: [out], standardInput: async function* () {}}, contextOf())
    expect(found.spans).toEqual([])
  })

  test('numbers what would be the same in a key, also beside what was there', async () => {
    const database = new BetterSqlite3(original)
    database.exec(`
      create table people (email text unique, phone integer primary key);
      create table calls (who text references people (email), whom integer references people);
      insert into people values ('ana@example.com', 38631123456), ('bor@example.com', 38641555666), ('[EMAIL_ADDRESS]', -1);
      insert into calls values ('bor@example.com', 38631123456), ('[EMAIL_ADDRESS]', -1);
    `)
    database.close()
    const {copy} = await mask('label')
    expect(rows(copy, 'select email from people').flat().toSorted()).toEqual([
      '[EMAIL_ADDRESS]',
      '[EMAIL_ADDRESS] 2',
      '[EMAIL_ADDRESS] 3',
    ])
    expect(rows(copy, 'select count(*) from calls join people on who = email')).toEqual([[2]])
    expect(rows(copy, 'select count(*) from calls join people on whom = phone')).toEqual([[2]])
    expect(rows(copy, 'select count(*) from people where phone > 0')).toEqual([[0]])
    copy.close()
  })

  test('is brought back by its map, texts and numbers', async () => {
    write()
    const tag = 'abcdef012345'
    const placeholders = new Placeholders(tag)
    const masker = new CellMasker({detector: await createDetector(), style: 'numbered', placeholders})
    const common = {name: 'crm.db', label: ''}
    await rewriteSqlite({...common, path: original, out, rewriter: masker}, contextOf())
    const back = join(directory, 'back.db')
    const rewriter = new CellRestorer(tag, placeholders.entries)
    await rewriteSqlite({...common, path: out, out: back, rewriter}, contextOf())
    const [before, after] = [new BetterSqlite3(original), new BetterSqlite3(back)]
    for (const table of ['customers', 'orders', 'visits', 'journal', 'words', 'pages', 'old_words']) {
      expect(rows(after, `select * from ${table}`), table).toEqual(rows(before, `select * from ${table}`))
    }
    before.close()
    after.close()
  })

  test('tells what it can not mask', async () => {
    write(`
      create table gone (a text default 'ana@example.com');
      create virtual table contentless using fts5(body, content = '');
      insert into contentless (rowid, body) values (1, 'ana kranjc');
    `)
    const {report, copy} = await mask()
    copy.close()
    expect(report.unread.map(({reason}) => reason)).toEqual([
      'the table gone is copied as it stands, with EMAIL_ADDRESS',
      'customers.note: 1 binary values are copied as they are',
      'the full-text index contentless is empty in the copy: it keeps words and no text',
    ])
  })

  test('is not there where a constraint refuses it, its original is named, or somebody cancels', async () => {
    write(
      "create table strictly (email text check (email like '%@%')); insert into strictly values ('ana@example.com')",
    )
    await expect(mask()).rejects.toMatchObject({
      code: 'not_copyable',
      hint: expect.stringContaining('--style partial') as string,
    })
    const {copy} = await mask('partial')
    copy.close()
    rmSync(out)
    await expect(
      maskSqlite(
        {path: original, name: 'crm.db', out: original, types: [], threshold: 0.5, style: 'label'},
        contextOf(),
      ),
    ).rejects.toMatchObject({code: 'copy_target'})
    const database = new BetterSqlite3(original)
    database.exec(
      'with recursive n(i) as (select 1 union all select i + 1 from n where i < 600) insert into pages select i + 9, i from n',
    )
    database.close()
    await expect(mask('partial', AbortSignal.abort())).rejects.toMatchObject({code: 'cancelled'})
    expect(written()).toEqual(['crm.db'])
  })
})
