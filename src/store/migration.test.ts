import {existsSync, mkdirSync, readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import {describe, expect, test} from 'vitest'
import {TestClock, unitContext} from '../testing/context.ts'
import {type CounterDatabase, counterMigrations, counterTables, mark} from '../testing/counter.ts'
import {describeOnEachDatabase, sqliteDatabases} from '../testing/store.ts'
import {column, type Migration, type MigrationContext} from './index.ts'
import {kernelMigrations} from './kernel-migrations.ts'

const labels: Migration = {
  plugin: 'counter',
  name: '0002_labels',
  async up(schema) {
    await schema.addColumn('counter_marks', 'label', column.text({default: 'none'}))
    await schema.addIndex('counter_marks', ['tenant', 'label'])
    await schema.database.updateTable('counter_marks').set({label: 'old'}).execute()
  },
}

const failing = (name: string, up: (schema: MigrationContext) => Promise<void>): Migration => ({
  plugin: 'counter',
  name,
  up,
})

interface Labelled {
  counter_marks: CounterDatabase['counter_marks'] & {label: string}
}

describeOnEachDatabase('migrations', databases => {
  test('bring an older database up to date and keep its rows, of all tenants', async () => {
    const database = await databases.create(counterMigrations)
    const old = await database.open()
    await mark(old, unitContext(), 'a')
    await mark(old, unitContext({tenant: 'globex'}), 'b')
    await old.close()
    await using store = await database.open({migrations: [...counterMigrations, labels]})
    const marks = (tenant: string) =>
      store.read<Labelled>(tenant).selectFrom('counter_marks').select(['id', 'label']).execute()
    expect(await marks('acme')).toEqual([{id: 'a', label: 'old'}])
    expect(await marks('globex')).toEqual([{id: 'b', label: 'old'}])
    expect((await store.health()).migrations.applied.at(-1)).toMatchObject({plugin: 'counter', name: '0002_labels'})
  })

  test('are applied once, in the order of their names', async () => {
    const order: string[] = []
    const step = (name: string) => failing(name, async () => void order.push(name))
    const migrations = [step('0003_c'), step('0001_a'), step('0002_b')]
    const database = await databases.create(migrations)
    for (let times = 0; times < 2; times += 1) await (await database.open()).close()
    expect(order).toEqual(['0001_a', '0002_b', '0003_c'])
  })

  test('that fail leave nothing of themselves, and can be tried again', async () => {
    const database = await databases.create(counterMigrations)
    await (await database.open()).close()
    const broken = failing('0002_broken', async schema => {
      await schema.addColumn('counter_marks', 'label', column.text({nullable: true}))
      throw new Error('half way')
    })
    const opening = database.open({migrations: [...counterMigrations, broken]})
    await expect(opening).rejects.toMatchObject({
      code: 'migration_failed',
      message: expect.stringContaining('counter/0002_broken'),
    })
    await using store = await database.open({migrations: [...counterMigrations, labels]})
    await mark(store, unitContext(), 'a')
    expect(await store.read<Labelled>('acme').selectFrom('counter_marks').select('label').execute()).toEqual([
      {label: 'none'},
    ])
  })

  test('of a newer program are refused, and nothing is touched', async () => {
    const database = await databases.create(counterMigrations)
    const newer = await database.open({migrations: [...counterMigrations, labels]})
    await mark(newer, unitContext(), 'a')
    await newer.close()
    const alsoPending: Migration = {
      plugin: 'other',
      name: '0001_things',
      tables: {other_things: counterTables.counter_marks},
    }
    await expect(database.open({migrations: [...counterMigrations, alsoPending]})).rejects.toMatchObject({
      code: 'database_newer',
      hint: expect.stringContaining('update omni'),
      details: {unknown: ['counter/0002_labels']},
    })
    await using again = await database.open({migrations: [...counterMigrations, labels]})
    expect((await again.health()).migrations).toMatchObject({foreign: [], pending: []})
  })

  test('of a plugin that is not installed are left alone', async () => {
    const database = await databases.create()
    await (await database.open({migrations: counterMigrations})).close()
    await using store = await database.open({migrations: []})
    expect((await store.health()).migrations.foreign).toMatchObject([{plugin: 'counter', name: '0001_marks'}])
  })

  test('that were edited after they were applied are refused', async () => {
    const database = await databases.create()
    await (await database.open({migrations: counterMigrations})).close()
    const {counter_marks: marks} = counterTables
    const edited = {...marks, columns: {...marks.columns, extra: column.text({nullable: true})}}
    const opening = database.open({
      migrations: [{plugin: 'counter', name: '0001_marks', tables: {counter_marks: edited}}],
    })
    await expect(opening).rejects.toMatchObject({code: 'migration_failed'})
  })

  test('that come before an applied one are refused', async () => {
    const database = await databases.create()
    await (await database.open({migrations: [labelsWithout('0002_late')]})).close()
    const opening = database.open({migrations: [labelsWithout('0001_early'), labelsWithout('0002_late')]})
    await expect(opening).rejects.toMatchObject({code: 'migration_failed'})
  })

  test('are not applied by a program that only reads', async () => {
    const database = await databases.create(counterMigrations)
    await (await database.open()).close()
    const opening = database.open({migrations: [...counterMigrations, labels], readonly: true})
    await expect(opening).rejects.toMatchObject({code: 'database_read_only'})
    await using store = await database.open({readonly: true})
    await expect(mark(store, unitContext(), 'a')).rejects.toMatchObject({code: 'database_read_only'})
  })

  test('are applied once when the database is opened twice at once', async () => {
    if (!databases.concurrent) return
    const database = await databases.create([...counterMigrations, labels])
    const stores = await Promise.all([database.open(), database.open(), database.open()])
    for (const store of stores) {
      expect((await store.health()).migrations.applied).toHaveLength(kernelMigrations.length + 2)
      await store.close()
    }
  })

  test.each<[string, Migration[]]>([
    ['a name without a number', [{plugin: 'counter', name: 'marks'}]],
    ['the same name twice', [labelsWithout('0001_a'), labelsWithout('0001_a')]],
    ['a table of another plugin', [{plugin: 'other', name: '0001_a', tables: counterTables}]],
  ])('with %s are refused', async (_, migrations) => {
    await expect((await databases.create(migrations)).open()).rejects.toMatchObject({code: 'store_usage', exitCode: 70})
  })

  test('cannot add a column that rows would not have', async () => {
    const wrong = failing('0002_wrong', schema => schema.addColumn('counter_marks', 'label', column.text()))
    const database = await databases.create([...counterMigrations, wrong])
    await expect(database.open()).rejects.toMatchObject({code: 'store_usage'})
  })
})

function labelsWithout(name: string): Migration {
  return {plugin: 'counter', name}
}

describe('a SQLite file', () => {
  const databases = sqliteDatabases()

  test('is copied before a migration, and the copy has the state before it', async () => {
    const database = await databases.create(counterMigrations)
    const old = await database.open()
    await mark(old, unitContext(), 'a')
    await old.close()
    const backups = join(database.directory, 'backups')
    expect(existsSync(backups)).toBe(false)
    await (await database.open({migrations: [...counterMigrations, labels]})).close()
    const [copy, ...more] = readdirSync(backups)
    expect(more).toEqual([])
    await using restored = await database.open({url: `sqlite:${join(backups, copy as string)}`})
    expect(await restored.read<CounterDatabase>('acme').selectFrom('counter_marks').select('id').execute()).toEqual([
      {id: 'a'},
    ])
    expect((await restored.health()).migrations.applied).toHaveLength(kernelMigrations.length + 1)
  })

  test('keeps the last five copies', async () => {
    const database = await databases.create(counterMigrations)
    await (await database.open()).close()
    const clock = new TestClock()
    const added: Migration[] = []
    for (let number = 2; number <= 8; number += 1) {
      clock.advance(1000)
      added.push(labelsWithout(`000${number}_step`))
      await (await database.open({clock, migrations: [...counterMigrations, ...added]})).close()
    }
    const copies = readdirSync(join(database.directory, 'backups'))
    expect(copies).toHaveLength(5)
    expect(copies.toSorted().at(-1)).toContain('03-04-12')
  })

  test('is not migrated when the copy cannot be written', async () => {
    const database = await databases.create(counterMigrations)
    await (await database.open()).close()
    const inTheWay = join(database.directory, 'occupied')
    writeFileSync(inTheWay, '')
    const opening = database.open({migrations: [...counterMigrations, labels], backupDirectory: inTheWay})
    await expect(opening).rejects.toMatchObject({code: 'backup_failed'})
    await using store = await database.open()
    expect((await store.health()).migrations.applied).toHaveLength(kernelMigrations.length + 1)
  })

  test('of another program is refused and left as it is', async () => {
    const database = await databases.create(counterMigrations)
    const path = database.url.slice('sqlite:'.length)
    const foreign = new BetterSqlite3(path)
    foreign.exec('create table theirs (id integer)')
    foreign.close()
    await expect(database.open()).rejects.toMatchObject({code: 'database_foreign'})
    const untouched = new BetterSqlite3(path)
    expect(untouched.prepare('select name from sqlite_schema').pluck().all()).toEqual(['theirs'])
    expect(untouched.pragma('journal_mode', {simple: true})).toBe('delete')
    untouched.close()
  })

  test('that is no database is refused', async () => {
    const database = await databases.create(counterMigrations)
    writeFileSync(database.url.slice('sqlite:'.length), 'Dear diary, '.repeat(100))
    await expect(database.open()).rejects.toMatchObject({
      code: 'database_corrupt',
      hint: expect.stringContaining('backup'),
    })
  })

  test('that is a directory, or lies where nothing can be made, is unavailable', async () => {
    const database = await databases.create(counterMigrations)
    mkdirSync(database.url.slice('sqlite:'.length))
    await expect(database.open()).rejects.toMatchObject({
      exitCode: expect.any(Number),
      code: expect.stringMatching(/^database_/),
    })
    writeFileSync(join(database.directory, 'file'), '')
    const beneath = database.open({url: `sqlite:${join(database.directory, 'file', 'omni.db')}`})
    await expect(beneath).rejects.toMatchObject({code: 'database_unavailable'})
  })
})
