import {CompiledQuery, type Kysely, sql} from 'kysely'
import {beforeEach, describe, expect, test} from 'vitest'
import {unitContext} from '../testing/context.ts'
import {describeOnEachDatabase, type TestDatabases} from '../testing/store.ts'
import {
  column,
  type Migration,
  type Store,
  type TablesOf,
  TenantIsolationError,
  type TenantReader,
  type TenantWriter,
} from './index.ts'
import {systemOf} from './system.ts'

const tables = {
  shop_customers: {
    scope: 'tenant',
    columns: {id: column.id(), name: column.text(), balance: column.bigint({default: 0})},
    primaryKey: ['id'],
    unique: [['name']],
    indexes: [['balance']],
  },
  shop_orders: {
    scope: 'tenant',
    columns: {id: column.id(), customer: column.id({nullable: true}), total: column.bigint()},
    primaryKey: ['id'],
    references: [{columns: ['customer'], table: 'shop_customers', to: ['id']}],
  },
  shop_currencies: {scope: 'shared', columns: {code: column.text()}, primaryKey: ['code']},
} as const

type Shop = TablesOf<typeof tables>

const migrations: Migration[] = [
  {
    plugin: 'shop',
    name: '0001_orders',
    tables,
    async up({database}) {
      await database.insertInto('shop_currencies').values({code: 'EUR'}).execute()
    },
  },
]

/** Two tenants with the same ids, so that a leak changes an answer. */
async function filled(databases: TestDatabases): Promise<Store> {
  const store = await (await databases.create(migrations)).open()
  for (const [tenant, suffix, total] of [
    ['acme', 'A', 10n],
    ['globex', 'G', 1000n],
  ] as const) {
    await store.unit(unitContext({tenant}), {audit: false}, async unit => {
      const database = unit.database<Shop>()
      await database
        .insertInto('shop_customers')
        .values([
          {id: 'c1', name: `One ${suffix}`, balance: total},
          {id: 'c2', name: `Two ${suffix}`, balance: total + 1n},
        ])
        .execute()
      await database
        .insertInto('shop_orders')
        .values([
          {id: 'o1', customer: 'c1', total},
          {id: 'o2', customer: null, total: total + 2n},
          ...(tenant === 'globex' ? [{id: 'o3', customer: 'c2', total: 5n}] : []),
        ])
        .execute()
    })
  }
  return store
}

async function everything(store: Store, tenant: string) {
  const reader = store.read<Shop>(tenant)
  return {
    customers: await reader.selectFrom('shop_customers').selectAll().orderBy('id').execute(),
    orders: await reader.selectFrom('shop_orders').selectAll().orderBy('id').execute(),
  }
}

