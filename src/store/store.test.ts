import {existsSync, statSync} from 'node:fs'
import {expect, test} from 'vitest'
import {kernelMigrations} from './kernel-migrations.ts'
import {silentLog, TestClock, unitContext} from '../testing/context.ts'
import {describeOnEachDatabase} from '../testing/store.ts'
import {column, type Migration, openStore, type Store, type TablesOf} from './index.ts'

const tables = {
  shop_products: {
    scope: 'tenant',
    columns: {
      id: column.id(),
      title: column.text(),
      stock: column.integer({default: 0}),
      price: column.bigint(),
      weight: column.real({nullable: true}),
      active: column.boolean({default: true}),
      attributes: column.json<{colours: string[]; nested?: Record<string, unknown>}>(),
      notes: column.nullableJson<string[]>(),
      created_at: column.timestamp(),
      picture: column.bytes({nullable: true}),
    },
    primaryKey: ['id'],
    unique: [['title']],
  },
} as const

type Shop = TablesOf<typeof tables>

const migrations: Migration[] = [{plugin: 'shop', name: '0001_products', tables}]

const product = {
  id: 'p1',
  title: 'Žoga 😀',
  stock: 2_147_483_647,
  price: 9_007_199_254_740_993n,
  weight: 0.1,
  active: false,
  attributes: {colours: ['red', 'blue'], nested: {z: 1, a: null}},
  notes: ['first', 'second'],
  created_at: '2026-01-02T03:04:05.678Z',
  picture: Buffer.from([0, 255, 1]),
}

const small = {id: 'p2', title: 'Net', price: -1n, attributes: {colours: []}, created_at: '2026-01-02T03:04:05.678Z'}

async function insert(store: Store, ...rows: (typeof product | typeof small)[]): Promise<void> {
  await store.unit(unitContext(), {audit: false}, async unit => {
    for (const row of rows) await unit.database<Shop>().insertInto('shop_products').values(row).execute()
  })
}

