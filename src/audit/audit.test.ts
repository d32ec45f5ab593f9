import {createHash} from 'node:crypto'
import {readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import BetterSqlite3 from 'better-sqlite3'
import {describe, expect, test} from 'vitest'
import type {Context} from '../operation/context.ts'
import type {Store} from '../store/index.ts'
import {TestClock, unitContext} from '../testing/context.ts'
import {describeOnEachDatabase, sqliteDatabases, type TestDatabase} from '../testing/store.ts'
import {
  type AuditEntry,
  auditHash,
  canonicalJson,
  commitmentOf,
  exportAudit,
  genesisHash,
  listAudit,
  type Opening,
  readOpenings,
  shredAudit,
  verifyAudit,
} from './index.ts'

async function record(store: Store, count: number, tenant = 'acme'): Promise<void> {
  const clock = new TestClock()
  for (let index = 1; index <= count; index += 1) {
    clock.advance(1000)
    const context = unitContext({tenant, clock, operation: index % 2 === 0 ? 'shop.even' : 'shop.odd'})
    const audit = {action: 'counted', resource: `number:${index}`, details: {index, name: 'ž'}}
    await store.unit(context, {audit}, async () => {})
  }
}

describeOnEachDatabase('the audit log', databases => {
  test('is one chain for each tenant, which verifies', async () => {
    await using store = await (await databases.create()).open()
    await record(store, 3)
    await record(store, 2, 'globex')
    const {items} = await listAudit(store, {tenant: 'acme'})
    const [third, second, first] = items as [AuditEntry, AuditEntry, AuditEntry]
    expect([first.seq, second.seq, third.seq]).toEqual([1, 2, 3])
    expect(first.prev_hash).toBe(genesisHash)
    expect(second.prev_hash).toBe(first.hash)
    expect(first).toMatchObject({
      version: 1,
      tenant: 'acme',
      at: '2026-01-02T03:04:06.678Z',
      principal: 'principal-1',
      operation: 'shop.odd',
      action: 'counted',
      resource: 'number:1',
      details: {index: 1, name: 'ž'},
    })
    for (const [tenant, entries] of [
      ['acme', 3],
      ['globex', 2],
      ['nobody', 0],
    ] as const) {
      expect(await verifyAudit(store, {tenant})).toMatchObject({ok: true, entries, problems: []})
    }
    expect(await verifyAudit(store, {tenant: 'acme', from: 2, to: 2})).toMatchObject({
      ok: true,
      entries: 1,
      head: {seq: 2},
    })
  })

  test('verifies a chain longer than a page', async () => {
    await using store = await (await databases.create()).open()
    // In one transaction: as parts of one unit, which leave an entry each.
    await store.unit(unitContext(), {audit: false}, () => record(store, 1001))
    expect(await verifyAudit(store, {tenant: 'acme'})).toMatchObject({ok: true, entries: 1001, head: {seq: 1001}})
  })

  test('can be checked from its export with SHA-256 alone', async () => {
    await using store = await (await databases.create()).open()
    await record(store, 3)
    const lines: string[] = []
    for await (const line of exportAudit(store, {tenant: 'acme'})) lines.push(line)
    let previous = '0'.repeat(64)
    for (const line of lines) {
      const {hash, ...rest} = JSON.parse(line) as AuditEntry
      expect(rest.prev_hash).toBe(previous)
      const sorted = JSON.stringify(Object.fromEntries(Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1))))
      expect(createHash('sha256').update(sorted).digest('hex')).toBe(hash)
      previous = hash
    }
    expect(lines).toHaveLength(3)
  })

  test('is listed in pages, newest first, and filtered', async () => {
    await using store = await (await databases.create()).open()
    await record(store, 5)
    const first = await listAudit(store, {tenant: 'acme', limit: 2})
    expect(first.items.map(entry => entry.seq)).toEqual([5, 4])
    const second = await listAudit(store, {tenant: 'acme', limit: 3, cursor: first.next as string})
    expect(second.items.map(entry => entry.seq)).toEqual([3, 2, 1])
    expect(second.next).toBeUndefined()
    const seqs = async (filter: object) =>
      (await listAudit(store, {tenant: 'acme', ...filter})).items.map(entry => entry.seq)
    expect(await seqs({operation: 'shop.even'})).toEqual([4, 2])
    expect(await seqs({resource: 'number:3'})).toEqual([3])
    expect(await seqs({principal: 'nobody'})).toEqual([])
    expect(await seqs({since: '2026-01-02T04:04:08.678+01:00', until: '2026-01-02T03:04:10Z'})).toEqual([4, 3])
    await expect(seqs({cursor: 'AAAA'})).rejects.toMatchObject({code: 'invalid_input'})
    await expect(seqs({limit: 0})).rejects.toMatchObject({code: 'invalid_input'})
    await expect(seqs({since: 'yesterday'})).rejects.toMatchObject({code: 'invalid_input'})
  })

  test('commits to a personal value, which can be shredded while the chain verifies', async () => {
    await using store = await (await databases.create()).open()
    const context = {...unitContext(), store: async () => store} as unknown as Context
    const about = (person: string) =>
      store.unit(context, {audit: {action: 'told', resource: 'x', personal: {person}}}, async () => {})
    await about('ana@example.com')
    await about('ana@example.com')
    await about('bor@example.com')
    const {items} = await listAudit(store, {tenant: 'acme'})
    expect(JSON.stringify(items)).not.toContain('@example.com')
    const commitments = items.map(({details}) => (details.person as {commitment: string}).commitment)
    // The same person twice, and nobody can tell.
    expect(new Set(commitments).size).toBe(3)
    const [opening] = await readOpenings(store, {tenant: 'acme', seq: 1})
    expect(opening?.value).toBe('ana@example.com')
    expect(commitmentOf(opening as Opening).commitment).toBe(commitments[2])
    expect(await shredAudit(context, 'ana@example.com')).toBe(2)
    expect(await readOpenings(store, {tenant: 'acme', seq: 1})).toEqual([])
    expect(await readOpenings(store, {tenant: 'acme', seq: 3})).toMatchObject([{value: 'bor@example.com'}])
    expect(await verifyAudit(store, {tenant: 'acme'})).toMatchObject({ok: true, entries: 4})
  })

  test('refuses details that are content', async () => {
    await using store = await (await databases.create()).open()
    const audit = {action: 'written', resource: 'file:1', details: {text: 'x'.repeat(9000)}}
    await expect(store.unit(unitContext(), {audit}, async () => {})).rejects.toMatchObject({code: 'store_usage'})
    expect(await verifyAudit(store, {tenant: 'acme'})).toMatchObject({ok: true, entries: 0})
  })
})

