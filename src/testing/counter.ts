import * as z from 'zod'
import {defineEvent} from '../operation/event.ts'
import {column, type Migration, type Store, type TablesOf, type UnitContext} from '../store/index.ts'

export const counterTables = {
  counter_marks: {
    scope: 'tenant',
    columns: {id: column.text(), value: column.bigint()},
    primaryKey: ['id'],
  },
} as const

export type CounterDatabase = TablesOf<typeof counterTables>

/** A small domain to write to in the tests of the store. */
export const counterMigrations: readonly Migration[] = [{plugin: 'counter', name: '0001_marks', tables: counterTables}]

export const marked = defineEvent({
  name: 'counter.marked',
  summary: 'A mark was set',
  scopes: [],
  payload: z.object({id: z.string()}),
  example: {id: 'one'},
})

/** One unit that leaves a trace in every table a unit writes: a row, an audit entry and an event. */
export async function mark(store: Store, context: UnitContext, id: string): Promise<void> {
  await store.unit(context, {audit: {action: 'marked', resource: `mark:${id}`}}, async unit => {
    const database = unit.database<CounterDatabase>()
    const {last} = await database
      .selectFrom('counter_marks')
      .select(({fn}) => fn.max<bigint | null>('value').as('last'))
      .executeTakeFirstOrThrow()
    await database
      .insertInto('counter_marks')
      .values({id, value: (last ?? 0n) + 1n})
      .execute()
    await unit.publish(marked, {id})
  })
}
