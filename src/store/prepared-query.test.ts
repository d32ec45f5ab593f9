import {expect, test} from 'vitest'
import {unitContext} from '../testing/context.ts'
import {type CounterDatabase, counterMigrations} from '../testing/counter.ts'
import {describeOnEachDatabase} from '../testing/store.ts'
import {StoreUsageError, TenantIsolationError} from './errors.ts'
import type {Store, TenantWriter} from './index.ts'

interface Mark {
  readonly id: string
  readonly value: bigint
}

type Database = TenantWriter<CounterDatabase>

function queries(store: Store) {
  return {
    insert: store.prepare(['id', 'value'], (database: Database, mark: Mark) =>
      database.insertInto('counter_marks').values(mark),
    ),
    from: store.prepare(['value'], (database: Database, {value}: Pick<Mark, 'value'>) =>
      database.selectFrom('counter_marks').select('id').where('value', '>=', value).orderBy('id'),
    ),
  }
}

describeOnEachDatabase('a prepared query', databases => {
  test('is run again with other values, and sees one tenant alone', async () => {
    await using store = await (await databases.create(counterMigrations)).open()
    const {insert, from} = queries(store)
    for (const tenant of ['acme', 'other']) {
      await store.unit({...unitContext(), tenant}, {audit: false, survives: 'process-end'}, async unit => {
        for (const value of [1n, 2n, 3n]) await unit.run(insert, {id: `${tenant}-${value}`, value})
      })
    }
    expect(await store.find(from, 'acme', {value: 2n})).toEqual([{id: 'acme-2'}, {id: 'acme-3'}])
    expect(await store.find(from, 'other', {value: 3n})).toEqual([{id: 'other-3'}])
    expect(await store.find(from, 'nobody', {value: 0n})).toEqual([])
  })

  test('is a part of its unit: what is taken back is gone, and a failure is no commit', async () => {
    await using store = await (await databases.create(counterMigrations)).open()
    const {insert, from} = queries(store)
    const mark = {id: 'one', value: 1n}
    const twice = store.unit(unitContext(), {audit: false}, async unit => {
      await unit.run(insert, mark)
      await unit.run(insert, mark).catch(() => undefined)
    })
    await expect(twice).rejects.toThrow(StoreUsageError)
    expect(await store.find(from, 'acme', {value: 0n})).toEqual([])
  })

  test('is refused where it writes outside a unit, lacks a value, or could not be confined', async () => {
    await using store = await (await databases.create(counterMigrations)).open()
    const {insert, from} = queries(store)
    await expect(store.find(insert, 'acme', {id: 'one', value: 1n})).rejects.toThrow(StoreUsageError)
    await expect(store.find(from, 'acme', {} as {value: bigint})).rejects.toThrow('value')
    expect(() =>
      store.prepare([], (database: TenantWriter<{elsewhere: {id: string}}>) =>
        database.selectFrom('elsewhere').select('id'),
      ),
    ).toThrow(TenantIsolationError)
    expect(() => store.prepare([], (database: Database) => database.selectNoFrom(eb => eb.lit(1).as('one')))).toThrow(
      StoreUsageError,
    )
  })
})

describeOnEachDatabase('the version of a store', databases => {
  test('is another once this process or another has committed, and stays where nothing was', async () => {
    const database = await databases.create(counterMigrations)
    await using store = await database.open()
    await using other = await database.open()
    const {insert, from} = queries(store)
    const elsewhere = queries(other)
    const add = (to: Store, query: typeof insert, id: string) =>
      to.unit(unitContext(), {audit: false}, unit => unit.run(query, {id, value: 1n}))
    await add(store, insert, 'one')
    const before = store.version()
    if (store.dialect === 'postgres') return expect(before).toBeUndefined()
    await store.find(from, 'acme', {value: 0n})
    expect(store.version()).toBe(before)
    await add(store, insert, 'two')
    const own = store.version()
    expect(own).not.toBe(before)
    await add(other, elsewhere.insert, 'three')
    expect(store.version()).not.toBe(own)
  })
})

describeOnEachDatabase('units that survive the process alone', databases => {
  test('are seen at once by others, and units between them wait for the disk as ever', async () => {
    const database = await databases.create(counterMigrations)
    await using store = await database.open()
    const {insert, from} = queries(store)
    for (const [index, survives] of (['process-end', 'power-cut', 'process-end'] as const).entries()) {
      await store.unit(unitContext(), {audit: {action: 'marked', resource: `mark:${index}`}, survives}, unit =>
        unit.run(insert, {id: String(index), value: 1n}),
      )
      expect(await store.find(from, 'acme', {value: 1n})).toHaveLength(index + 1)
    }
    if (!databases.concurrent) return
    await using other = await database.open()
    expect(await other.find(queries(other).from, 'acme', {value: 1n})).toHaveLength(3)
  })
})
