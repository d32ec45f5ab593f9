import type {Context} from '@omni-ops/core/operation'
import type {TenantReader} from '@omni-ops/core/store'
import {type Budget, budgetFrom, compose, type Expenditure, type Guarantee, isCovered} from './accountant.ts'
import {BudgetExhaustedError, BudgetExistsError, BudgetNotFoundError} from './errors.ts'
import {budgetCreated, budgetDebited} from '../events.ts'
import {type Rational, toNumber} from './rational.ts'
import type {BudgetTables} from './tables.ts'

export interface BudgetState {
  readonly name: string
  readonly epsilon: string
  readonly delta: string
  readonly createdAt: string
  /** What the releases so far guarantee together. */
  readonly spent: Guarantee
  readonly releases: number
}

export interface Debit {
  readonly id: string
  readonly spent: Guarantee
}

/** Opens a budget. Throws PrivacyParameterError, and BudgetExistsError: a budget is never changed afterwards. */
export async function createBudget(
  context: Context,
  {name, epsilon, delta}: {readonly name: string; readonly epsilon: string; readonly delta: string},
): Promise<BudgetState> {
  budgetFrom(epsilon, delta)
  const store = await context.store()
  const createdAt = context.clock.now().toISOString()
  await store.unit(
    context,
    {audit: {action: 'budget.created', resource: `budget:${name}`, details: {epsilon, delta}}},
    async unit => {
      const database = unit.database<BudgetTables>()
      const known = await database
        .selectFrom('privacy_budgets')
        .select('name')
        .where('name', '=', name)
        .executeTakeFirst()
      if (known) {
        throw new BudgetExistsError(`There is a budget ${name} already`, {
          hint: 'a budget is a promise to the persons in the data and cannot be raised; use another name for other data',
        })
      }
      await database.insertInto('privacy_budgets').values({name, epsilon, delta, created_at: createdAt}).execute()
      await unit.publish(budgetCreated, {budget: name, epsilon, delta})
    },
  )
  return {name, epsilon, delta, createdAt, spent: {epsilon: 0, delta: 0}, releases: 0}
}

/**
 * Debits a release, before it is answered: once this returns, the budget is spent, whatever becomes of the answer.
 * Throws BudgetNotFoundError, and BudgetExhaustedError, which debits nothing.
 */
export async function debit(
  context: Context,
  {
    name,
    question,
    expenditures,
  }: {readonly name: string; readonly question: string; readonly expenditures: readonly Expenditure[]},
): Promise<Debit> {
  const store = await context.store()
  const id = context.random.id()
  // The units of a tenant run one after the other, so that two releases cannot spend the same remainder.
  return store.unit(
    context,
    {audit: {action: 'budget.debited', resource: `budget:${name}`, details: {release: id}}},
    async unit => {
      const database = unit.database<BudgetTables>()
      const {budget, spent} = await readBudget(database, name)
      const together = [...spent.flat(), ...expenditures]
      if (!isCovered(together, budget)) throw exhausted(name, spent.flat(), budget)
      await database
        .insertInto('privacy_releases')
        .values({id, budget: name, question, ...amounts(expenditures), debited_at: context.clock.now().toISOString()})
        .execute()
      const guarantee = compose(together, budget.delta)
      await unit.publish(budgetDebited, {budget: name, release: id, ...guarantee})
      return {id, spent: guarantee}
    },
  )
}

/** Every budget, by name. */
export async function listBudgets(context: Context): Promise<BudgetState[]> {
  const database = (await context.store()).read<BudgetTables>(context.tenant)
  const rows = await database.selectFrom('privacy_budgets').selectAll().orderBy('name').execute()
  const states: BudgetState[] = []
  for (const row of rows) {
    const {budget, spent} = await readBudget(database, row.name)
    states.push({
      name: row.name,
      epsilon: row.epsilon,
      delta: row.delta,
      createdAt: row.created_at,
      spent: compose(spent.flat(), budget.delta),
      releases: spent.length,
    })
  }
  return states
}

async function readBudget(
  database: TenantReader<BudgetTables>,
  name: string,
): Promise<{budget: Budget; spent: Expenditure[][]}> {
  const row = await database.selectFrom('privacy_budgets').selectAll().where('name', '=', name).executeTakeFirst()
  if (!row) {
    throw new BudgetNotFoundError(`There is no privacy budget ${name}`, {
      hint: `omni privacy budget create ${name} --epsilon 1`,
    })
  }
  const releases = await database
    .selectFrom('privacy_releases')
    .select(['pure_epsilon', 'rho', 'failure_delta'])
    .where('budget', '=', name)
    .execute()
  return {budget: budgetFrom(row.epsilon, row.delta), spent: releases.map(expendituresOf)}
}

interface Amounts {
  readonly pure_epsilon: string | null
  readonly rho: string | null
  readonly failure_delta: string | null
}

function amounts(expenditures: readonly Expenditure[]): Amounts {
  const amount = (kind: Expenditure['kind']) => {
    const found = expenditures.find(each => each.kind === kind)
    return found ? fractionText(amountOf(found)) : null
  }
  return {pure_epsilon: amount('pure'), rho: amount('concentrated'), failure_delta: amount('failure')}
}

function amountOf(expenditure: Expenditure): Rational {
  if (expenditure.kind === 'pure') return expenditure.epsilon
  return expenditure.kind === 'concentrated' ? expenditure.rho : expenditure.delta
}

function expendituresOf({pure_epsilon, rho, failure_delta}: Amounts): Expenditure[] {
  return [
    ...(pure_epsilon === null ? [] : [{kind: 'pure', epsilon: fractionFrom(pure_epsilon)} as const]),
    ...(rho === null ? [] : [{kind: 'concentrated', rho: fractionFrom(rho)} as const]),
    ...(failure_delta === null ? [] : [{kind: 'failure', delta: fractionFrom(failure_delta)} as const]),
  ]
}

function fractionText({numerator, denominator}: Rational): string {
  return `${numerator}/${denominator}`
}

function fractionFrom(text: string): Rational {
  const [numerator, denominator] = text.split('/') as [string, string]
  return {numerator: BigInt(numerator), denominator: BigInt(denominator)}
}

function exhausted(name: string, spent: readonly Expenditure[], budget: Budget): BudgetExhaustedError {
  const so = compose(spent, budget.delta)
  return new BudgetExhaustedError(`The privacy budget ${name} does not cover this release`, {
    hint: 'ask with a smaller ε; what is spent does not come back',
    details: {
      budget: {epsilon: toNumber(budget.epsilon), delta: toNumber(budget.delta)},
      spent: {epsilon: so.epsilon, delta: so.delta},
    },
  })
}