describeOnEachDatabase('a store', databases => {
  test('gives back every type as it was put in', async () => {
    await using store = await (await databases.create(migrations)).open()
    await insert(store, product)
    const read = await store.read<Shop>('acme').selectFrom('shop_products').selectAll().executeTakeFirstOrThrow()
    expect(read).toEqual({tenant: 'acme', ...product})
    expect(JSON.stringify(read.attributes)).toBe(JSON.stringify(product.attributes))
  })

  test('fills in defaults and nulls', async () => {
    await using store = await (await databases.create(migrations)).open()
    await insert(store, small)
    const read = await store.read<Shop>('acme').selectFrom('shop_products').selectAll().executeTakeFirstOrThrow()
    expect(read).toEqual({tenant: 'acme', ...small, stock: 0, weight: null, active: true, notes: null, picture: null})
  })

  test('computes integers as bigint and averages as numbers', async () => {
    await using store = await (await databases.create(migrations)).open()
    await insert(store, product, {...small})
    const computed = await store
      .read<Shop>('acme')
      .selectFrom('shop_products')
      .select(({fn, eb}) => [
        fn.countAll().as('count'),
        fn.sum('price').as('sum'),
        fn.sum('stock').as('stock'),
        fn.max('stock').as('most'),
        fn.avg('stock').as('mean'),
        eb(fn.max('price'), '+', 1 as never).as('next'),
      ])
      .executeTakeFirstOrThrow()
    expect(computed).toEqual({
      count: 2n,
      sum: 9_007_199_254_740_992n,
      stock: 2_147_483_647n,
      most: 2_147_483_647n,
      mean: 1_073_741_823.5,
      next: 9_007_199_254_740_994n,
    })
  })

  test('compares booleans, times and dates', async () => {
    await using store = await (await databases.create(migrations)).open()
    await insert(store, product, small)
    const read = store.read<Shop>('acme').selectFrom('shop_products').select('id').orderBy('id')
    expect(await read.where('active', '=', true).execute()).toEqual([{id: 'p2'}])
    expect(await read.where('created_at', '<=', new Date('2026-01-02T03:04:05.678Z') as never).execute()).toHaveLength(
      2,
    )
    expect(await read.where('created_at', '<', '2026-01-02T03:04:05.678Z').execute()).toEqual([])
  })

  test.each([
    ['a fraction in an integer column', {stock: 2.5}],
    ['more than 32 bits in an integer column', {stock: 2 ** 31}],
    ['text in a bigint column', {price: 'much'}],
    ['a missing value', {title: null}],
    ['not a number', {weight: Number.NaN}],
  ])('refuses %s', async (_, wrong) => {
    await using store = await (await databases.create(migrations)).open()
    await expect(insert(store, {...product, ...wrong} as never)).rejects.toThrow()
    expect(await store.read<Shop>('acme').selectFrom('shop_products').selectAll().execute()).toEqual([])
  })

  test('says which rule a row breaks', async () => {
    await using store = await (await databases.create(migrations)).open()
    await insert(store, product)
    await expect(insert(store, {...product, id: 'other'})).rejects.toMatchObject({
      code: 'unique_violation',
      exitCode: 6,
    })
  })

  test('tells its health', async () => {
    const database = await databases.create(migrations)
    await using store = await database.open()
    const health = await store.health()
    expect(health).toMatchObject({dialect: databases.dialect, migrations: {pending: [], foreign: []}})
    expect(health.migrations.applied.map(({plugin, name}) => `${plugin}/${name}`)).toEqual([
      ...kernelMigrations.map(({plugin, name}) => `${plugin}/${name}`),
      'shop/0001_products',
    ])
    expect(health.version).toMatch(/^\d+\.\d+/)
    if (databases.dialect === 'sqlite') expect(health).toMatchObject({damage: [], journal_mode: 'wal'})
  })

  test('refuses to work when it is closed', async () => {
    const store = await (await databases.create(migrations)).open()
    await store.close()
    await store.close()
    await expect(store.unit(unitContext(), {audit: false}, async () => {})).rejects.toMatchObject({code: 'store_usage'})
    await expect(store.read<Shop>('acme').selectFrom('shop_products').selectAll().execute()).rejects.toMatchObject({
      code: 'store_usage',
    })
  })

  test.each(['', 'x'.repeat(201), 'a\0b', '\ud800'])('refuses the tenant %j', async tenant => {
    await using store = await (await databases.create(migrations)).open()
    expect(() => store.read(tenant)).toThrow(/tenant/)
    const unit = store.unit(unitContext({tenant}), {audit: false}, async () => {})
    await expect(unit).rejects.toMatchObject({code: 'invalid_input'})
  })

  test('sorts and matches text by its characters, not by a language', async () => {
    await using store = await (await databases.create(migrations)).open()
    const titles = ['apple', 'Äpfel', 'Zebra', 'zoo']
    await insert(store, ...titles.map(title => ({...small, id: title, title})))
    const query = store.read<Shop>('acme').selectFrom('shop_products').select('title').orderBy('title')
    expect((await query.execute()).map(row => row.title)).toEqual(['Zebra', 'apple', 'zoo', 'Äpfel'])
    expect(await query.where('title', 'like', 'z%').execute()).toEqual([{title: 'zoo'}])
  })

  test('reads inside more units at once than there are connections', async () => {
    if (!databases.concurrent) return
    await using store = await (await databases.create(migrations)).open()
    const units = Array.from({length: 30}, (_, index) =>
      store.unit(unitContext({tenant: `tenant-${index % 15}`}), {audit: false}, async () =>
        store.read<Shop>('acme').selectFrom('shop_products').selectAll().execute(),
      ),
    )
    expect(await Promise.all(units)).toHaveLength(30)
  })

  test('reads while a unit is open, and sees what was committed', async () => {
    if (!databases.concurrent) return
    await using store = await (await databases.create(migrations)).open()
    await store.unit(unitContext(), {audit: false}, async unit => {
      await unit.database<Shop>().insertInto('shop_products').values(product).execute()
      expect(await store.read<Shop>('acme').selectFrom('shop_products').selectAll().execute()).toEqual([])
    })
    expect(await store.read<Shop>('acme').selectFrom('shop_products').selectAll().execute()).toHaveLength(1)
  })
})

const opening = {migrations, clock: new TestClock(), log: silentLog}

test.each(['mysql://host/name', 'sqlite:relative.db', 'omni.db', ''])('the address %j is refused', async url => {
  await expect(openStore({url, ...opening})).rejects.toMatchObject({code: 'invalid_input', exitCode: 2})
})

test('an address that is refused does not show its password', async () => {
  await expect(openStore({url: 'mysql://me:secret@host/name', ...opening})).rejects.not.toMatchObject({
    message: expect.stringContaining('secret'),
  })
})

test('a server that cannot be reached is unavailable, without its password in the message', async () => {
  const error = await openStore({url: 'postgres://me:secret@127.0.0.1:1/name', ...opening}).catch(caught => caught)
  expect(error).toMatchObject({code: 'database_unavailable', exitCode: 9})
  expect(JSON.stringify(error.report())).not.toContain('secret')
})

test('a database in memory is private and leaves nothing behind', async () => {
  const [one, two] = await Promise.all([
    openStore({url: 'sqlite::memory:', ...opening}),
    openStore({url: 'sqlite::memory:', ...opening}),
  ])
  await insert(one, product)
  expect(await two.read<Shop>('acme').selectFrom('shop_products').selectAll().execute()).toEqual([])
  expect(existsSync(one.location)).toBe(true)
  await Promise.all([one.close(), two.close()])
  expect(existsSync(one.location)).toBe(false)
})

test.skipIf(process.platform === 'win32')('a new SQLite file can be read by its owner only', async () => {
  const store = await openStore({url: 'sqlite::memory:', ...opening})
  expect(statSync(store.location).mode & 0o077).toBe(0)
  await store.close()
})
