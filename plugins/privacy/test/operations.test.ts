import {describe, expect, test} from 'vitest'
import {type Context, invoke} from '@omni-ops/core/operation'
import {comparePrivacy, kernelPrivacy, readRealSchema} from '@omni-ops/core/privacy'
import type {Store} from '@omni-ops/core/store'
import {unitContext} from '../../../src/testing/context.ts'
import {sqliteDatabases} from '../../../src/testing/store.ts'
import plugin from '../src/index.ts'
import {budgetCreate} from '../src/operations/budget-create.ts'
import {budgetDebit} from '../src/operations/budget-debit.ts'
import {budgetList} from '../src/operations/budget-list.ts'
import {dp} from '../src/operations/dp.ts'
import {kAnonymize} from '../src/operations/k-anonymize.ts'
import {risk} from '../src/operations/risk.ts'

const columns = ['id', 'age', 'ward']
const rows = Array.from({length: 40}, (_, index) => [`P${index % 20}`, String(20 + index), index % 2 === 0 ? 'A' : 'B'])

function contextOf(store?: Store): Context {
  const context = {...unitContext(), emit: () => undefined, store: async () => store}
  return context as unknown as Context
}

describe('operations on tables', () => {
  test('k-anonymize publishes a table that risk finds safe', async () => {
    const {report, ...safe} = await invoke(
      kAnonymize,
      {
        columns,
        rows,
        quasi_identifiers: [{name: 'age', hierarchy: {kind: 'interval', width: 5}}],
        keep: ['ward'],
        k: 4,
      },
      contextOf(),
    )
    expect(safe.columns).toEqual(['age', 'ward'])
    expect(safe.rows).toHaveLength(40)
    expect(report).toMatchObject({algorithm: 'optimal', suppressed_rows: 0, dropped: ['id']})
    const measured = await invoke(risk, {...safe, quasi_identifiers: ['age']}, contextOf())
    expect(measured).toEqual(report.risk.after)
    expect(measured.smallest_class).toBeGreaterThanOrEqual(4)
  })

  test('mondrian answers in the same form, without what it does not have', async () => {
    const {report} = await invoke(
      kAnonymize,
      {
        columns,
        rows,
        quasi_identifiers: [{name: 'age', hierarchy: {kind: 'interval', width: 5}}],
        algorithm: 'mondrian',
      },
      contextOf(),
    )
    expect(report.search).toBeUndefined()
    expect(report.attributes[0]).toEqual({name: 'age', certainty_penalty: report.information_loss.certainty_penalty})
  })

  test('a row of another length is refused', async () => {
    const input = {columns, rows: [['P1']], quasi_identifiers: ['age']}
    await expect(invoke(risk, input, contextOf())).rejects.toThrow('Row 1')
  })
})

describe('operations on budgets', () => {
  const databases = sqliteDatabases()
  const migrations = async () => (await plugin.migrations?.()) ?? []

  test('an answer is debited, and the budget shows it', async () => {
    await using store = await (await databases.create(await migrations())).open()
    const context = contextOf(store)
    await invoke(budgetCreate, {name: 'visits', epsilon: '1'}, context)
    const question = {kind: 'count'} as const
    const asked = {question, person: 'id', max_rows: 2, epsilon: '0.75', budget: 'visits'}
    const answer = await invoke(dp, {columns, rows, ...asked}, context)
    expect(answer.values).toHaveLength(1)
    expect(answer.noise.scale).toBeCloseTo(2 / 0.75)
    expect(answer.spent).toEqual({epsilon: 0.75, delta: 0})
    await expect(invoke(budgetDebit, asked, context)).rejects.toMatchObject({code: 'privacy_budget_exhausted'})
    const {budgets} = await invoke(budgetList, {}, context)
    expect(budgets).toMatchObject([{name: 'visits', releases: 1, spent: {epsilon: 0.75}}])
  })

  test('what fails after the debit stays debited', async () => {
    await using store = await (await databases.create(await migrations())).open()
    const context = contextOf(store)
    await invoke(budgetCreate, {name: 'visits', epsilon: '1'}, context)
    const question = {kind: 'sum', column: 'ward', lower: '0', upper: '1'} as const
    const failing = invoke(dp, {columns, rows, question, epsilon: '0.5', budget: 'visits'}, context)
    await expect(failing).rejects.toThrow('not a decimal number')
    const {budgets} = await invoke(budgetList, {}, context)
    expect(budgets).toMatchObject([{releases: 1, spent: {epsilon: 0.5}}])
  })

  test('what is refused before the debit costs nothing', async () => {
    await using store = await (await databases.create(await migrations())).open()
    const context = contextOf(store)
    await invoke(budgetCreate, {name: 'visits', epsilon: '1'}, context)
    const question = {kind: 'sum', column: 'age', lower: '9', upper: '1'} as const
    await expect(invoke(dp, {columns, rows, question, epsilon: '0.5', budget: 'visits'}, context)).rejects.toThrow(
      'bounds',
    )
    expect((await invoke(budgetList, {}, context)).budgets[0]?.releases).toBe(0)
  })

  test('every field of every table is declared', async () => {
    await using store = await (await databases.create(await migrations())).open()
    const declared = [...kernelPrivacy, ...((await plugin.privacy?.()) ?? [])]
    expect(comparePrivacy(declared, await readRealSchema(store))).toEqual([])
  })
})
