import {expect, test} from 'vitest'
import type {Context} from '@omni-ops/core/operation'
import type {Store} from '@omni-ops/core/store'
import {unitContext} from '../../../../src/testing/context.ts'
import {describeOnEachDatabase} from '../../../../src/testing/store.ts'
import {concentratedEpsilon} from '../../src/differential-privacy/accountant.ts'
import {rationalFrom} from '../../src/differential-privacy/rational.ts'
import {createBudget, debit, listBudgets} from '../../src/differential-privacy/budget-ledger.ts'
import {
  BudgetExhaustedError,
  BudgetExistsError,
  BudgetNotFoundError,
  PrivacyParameterError,
} from '../../src/differential-privacy/errors.ts'
import {migrations} from '../../src/differential-privacy/tables.ts'

function contextOf(store: Store, tenant = 'acme'): Context {
  return {...unitContext({tenant}), store: async () => store} as unknown as Context
}

const tenth = {question: 'count', expenditures: [{kind: 'pure', epsilon: rationalFrom('0.1')}]} as const

describeOnEachDatabase('the ledger of privacy budgets', databases => {
  test('ten tenths are debited, the eleventh is refused and debits nothing', async () => {
    await using store = await (await databases.create(migrations)).open()
    const context = contextOf(store)
    await createBudget(context, {name: 'visits', epsilon: '1', delta: '0'})
    for (let each = 1; each <= 10; each++) {
      const {spent} = await debit(context, {name: 'visits', ...tenth})
      expect(spent.epsilon).toBeCloseTo(each / 10, 12)
    }
    await expect(debit(context, {name: 'visits', ...tenth})).rejects.toThrow(BudgetExhaustedError)
    const [state] = await listBudgets(context)
    expect(state).toMatchObject({name: 'visits', epsilon: '1', delta: '0', releases: 10})
    expect(state?.spent.epsilon).toBeCloseTo(1, 12)
  })

  test('releases that come at once cannot spend the same remainder', async () => {
    await using store = await (await databases.create(migrations)).open()
    const context = contextOf(store)
    await createBudget(context, {name: 'visits', epsilon: '1', delta: '0'})
    const outcomes = await Promise.allSettled(
      Array.from({length: 25}, () => debit(context, {name: 'visits', ...tenth})),
    )
    expect(outcomes.filter(({status}) => status === 'fulfilled')).toHaveLength(10)
  })

  test('every kind of expenditure is kept exactly', async () => {
    await using store = await (await databases.create(migrations)).open()
    const context = contextOf(store)
    await createBudget(context, {name: 'visits', epsilon: '2', delta: '1e-6'})
    const failure = {kind: 'failure', delta: rationalFrom('1e-7')} as const
    await debit(context, {
      name: 'visits',
      question: 'a',
      expenditures: [{kind: 'pure', epsilon: rationalFrom('0.3')}, failure],
    })
    await debit(context, {
      name: 'visits',
      question: 'b',
      expenditures: [{kind: 'concentrated', rho: rationalFrom('0.001')}],
    })
    const [state] = await listBudgets(context)
    expect(state?.spent.delta).toBe(1e-6)
    // 0.3 and what 0.001 of concentrated privacy is at a δ of 9e-7.
    expect(state?.spent.epsilon).toBeCloseTo(0.3 + concentratedEpsilon(0.001, 9e-7), 9)
  })

  test('a budget is opened once, and another tenant has none', async () => {
    await using store = await (await databases.create(migrations)).open()
    const context = contextOf(store)
    await createBudget(context, {name: 'visits', epsilon: '1', delta: '0'})
    await expect(createBudget(context, {name: 'visits', epsilon: '9', delta: '0'})).rejects.toThrow(BudgetExistsError)
    await expect(createBudget(context, {name: 'none', epsilon: '0', delta: '0'})).rejects.toThrow(PrivacyParameterError)
    await expect(debit(contextOf(store, 'other'), {name: 'visits', ...tenth})).rejects.toThrow(BudgetNotFoundError)
    expect(await listBudgets(contextOf(store, 'other'))).toEqual([])
  })
})
