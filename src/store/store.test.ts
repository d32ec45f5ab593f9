import {expect, test} from 'vitest'
import {describeOnEachDatabase, unitContext} from '../testing/store.ts'
import {column, type Migration, type TablesOf} from './index.ts'

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
      attributes: column.json<{colours: string[]}>(),
      created_at: column.timestamp(),
      picture: column.bytes({nullable: true}),
    },
    primaryKey: ['id'],
    unique: [['title']],
  },
} as const

type Shop = TablesOf<typeof tables>

const migrations: Migration[] = [{plugin: 'shop', name: '0001_products', tables}]

describeOnEachDatabase('a store', databases => {
  test('gives back every type as it was put in', async () => {
    await using store = await (await databases.create(migrations)).open()
    const product = {
      id: 'p1',
      title: 'Žoga',
      stock: 7,
      price: 9_007_199_254_740_993n,
      weight: 0.1,
      active: false,
      attributes: {colours: ['red', 'blue']},
      created_at: '2026-01-02T03:04:05.678Z',
      picture: Buffer.from([0, 255, 1]),
    }
    await store.unit(unitContext(), {audit: false}, async unit => {
      await unit.database<Shop>().insertInto('shop_products').values(product).execute()
    })
    const read = await store.read<Shop>('acme').selectFrom('shop_products').selectAll().executeTakeFirstOrThrow()
    expect(read).toEqual({tenant: 'acme', ...product})
  })
})
