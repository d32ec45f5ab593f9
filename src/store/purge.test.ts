import {readFileSync} from 'node:fs'
import BetterSqlite3 from 'better-sqlite3'
import {describe, expect, test} from 'vitest'
import {sqliteDatabases} from '../testing/store.ts'
import {SqliteEngine} from './sqlite-engine.ts'
import {systemOf} from './system.ts'

describe('a purge of a SQLite database', () => {
  const databases = sqliteDatabases()

  async function opened(busyTimeout: number) {
    const store = await (await databases.create()).open({busyTimeout})
    const {engine} = systemOf(store)
    if (!(engine instanceof SqliteEngine)) throw new TypeError('Not SQLite')
    const holds = (word: string) =>
      ['', '-wal'].some(ending => readFileSync(`${engine.location}${ending}`).includes(word))
    return {store, engine, holds}
  }

  test('leaves nothing of deleted rows, nor of words in a full-text index', async () => {
    const {store, engine, holds} = await opened(1_000)
    const {writer} = engine
    writer.execute('create table letters (id integer primary key, words text)')
    writer.execute('create virtual table sought using fts5(words)')
    for (let id = 1; id <= 200; id++) {
      const words = `letter ${id} of unmistakable${id % 2} things ${'and so on '.repeat(20)}`
      writer.query('insert into letters (id, words) values (?, ?)', [id, words])
      writer.query('insert into sought (rowid, words) values (?, ?)', [id, words])
    }
    writer.execute('delete from letters where id % 2 = 1')
    writer.execute('delete from sought where rowid % 2 = 1')
    expect(holds('unmistakable1')).toBe(true)
    expect(await engine.purge([])).toEqual({complete: true})
    expect(holds('unmistakable1')).toBe(false)
    expect(holds('unmistakable0')).toBe(true)
    expect(writer.query("select count(*) as found from sought where sought match 'unmistakable0'").rows).toEqual([
      {found: 100n},
    ])
    await store.close()
  })

  test('says so where another process goes on reading an older state', async () => {
    const {store, engine} = await opened(50)
    engine.writer.execute('create table letters (words text)')
    engine.writer.execute("insert into letters values ('one')")
    const other = new BetterSqlite3(engine.location)
    other.exec('begin')
    other.prepare('select * from letters').all()
    engine.writer.execute("insert into letters values ('two')")
    expect(await engine.purge([])).toMatchObject({complete: false, message: expect.stringContaining('another process')})
    other.exec('commit')
    expect(await engine.purge([])).toEqual({complete: true})
    other.close()
    await store.close()
  })
})