/** Makes an entry's hash right again, as somebody does who knows how it is computed. */
function reseal(sqlite: BetterSqlite3.Database, seq: number): string {
  const row = sqlite.prepare('select * from omni_audit where seq = ?').get(seq) as AuditEntry & {details: string}
  const hash = auditHash({...row, details: JSON.parse(row.details)})
  sqlite.prepare('update omni_audit set hash = ? where seq = ?').run(hash, seq)
  return hash
}

/** Writes everything from an entry on anew, head row and all. */
function rewrite(sqlite: BetterSqlite3.Database, from: number, last: number): void {
  for (let seq = from; seq <= last; seq += 1) {
    const hash = reseal(sqlite, seq)
    sqlite.prepare('update omni_audit set prev_hash = ? where seq = ?').run(hash, seq + 1)
    sqlite.prepare('update omni_audit_head set hash = ?').run(hash)
  }
}

type Tampering = (sqlite: BetterSqlite3.Database, anchors: string) => void

const swap = `update omni_audit set seq = -1 where seq = 3; update omni_audit set seq = 3 where seq = 4;
  update omni_audit set seq = 4 where seq = -1`

const tamperings: [name: string, tamper: Tampering, problems: [kind: string, seq: number][]][] = [
  ...['at', 'principal', 'operation', 'action', 'resource', 'prev_hash', 'hash'].map(
    (name): [string, Tampering, [string, number][]] => [
      `a changed ${name}`,
      sqlite => sqlite.exec(`update omni_audit set ${name} = '${'f'.repeat(64)}' where seq = 6`),
      name === 'hash'
        ? [
            ['fork', 6],
            ['fork', 6],
            ['flip', 6],
          ]
        : [['flip', 6]],
    ],
  ),
  [
    'one flipped bit in the details',
    sqlite => sqlite.exec(`update omni_audit set details = replace(details, '3', '2') where seq = 3`),
    [['flip', 3]],
  ],
  [
    'details that are no longer JSON',
    sqlite => sqlite.exec(`update omni_audit set details = '{' where seq = 3`),
    [['flip', 3]],
  ],
  [
    'details with a second member of the same name',
    sqlite => sqlite.exec(`update omni_audit set details = '{"index":9,' || substr(details, 2) where seq = 3`),
    [['flip', 3]],
  ],
  ['a missing entry', sqlite => sqlite.exec('delete from omni_audit where seq = 3'), [['gap', 4]]],
  ['a missing first entry', sqlite => sqlite.exec('delete from omni_audit where seq = 1'), [['gap', 2]]],
  [
    'two exchanged entries',
    sqlite => sqlite.exec(swap),
    [
      ['reorder', 3],
      ['reorder', 4],
    ],
  ],
  [
    'an entry that was changed and sealed again',
    sqlite => {
      sqlite.exec(`update omni_audit set action = 'nothing' where seq = 3`)
      reseal(sqlite, 3)
    },
    [['fork', 4]],
  ],
  [
    'a chain that was written anew to the end',
    sqlite => {
      sqlite.exec(`update omni_audit set action = 'nothing' where seq = 3`)
      rewrite(sqlite, 3, 6)
    },
    [['fork', 6]],
  ],
  [
    'entries cut off the end',
    sqlite => sqlite.exec('delete from omni_audit where seq > 4'),
    [
      ['truncated', 4],
      ['truncated', 4],
    ],
  ],
  [
    'entries cut off the end, with a head row that fits',
    sqlite =>
      sqlite.exec(`delete from omni_audit where seq > 4;
      update omni_audit_head set seq = 4, hash = (select hash from omni_audit where seq = 4)`),
    [['rollback', 4]],
  ],
  [
    'entries cut off the end, and no anchor file',
    (sqlite, anchors) => {
      sqlite.exec('delete from omni_audit where seq > 4')
      rmSync(anchors, {recursive: true})
    },
    [['truncated', 4]],
  ],
  ['all of it gone', sqlite => sqlite.exec('delete from omni_audit; delete from omni_audit_head'), [['rollback', 0]]],
  [
    'a personal value that was exchanged',
    sqlite => sqlite.exec(`insert into omni_audit_openings values ('acme', 3, 'person', '${'0'.repeat(32)}', 'ana')`),
    [['flip', 3]],
  ],
  ['no head row', sqlite => sqlite.exec('delete from omni_audit_head'), [['fork', 6]]],
]

