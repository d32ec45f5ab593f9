import {nanoFromDollars} from '../configuration/money.ts'
import type {BudgetSettings} from '../configuration/schema.ts'
import {type BudgetWindow, type Period, periodAround} from './period.ts'

export type BudgetScope = BudgetSettings['scope']

/** A limit on what is spent in each window, by the configuration or by `omni llm budget set`. */
export interface Budget {
  /** Of its row; null for one of the configuration. */
  readonly id: string | null
  readonly scope: BudgetScope
  /** Empty for every one by itself, and for the tenant. */
  readonly of: string
  readonly window: BudgetWindow
  readonly timeZone: string
  readonly limitNanoUsd: bigint
  readonly isHard: boolean
}

/** Who spends. */
export interface Spender {
  readonly key: string | null
  /** `provider/model` and the model alone both name it. */
  readonly provider: string
  readonly model: string
}

/** What one or several budgets with the same window and owner limit. */
export interface Account {
  /** Whose it is: empty for the tenant. */
  readonly owner: string
  readonly account: string
  readonly period: string
  readonly budgets: readonly Budget[]
}

export function budgetOf({scope, of, window, time_zone, usd, hard}: BudgetSettings): Budget {
  return {
    id: null,
    scope,
    of: of ?? '',
    window,
    timeZone: time_zone,
    limitNanoUsd: nanoFromDollars(usd),
    isHard: hard,
  }
}

export function appliesTo({scope, of}: Budget, {key, provider, model}: Spender): boolean {
  switch (scope) {
    case 'tenant':
      return true
    case 'key':
      return key !== null && (of === '' || of === key)
    case 'model':
      return of === '' || of === model || of === `${provider}/${model}`
  }
}

export function ownerOf(budget: Budget, {key, provider, model}: Spender): string {
  if (budget.scope === 'tenant') return ''
  if (budget.of !== '') return budget.of
  return budget.scope === 'key' ? (key ?? '') : `${provider}/${model}`
}

/** Two budgets with the same window and owner limit one account. */
export function accountName({scope, window, timeZone}: Budget, owner: string): string {
  return `${scope} ${window} ${timeZone} ${owner}`
}

/** The window around an instant, and its name in the tables: empty for `total`. */
export function windowOf(
  {window, timeZone}: Budget,
  now: Date,
): {readonly period: Period | undefined; readonly label: string} {
  const period = periodAround(window, now, timeZone)
  return {period, label: period?.start.toISOString() ?? ''}
}

export function accountsOf(budgets: readonly Budget[], spender: Spender, now: Date): readonly Account[] {
  const accounts = new Map<string, Account>()
  for (const budget of budgets) {
    const owner = ownerOf(budget, spender)
    const account = accountName(budget, owner)
    const present = accounts.get(account)
    accounts.set(account, {
      owner,
      account,
      period: windowOf(budget, now).label,
      budgets: [...(present?.budgets ?? []), budget],
    })
  }
  return [...accounts.values()]
}