describeOnEachDatabase('a tenant', databases => {
  let store: Store
  let others: Awaited<ReturnType<typeof everything>>

  beforeEach(async () => {
    store = await filled(databases)
    others = await everything(store, 'globex')
    return async () => store.close()
  })

  async function write(work: (database: TenantWriter<Shop>) => Promise<unknown>): Promise<void> {
    await store.unit(unitContext(), {audit: false}, async unit => {
      await work(unit.database<Shop>())
    })
    expect(await everything(store, 'globex')).toEqual(others)
  }

  describe('reads its own rows only', () => {
    test('in a plain select, also when it asks for another tenant', async () => {
      const reader = store.read<Shop>('acme')
      expect(others.customers).toHaveLength(2)
      expect(await reader.selectFrom('shop_customers').select('name').orderBy('name').execute()).toEqual([
        {name: 'One A'},
        {name: 'Two A'},
      ])
      const asking = reader
        .selectFrom('shop_customers')
        .select('name')
        .where(eb => eb.or([eb('tenant', '=', 'globex'), eb('id', '=', 'c1')]))
      expect(await asking.execute()).toEqual([{name: 'One A'}])
      expect(await reader.selectFrom('shop_customers').where('tenant', '=', 'globex').selectAll().execute()).toEqual([])
    })

    test('in inner, left and right joins, keeping the rows without a partner', async () => {
      const reader = store.read<Shop>('acme')
      const inner = reader
        .selectFrom('shop_orders as o')
        .innerJoin('shop_customers as c', 'c.id', 'o.customer')
        .select(['o.id', 'c.name'])
      expect(await inner.execute()).toEqual([{id: 'o1', name: 'One A'}])
      const left = reader
        .selectFrom('shop_orders as o')
        .leftJoin('shop_customers as c', 'c.id', 'o.customer')
        .select(['o.id', 'c.name'])
        .orderBy('o.id')
      expect(await left.execute()).toEqual([
        {id: 'o1', name: 'One A'},
        {id: 'o2', name: null},
      ])
      const right = reader
        .selectFrom('shop_orders')
        .rightJoin('shop_customers', 'shop_customers.id', 'shop_orders.customer')
        .select(['shop_orders.id', 'shop_customers.name'])
        .orderBy('shop_customers.name')
      expect(await right.execute()).toEqual([
        {id: 'o1', name: 'One A'},
        {id: null, name: 'Two A'},
      ])
    })

    test('in a full join, where neither WHERE nor ON alone would hold', async () => {
      const full = store
        .read<Shop>('acme')
        .selectFrom('shop_orders as o')
        .fullJoin('shop_customers as c', 'c.id', 'o.customer')
        .select(({fn}) => fn.countAll<bigint>().as('rows'))
      expect(await full.executeTakeFirstOrThrow()).toEqual({rows: 3n})
    })

    test('in a join on a condition that is always true', async () => {
      const cross = store
        .read<Shop>('acme')
        .selectFrom('shop_orders')
        .innerJoin('shop_customers', join => join.onTrue())
        .select(({fn}) => [fn.countAll<bigint>().as('rows'), fn.sum<bigint>('total').as('total')])
      expect(await cross.executeTakeFirstOrThrow()).toEqual({rows: 4n, total: 44n})
    })

    test('in subqueries: scalar, in, exists, derived, and in order by', async () => {
      const reader = store.read<Shop>('acme')
      const query = reader
        .selectFrom(eb => eb.selectFrom('shop_customers').select(['id', 'name']).as('people'))
        .select(eb => [
          'people.name',
          eb
            .selectFrom('shop_orders')
            .select(({fn}) => fn.countAll<bigint>().as('count'))
            .as('all_orders'),
        ])
        .where('people.id', 'in', eb =>
          eb.selectFrom('shop_orders').select('customer').where('customer', 'is not', null),
        )
        .where(eb => eb.exists(eb.selectFrom('shop_orders').select('id').whereRef('customer', '=', 'people.id')))
        .orderBy(eb => eb.selectFrom('shop_orders').select(({fn}) => fn.max('total').as('largest')), 'desc')
      expect(await query.execute()).toEqual([{name: 'One A', all_orders: 2n}])
    })

    test('in common table expressions, one using the other, and a recursive one', async () => {
      const reader = store.read<Shop>('acme')
      const chained = reader
        .with('rich', eb => eb.selectFrom('shop_customers').select(['id', 'balance']))
        .with('richest', eb => eb.selectFrom('rich').select(({fn}) => fn.max('balance').as('balance')))
        .selectFrom('richest')
        .innerJoin('rich', 'rich.balance', 'richest.balance')
        .select(['rich.id', 'rich.balance'])
      expect(await chained.execute()).toEqual([{id: 'c2', balance: 11n}])
      const recursive = reader
        .withRecursive('walk(id, step)', eb =>
          eb
            .selectFrom('shop_customers')
            .select(start => ['id', start.cast<number>(start.val(1), 'integer').as('step')])
            .unionAll(
              eb
                .selectFrom('walk')
                .innerJoin('shop_customers', join => join.onTrue())
                .select(next => ['shop_customers.id', next('walk.step', '+', 1).as('step')])
                .where('walk.step', '<', 2),
            ),
        )
        .selectFrom('walk')
        .select(({fn}) => fn.countAll<bigint>().as('count'))
      expect(await recursive.executeTakeFirstOrThrow()).toEqual({count: 6n})
    })

    test('in set operations', async () => {
      const reader = store.read<Shop>('acme')
      const union = reader
        .selectFrom('shop_customers')
        .select('name as label')
        .union(reader.selectFrom('shop_orders').select('id as label'))
        .orderBy('label')
      expect((await union.execute()).map(row => row.label)).toEqual(['One A', 'Two A', 'o1', 'o2'])
      const except = reader
        .selectFrom('shop_customers')
        .select('id')
        .except(reader.selectFrom('shop_orders').select('customer as id').$narrowType<{id: string}>())
      expect(await except.execute()).toEqual([{id: 'c2'}])
    })

    test('but shares what is declared shared', async () => {
      expect(await store.read<Shop>('acme').selectFrom('shop_currencies').selectAll().execute()).toEqual([
        {code: 'EUR'},
      ])
    })

    test('and treats a tenant whose name is SQL as a name', async () => {
      const reader = store.read<Shop>("x' or '1'='1")
      expect(await reader.selectFrom('shop_customers').selectAll().execute()).toEqual([])
    })
  })

  describe('writes its own rows only', () => {
    test('in an update with no condition, and with one that is true for others', async () => {
      await write(database => database.updateTable('shop_customers').set({balance: 0n}).execute())
      await write(database =>
        database
          .updateTable('shop_customers')
          .set({balance: 1n})
          .where(eb => eb.or([eb('id', '=', 'c1'), eb('tenant', '=', 'globex')]))
          .execute(),
      )
      expect((await everything(store, 'acme')).customers.map(row => row.balance)).toEqual([1n, 0n])
    })

    test('in an update from another table', async () => {
      await write(database =>
        database
          .updateTable('shop_customers as c')
          .from('shop_orders as o')
          .set(eb => ({balance: eb.ref('o.total')}))
          .whereRef('o.customer', '=', 'c.id')
          .execute(),
      )
      expect((await everything(store, 'acme')).customers.map(row => row.balance)).toEqual([10n, 11n])
    })

    test('in an update whose value is a subquery', async () => {
      await write(database =>
        database
          .updateTable('shop_customers')
          .set(eb => ({balance: eb.selectFrom('shop_orders').select(({fn}) => fn.max('total').as('m'))}))
          .execute(),
      )
      expect((await everything(store, 'acme')).customers.map(row => row.balance)).toEqual([12n, 12n])
    })

    test('in a delete, with and without a condition, and with returning', async () => {
      await write(async database => {
        const gone = await database
          .deleteFrom('shop_orders')
          .where(eb => eb.or([eb('id', '=', 'o1'), eb('tenant', '=', 'globex')]))
          .returning('id')
          .execute()
        expect(gone).toEqual([{id: 'o1'}])
        await database.deleteFrom('shop_orders').execute()
        await database.deleteFrom('shop_customers').execute()
      })
      expect(await everything(store, 'acme')).toEqual({customers: [], orders: []})
    })

    test('in an insert from a select and from a union', async () => {
      await write(database =>
        database
          .insertInto('shop_orders')
          .columns(['id', 'total'])
          .expression(eb =>
            eb
              .selectFrom('shop_customers')
              .select(['name', 'balance'])
              .unionAll(
                eb
                  .selectFrom('shop_orders')
                  .select(['customer as name', 'total as balance'])
                  .where('customer', 'is not', null) as never,
              ),
          )
          .execute(),
      )
      const {orders} = await everything(store, 'acme')
      expect(orders.map(row => [row.tenant, row.id])).toEqual([
        ['acme', 'One A'],
        ['acme', 'Two A'],
        ['acme', 'c1'],
        ['acme', 'o1'],
        ['acme', 'o2'],
      ])
    })

    test('in an upsert on an id that another tenant has too', async () => {
      await write(database =>
        database
          .insertInto('shop_orders')
          .values({id: 'o3', total: 1n})
          .onConflict(conflict => conflict.column('id').doUpdateSet({total: 77n}))
          .execute(),
      )
      await write(async database => {
        const upserted = await database
          .insertInto('shop_orders')
          .values({id: 'o3', total: 2n})
          .onConflict(conflict => conflict.column('id').doUpdateSet(eb => ({total: eb.ref('excluded.total')})))
          .returning(['id', 'total', 'tenant'])
          .execute()
        expect(upserted).toEqual([{id: 'o3', total: 2n, tenant: 'acme'}])
      })
    })

    test('and cannot refer to the rows of another', async () => {
      await write(database => database.insertInto('shop_customers').values({id: 'mine', name: 'Mine'}).execute())
      const refers = store.unit(unitContext({tenant: 'globex'}), {audit: false}, async unit => {
        await unit.database<Shop>().insertInto('shop_orders').values({id: 'x', customer: 'mine', total: 1n}).execute()
      })
      await expect(refers).rejects.toMatchObject({code: 'reference_violation'})
    })
  })

  describe('is refused, before the database sees it,', () => {
    const refused: Record<string, (database: TenantWriter<Shop>) => Promise<unknown>> = {
      'a row that names its tenant': database =>
        database
          .insertInto('shop_orders')
          .values({id: 'x', total: 1n, tenant: 'globex'} as never)
          .execute(),
      'a row that names its tenant in capitals': database =>
        database
          .insertInto('shop_orders')
          .values({id: 'x', total: 1n, TENANT: 'globex'} as never)
          .execute(),
      'a change of tenant': database =>
        database
          .updateTable('shop_orders')
          .set({tenant: 'globex'} as never)
          .execute(),
      'a change of tenant in an upsert': database =>
        database
          .insertInto('shop_orders')
          .values({id: 'o1', total: 1n})
          .onConflict(conflict => conflict.column('id').doUpdateSet({tenant: 'globex'} as never))
          .execute(),
      'raw SQL in a select': database =>
        database
          .selectFrom('shop_orders')
          .select(sql<string>`(select name from shop_customers limit 1)`.as('name'))
          .execute(),
      'raw SQL in a condition': database =>
        database
          .selectFrom('shop_orders')
          .selectAll()
          .where(sql<boolean>`1 = 1`)
          .execute(),
      'raw SQL as a table': database =>
        database
          .selectFrom(sql<{id: string}>`shop_orders`.as('o'))
          .select('o.id')
          .execute(),
      'raw SQL of its own': database => sql`select * from shop_orders`.execute(database as Kysely<Shop>),
      'a function that could be a query': database =>
        database
          .selectFrom('shop_orders')
          .select(({fn}) => fn<string>('(select max(name) from shop_customers); --', []).as('name'))
          .execute(),
      'an aggregate that could be a query': database =>
        database
          .selectFrom('shop_orders')
          .select(({fn}) => fn.agg<string>('query_to_xml', ['id']).as('name'))
          .execute(),
      'queries without the predicate': database =>
        (database as Kysely<Shop>).withoutPlugins().selectFrom('shop_orders').selectAll().execute(),
      'queries without the predicate after a common table expression': database =>
        database
          .with('o', eb => eb.selectFrom('shop_orders').selectAll())
          .withoutPlugins()
          .selectFrom('shop_orders')
          .selectAll()
          .execute(),
      'a table that nobody declared': database =>
        (database as Kysely<never>)
          .selectFrom('omni_migrations' as never)
          .selectAll()
          .execute(),
      'a declared table in capitals': database =>
        (database as Kysely<never>)
          .selectFrom('SHOP_ORDERS' as never)
          .selectAll()
          .execute(),
      'the name of a table that every object has': database =>
        (database as Kysely<never>)
          .selectFrom('constructor' as never)
          .selectAll()
          .execute(),
      'a schema': database =>
        (database as Kysely<never>)
          .selectFrom((databases.dialect === 'sqlite' ? 'main.shop_orders' : 'public.shop_orders') as never)
          .selectAll()
          .execute(),
      'a common table expression with the name of a table': database =>
        database
          .with('shop_orders', eb => eb.selectFrom('shop_customers').select('id'))
          .selectFrom('shop_orders')
          .selectAll()
          .execute(),
      'a common table expression that names an undeclared table of its own name': database =>
        (database as Kysely<never>)
          .with('omni_migrations', eb => eb.selectFrom('omni_migrations' as never).selectAll())
          .selectFrom('omni_migrations' as never)
          .selectAll()
          .execute(),
      'a write to what is shared': database => database.insertInto('shop_currencies').values({code: 'USD'}).execute(),
      'a merge': database =>
        (database as Kysely<Shop>)
          .mergeInto('shop_orders')
          .using('shop_customers', 'shop_customers.id', 'shop_orders.id')
          .whenMatched()
          .thenDelete()
          .execute(),
      'a replace': database =>
        (database as Kysely<Shop>).replaceInto('shop_orders').values({id: 'o3', total: 1n}).execute(),
      'an insert or replace': database =>
        database.insertInto('shop_orders').orReplace().values({id: 'o3', total: 1n}).execute(),
      'data definition': database => (database as Kysely<Shop>).schema.dropTable('shop_orders').execute(),
      'a transaction of its own': database => (database as Kysely<Shop>).transaction().execute(async () => {}),
    }

    test.each(Object.entries(refused))('%s', async (_, query) => {
      const before = await everything(store, 'acme')
      const attempt = store.unit(unitContext(), {audit: false}, async unit => {
        await query(unit.database<Shop>())
      })
      await expect(attempt).rejects.toMatchObject({exitCode: 70})
      expect(await everything(store, 'acme')).toEqual(before)
      expect(await everything(store, 'globex')).toEqual(others)
    })

    test('any write outside a unit', async () => {
      const reader = store.read<Shop>('acme') as Kysely<Shop>
      await expect(reader.deleteFrom('shop_orders').execute()).rejects.toBeInstanceOf(TenantIsolationError)
      await expect(reader.updateTable('shop_orders').set({total: 1n}).execute()).rejects.toBeInstanceOf(
        TenantIsolationError,
      )
      await expect(reader.insertInto('shop_orders').values({id: 'x', total: 1n}).execute()).rejects.toBeInstanceOf(
        TenantIsolationError,
      )
    })
  })

  describe('uses the indexes of its tables', () => {
    test.each<[string, (database: TenantReader<Shop>) => {compile(): CompiledQuery}]>([
      ['in a select', database => database.selectFrom('shop_customers').selectAll().where('id', '=', 'c1')],
      [
        'in a left join',
        database =>
          database
            .selectFrom('shop_orders as o')
            .leftJoin('shop_customers as c', 'c.id', 'o.customer')
            .select(['o.total', 'c.name'])
            .where('o.id', '=', 'o1'),
      ],
      [
        'in a subquery',
        database =>
          database
            .selectFrom('shop_orders as o')
            .select(eb => eb.selectFrom('shop_customers').select('name').whereRef('id', '=', 'o.customer').as('name'))
            .where('o.id', '=', 'o1'),
      ],
    ])('%s', async (_, query) => {
      const plan = await planOf(store, query(store.read<Shop>('acme')).compile())
      expect(plan).toMatch(/index/i)
      expect(plan).not.toMatch(/scan shop|scan (o|c)\b|seq scan|materialize|co-routine|subquery scan/i)
    })
  })
})

/** How the database would run a query: EXPLAIN of each dialect, with PostgreSQL told that small tables are large. */
async function planOf(store: Store, query: CompiledQuery): Promise<string> {
  const {engine} = systemOf(store)
  return engine.transaction(async connection => {
    const explain = engine.dialect === 'sqlite' ? 'explain query plan' : 'explain'
    if (engine.dialect === 'postgres')
      await connection.executeQuery(CompiledQuery.raw('set local enable_seqscan = off'))
    const {rows} = await connection.executeQuery<{detail?: string; 'QUERY PLAN'?: string}>(
      CompiledQuery.raw(`${explain} ${query.sql}`, [...query.parameters]),
    )
    return rows.map(row => String(row.detail ?? row['QUERY PLAN'])).join('\n')
  })
}