describe('the audit log in a SQLite file', () => {
  const databases = sqliteDatabases()

  async function written(count: number): Promise<{database: TestDatabase; path: string; anchors: string}> {
    const database = await databases.create()
    const store = await database.open()
    await record(store, count)
    await store.close()
    const path = database.url.slice('sqlite:'.length)
    return {database, path, anchors: `${path}.anchors`}
  }

  test('refuses a change while the triggers stand', async () => {
    const {path} = await written(1)
    const sqlite = new BetterSqlite3(path)
    expect(() => sqlite.exec("update omni_audit set action = 'x'")).toThrow(/append-only/)
    expect(() => sqlite.exec('delete from omni_audit')).toThrow(/append-only/)
    sqlite.close()
  })

  test.each(tamperings)('shows %s', async (_, tamper, expected) => {
    const {database, path, anchors} = await written(6)
    const sqlite = new BetterSqlite3(path)
    sqlite.exec('drop trigger omni_audit_no_update; drop trigger omni_audit_no_delete')
    tamper(sqlite, anchors)
    sqlite.close()
    await using store = await database.open()
    const {ok, problems} = await verifyAudit(store, {tenant: 'acme'})
    expect(problems.map(({kind, seq}) => [kind, seq])).toEqual(expected)
    expect(ok).toBe(false)
  })

  test('shows an entry that came from another tenant', async () => {
    const {database, path} = await written(2)
    const store = await database.open()
    await record(store, 3, 'globex')
    await store.close()
    const sqlite = new BetterSqlite3(path)
    sqlite.exec("drop trigger omni_audit_no_update; update omni_audit set tenant = 'acme' where seq = 3")
    sqlite.close()
    await using reopened = await database.open()
    expect((await verifyAudit(reopened, {tenant: 'acme'})).problems).toMatchObject([{kind: 'flip', seq: 3}])
    expect((await verifyAudit(reopened, {tenant: 'globex'})).problems).toMatchObject([
      {kind: 'truncated', seq: 2},
      {kind: 'truncated', seq: 2},
    ])
  })

  test('takes a broken anchor file for an error, and not for a pass', async () => {
    const {database, anchors} = await written(1)
    for (const file of readdirSync(anchors)) writeFileSync(`${anchors}/${file}`, '{"seq": 1')
    await using store = await database.open()
    await expect(verifyAudit(store, {tenant: 'acme'})).rejects.toMatchObject({code: 'audit_anchor'})
  })

  test('takes an anchor that is behind, as after a crash, for what it is', async () => {
    const {database, anchors} = await written(2)
    const [file] = readdirSync(anchors) as [string]
    const behind = readFileSync(`${anchors}/${file}`)
    await using store = await database.open()
    await record(store, 2)
    writeFileSync(`${anchors}/${file}`, behind)
    expect(await verifyAudit(store, {tenant: 'acme'})).toMatchObject({ok: true, entries: 4, anchored: true})
  })

  /** Entries of two days, on a file whose copy of the first day was kept. */
  async function twoDays() {
    const database = await databases.create()
    const path = database.url.slice('sqlite:'.length)
    const clock = new TestClock()
    const write = async (count: number, resource: string) => {
      await using store = await database.open({clock})
      for (let index = 0; index < count; index += 1) {
        await store.unit(unitContext({clock}), {audit: {action: 'counted', resource}}, async () => {})
      }
    }
    const verify = async () => {
      await using store = await database.open({clock})
      return await verifyAudit(store, {tenant: 'acme'})
    }
    await write(3, 'first')
    const copy = readFileSync(path)
    return {path, anchors: `${path}.anchors`, clock, write, verify, restore: () => writeFileSync(path, copy)}
  }
  const dayMs = 86_400_000

  test('remembers the head of each day that has ended', async () => {
    const {clock, write, verify} = await twoDays()
    expect(await verify()).toMatchObject({ok: true, dailyAnchors: 0})
    clock.advance(dayMs)
    await write(2, 'second')
    clock.advance(3 * dayMs)
    await write(1, 'third')
    expect(await verify()).toMatchObject({ok: true, entries: 6, dailyAnchors: 2})
  })

  test('shows a chain written anew with its head row and its anchor, by the anchor of a day', async () => {
    const {path, anchors, clock, write, verify} = await twoDays()
    clock.advance(dayMs)
    await write(3, 'second')
    const sqlite = new BetterSqlite3(path)
    sqlite.exec('drop trigger omni_audit_no_update; drop trigger omni_audit_no_delete')
    sqlite.exec(`update omni_audit set action = 'nothing' where seq = 2`)
    rewrite(sqlite, 2, 6)
    const {hash} = sqlite.prepare('select hash from omni_audit_head').get() as {hash: string}
    sqlite.close()
    const [latest] = readdirSync(anchors).filter(name => name.endsWith('.json')) as [string]
    const anchor = JSON.parse(readFileSync(`${anchors}/${latest}`, 'utf8')) as object
    writeFileSync(`${anchors}/${latest}`, JSON.stringify({...anchor, hash}))
    expect((await verify()).problems).toMatchObject([{kind: 'fork', seq: 3}])
  })

  test('shows a database that was set back, also after it went on', async () => {
    const {write, verify, restore} = await twoDays()
    await write(2, 'second')
    restore()
    expect((await verify()).problems).toMatchObject([{kind: 'rollback', seq: 3}])
    await write(1, 'another')
    expect((await verify()).problems).toMatchObject([{kind: 'rollback', seq: 4}])
    await write(2, 'another')
    expect((await verify()).problems).toMatchObject([{kind: 'fork', seq: 5}])
  })
})

describe('canonical JSON', () => {
  test('agrees with the example of RFC 8785, 3.2.2', () => {
    const value = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`)
    expect(canonicalJson(value)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    )
  })

  test('sorts members by UTF-16 code units, as RFC 8785, 3.2.3 does', () => {
    const members = {'\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7}
    expect(
      Object.values(
        JSON.parse(
          `[${canonicalJson(members)
            .replaceAll(/"[^"]*":/g, '')
            .slice(1, -1)}]`,
        ),
      ),
    ).toEqual([2, 4, 6, 7, 1, 5, 3])
  })

  test('refuses what has no canonical form', () => {
    expect(() => canonicalJson(Number.NaN)).toThrow(TypeError)
    expect(() => canonicalJson('\ud800')).toThrow(TypeError)
    expect(() => canonicalJson({big: 1n} as never)).toThrow(TypeError)
  })
})
