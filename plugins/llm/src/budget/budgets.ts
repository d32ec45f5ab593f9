import {type Context, NotFoundError} from '@omni-ops/core/operation'
import type {Store, TenantReader, TenantWriter} from '@omni-ops/core/store'
import type {BudgetSettings} from '../configuration/schema.ts'
import {KeyLineage} from '../keys/key-lineage.ts'
import {BudgetExceededError} from '../routing/errors.ts'
import {
  type Account,
  accountName,
  accountsOf,
  appliesTo,
  type Budget,
  budgetOf,
  type Spender,
  windowOf,
} from './account.ts'
import {type Spent, spentBefore} from './spent-before.ts'
import type {LedgerTables} from '../ledger/tables.ts'
import type {BudgetTables} from './tables.ts'

/** What a call may spend at most, held until it is known what it did spend. */
export interface Reservation {
  readonly id: string
  readonly accounts: readonly {readonly account: string; readonly period: string}[]
}

export interface BudgetState extends Budget {
  /** Whose account it is where the budget counts every one by itself. */
  readonly whose: string
  readonly periodStart: string | null
  readonly periodEnd: string | null
  readonly spentNanoUsd: bigint
  readonly reservedNanoUsd: bigint
  /** Calls whose price nobody knows. */
  readonly unpriced: number
}

/** No budget has this id. */
export class UnknownBudgetError extends NotFoundError {
  override readonly code = 'llm_unknown_budget'
}

type WorkContext = Pick<Context, 'tenant' | 'principal' | 'operation' | 'clock' | 'random' | 'signal'>

/** How long the list of a tenant's budgets is believed without reading it, in milliseconds. */
const trustMs = 1_000
/** How long a reservation stays after its time is over, in milliseconds: whoever settles the dead call finds it by then. */
const keptMs = 86_400_000

/**
 * Holds budgets under concurrency. The worst case of a call is reserved before it is sent and settled after it, each in
 * one transaction in which the units of a tenant run one after the other: no two calls see the same remainder. A
 * reservation whose process died is released when its time is over.
 */
export class Budgets {
  readonly #store: Store
  readonly #declared: readonly Budget[]
  readonly #lineage: KeyLineage
  /** Milliseconds after which a call is taken for dead. */
  readonly #ttl: number
  readonly #known = new Map<string, {readonly budgets: readonly Budget[]; readonly readAt: number}>()
  /** Tenants, accounts and periods that are known to have a row. */
  readonly #opened = new Set<string>()

  constructor(store: Store, declared: readonly BudgetSettings[], ttl: number) {
    this.#store = store
    this.#lineage = new KeyLineage(store)
    this.#declared = declared.map(budgetOf)
    this.#ttl = ttl
  }

  /** Whether a call of this spender has to be reserved, and whether it may exceed. */
  async applying(context: WorkContext, spender: Spender): Promise<readonly Budget[]> {
    return (await this.#judging(context, spender)).budgets
  }

  /** The budgets of a spender; a rotated key spends what its first one may. */
  async #judging(
    context: WorkContext,
    spender: Spender,
  ): Promise<{readonly budgets: readonly Budget[]; readonly spender: Spender}> {
    const all = await this.#of(context)
    const {key} = spender
    const isByKey = key !== null && all.some(({scope}) => scope === 'key')
    const spending = isByKey ? {...spender, key: await this.#lineage.originOf(context.tenant, key)} : spender
    return {budgets: all.filter(budget => appliesTo(budget, spending)), spender: spending}
  }

  /**
   * Reserves the worst case on every account that it touches; undefined where no budget applies.
   *
   * @param worst null where nobody knows the price: a hard budget refuses it, a soft one counts it as unpriced.
   * @param warn told of soft budgets that are exceeded
   * @param id of the call; what it leaves when its process dies is found by it
   * @throws BudgetExceededError, and then nothing is reserved
   */
  async reserve(
    context: WorkContext,
    spender: Spender,
    worst: bigint | null,
    warn: (message: string) => void,
    id = context.random.id(),
  ): Promise<Reservation | undefined> {
    const {budgets, spender: spending} = await this.#judging(context, spender)
    if (budgets.length === 0) return undefined
    const now = context.clock.now()
    const accounts = accountsOf(budgets, spending, now)
    const expires = new Date(now.getTime() + this.#ttl).toISOString()
    for (const account of accounts) await this.#open(context, account, now)
    await this.#store.unit(context, {audit: false}, async unit => {
      const database = unit.database<BudgetTables>()
      const old = new Date(now.getTime() - keptMs).toISOString()
      await database.deleteFrom('llm_reservations').where('expires_at', '<=', old).execute()
      for (const account of accounts) {
        const {spent = 0n, reserved} = await balanceOf(database, account, now)
        for (const budget of account.budgets) judge(budget, {spent, reserved, worst}, warn)
        await database
          .insertInto('llm_reservations')
          .values({
            id,
            account: account.account,
            period: account.period,
            amount_nano_usd: worst ?? 0n,
            expires_at: expires,
          })
          .execute()
      }
    })
    return {id, accounts: accounts.map(({account, period}) => ({account, period}))}
  }

  /** Why a hard budget would refuse a call, even if all that is reserved came to nothing; undefined where none would. */
  async lastingRefusal(
    context: WorkContext,
    spender: Spender,
    worst: bigint | null,
  ): Promise<BudgetExceededError | undefined> {
    const {budgets, spender: spending} = await this.#judging(context, spender)
    if (budgets.length === 0) return undefined
    const now = context.clock.now()
    for (const account of accountsOf(budgets, spending, now)) {
      const {spent, reserved} = await this.#balance(context, account, now)
      for (const budget of account.budgets) {
        if (refusalOf(budget, {spent, reserved: 0n, worst})) return refusalOf(budget, {spent, reserved, worst})
      }
    }
    return undefined
  }

  /** What counts against the budgets of an account, whether it has begun or not. */
  async #balance(
    context: WorkContext,
    account: Account,
    now: Date,
  ): Promise<{readonly spent: bigint; readonly reserved: bigint}> {
    const database = this.#store.read<BudgetTables>(context.tenant)
    const {spent: counted, reserved} = await balanceOf(database, account, now)
    const before = counted ?? (await this.#spentBefore(context, account.budgets[0]!, now)).get(account.owner)?.nanoUsd
    return {spent: before ?? 0n, reserved}
  }

  /**
   * Begins an account with what calls of its window have cost so far. It is there before anything is reserved on it, so
   * that no call is counted twice.
   */
  async #open(context: WorkContext, {owner, account, period, budgets}: Account, now: Date): Promise<void> {
    const name = `${context.tenant} ${account} ${period}`
    if (this.#opened.has(name)) return
    await this.#store.unit(context, {audit: false}, async unit => {
      const database = unit.database<BudgetTables & LedgerTables>()
      if ((await spentOf(database, {account, period})) !== undefined) return
      const spent = (await this.#spentBefore(context, budgets[0]!, now, database)).get(owner)
      await database
        .insertInto('llm_spending')
        .values({account, period, spent_nano_usd: spent?.nanoUsd ?? 0n, unpriced: spent?.unpriced ?? 0})
        .execute()
    })
    this.#opened.add(name)
  }

  #spentBefore(
    {tenant}: WorkContext,
    budget: Budget,
    now: Date,
    database: TenantReader<LedgerTables> = this.#store.read<LedgerTables>(tenant),
  ): Promise<ReadonlyMap<string, Spent>> {
    return spentBefore(database, this.#lineage, tenant, budget, windowOf(budget, now).period)
  }

  /** The hard budgets that would refuse a call now, with what is left in each; nothing is reserved. */
  async against(
    context: WorkContext,
    spender: Spender,
    worst: bigint | null,
  ): Promise<readonly {readonly budget: Budget; readonly roomNanoUsd: bigint}[]> {
    const {budgets, spender: spending} = await this.#judging(context, spender)
    const now = context.clock.now()
    const found: {budget: Budget; roomNanoUsd: bigint}[] = []
    for (const account of accountsOf(budgets, spending, now)) {
      const {spent, reserved} = await this.#balance(context, account, now)
      for (const budget of account.budgets) {
        const roomNanoUsd = budget.limitNanoUsd - spent - reserved
        if (budget.isHard && (worst === null || worst > roomNanoUsd)) found.push({budget, roomNanoUsd})
      }
    }
    return found
  }

  /**
   * Puts what was spent in the place of what was reserved.
   *
   * @param cost null where nobody knows the price; 0 where nothing was used.
   */
  async settle(context: WorkContext, reservation: Reservation, cost: bigint | null): Promise<void> {
    // The caller may have gone: what was used is spent all the same.
    const settling = {...context, signal: new AbortController().signal}
    await this.#store.unit(settling, {audit: false}, async unit => {
      const database = unit.database<BudgetTables>()
      await database.deleteFrom('llm_reservations').where('id', '=', reservation.id).execute()
      for (const {account, period} of reservation.accounts) await spend(database, {account, period}, cost)
    })
  }

  /** Makes a budget, or puts it in the place of one with the same scope, owner and window. */
  async set(context: Context, settings: BudgetSettings): Promise<Budget> {
    const budget = await this.#ofOrigin(context.tenant, budgetOf(settings))
    const id = context.random.id()
    const row = {
      scope: budget.scope,
      of: budget.of,
      window: budget.window,
      time_zone: budget.timeZone,
      limit_nano_usd: budget.limitNanoUsd,
      hard: budget.isHard,
    }
    const details = {scope: budget.scope, of: budget.of, window: budget.window, usd: settings.usd, hard: budget.isHard}
    const made = await this.#store.unit(
      context,
      {audit: {action: 'llm.budget.set', resource: `budget:${budget.scope}/${budget.of}/${budget.window}`, details}},
      async unit => {
        const database = unit.database<BudgetTables>()
        await database
          .insertInto('llm_budgets')
          .values({id, ...row, created_at: context.clock.now().toISOString()})
          .onConflict(conflict => conflict.columns(['scope', 'of', 'window']).doUpdateSet(row))
          .execute()
        return database
          .selectFrom('llm_budgets')
          .select('id')
          .where('scope', '=', row.scope)
          .where('of', '=', row.of)
          .where('window', '=', row.window)
          .executeTakeFirstOrThrow()
      },
    )
    this.#known.delete(context.tenant)
    return {...budget, id: made.id}
  }

  /** @throws UnknownBudgetError */
  async remove(context: Context, id: string): Promise<void> {
    await this.#store.unit(context, {audit: {action: 'llm.budget.removed', resource: `budget:${id}`}}, async unit => {
      const {numDeletedRows} = await unit
        .database<BudgetTables>()
        .deleteFrom('llm_budgets')
        .where('id', '=', id)
        .executeTakeFirst()
      if (numDeletedRows === 0n) {
        throw new UnknownBudgetError(`There is no budget ${id}`, {hint: '`omni llm budget list` shows them'})
      }
    })
    this.#known.delete(context.tenant)
  }

  /** Every budget with what is spent in its present window; one that counts each by itself has a line for each. */
  async states(context: Context): Promise<readonly BudgetState[]> {
    this.#known.delete(context.tenant)
    const now = context.clock.now()
    const states: BudgetState[] = []
    for (const budget of await this.#of(context)) states.push(...(await this.#statesOf(context, budget, now)))
    return states
  }

  async #statesOf(context: Context, budget: Budget, now: Date): Promise<readonly BudgetState[]> {
    const {period, label} = windowOf(budget, now)
    const database = this.#store.read<BudgetTables>(context.tenant)
    const [spending, reservations] = await Promise.all([
      database.selectFrom('llm_spending').selectAll().where('period', '=', label).execute(),
      database
        .selectFrom('llm_reservations')
        .selectAll()
        .where('period', '=', label)
        .where('expires_at', '>', now.toISOString())
        .execute(),
    ])
    const prefix = accountName(budget, '')
    const isEachByItself = budget.scope !== 'tenant' && budget.of === ''
    const counted = new Map(
      spending
        .filter(({account}) => (isEachByItself ? account.startsWith(prefix) : account === `${prefix}${budget.of}`))
        .map(row => [
          row.account.slice(prefix.length),
          {nanoUsd: row.spent_nano_usd, unpriced: row.unpriced} satisfies Spent,
        ]),
    )
    const isComplete = !isEachByItself && counted.has(budget.of)
    const before = isComplete ? new Map<string, Spent>() : await this.#spentBefore(context, budget, now)
    const spenders = isEachByItself ? [...new Set([...before.keys(), ...counted.keys()])].toSorted() : []
    // A budget that nobody has spent of is one all the same.
    const owners = spenders.length === 0 ? [budget.of] : spenders
    return owners.map(whose => {
      const spent = counted.get(whose) ?? before.get(whose)
      return {
        ...budget,
        whose,
        periodStart: period?.start.toISOString() ?? null,
        periodEnd: period?.end.toISOString() ?? null,
        spentNanoUsd: spent?.nanoUsd ?? 0n,
        unpriced: spent?.unpriced ?? 0,
        reservedNanoUsd: reservations
          .filter(row => row.account === `${prefix}${whose}`)
          .reduce((sum, row) => sum + row.amount_nano_usd, 0n),
      }
    })
  }

  async #of({tenant, clock}: WorkContext): Promise<readonly Budget[]> {
    const known = this.#known.get(tenant)
    const readAt = clock.elapsed()
    if (known && readAt - known.readAt < trustMs) return known.budgets
    const rows = await this.#store
      .read<BudgetTables>(tenant)
      .selectFrom('llm_budgets')
      .selectAll()
      .orderBy('id')
      .execute()
    const own = rows.map(row => ({
      id: row.id,
      scope: row.scope as Budget['scope'],
      of: row.of,
      window: row.window as Budget['window'],
      timeZone: row.time_zone,
      limitNanoUsd: row.limit_nano_usd,
      isHard: row.hard,
    }))
    const budgets = await Promise.all([...this.#declared, ...own].map(each => this.#ofOrigin(tenant, each)))
    this.#known.set(tenant, {budgets, readAt})
    return budgets
  }

  /** A budget of a rotated key is its first one's. */
  async #ofOrigin(tenant: string, budget: Budget): Promise<Budget> {
    if (budget.scope !== 'key' || budget.of === '') return budget
    return {...budget, of: await this.#lineage.originOf(tenant, budget.of)}
  }
}

/** What is reserved of an account, and what is spent; undefined where nothing was counted for it yet. */
async function balanceOf(
  database: TenantReader<BudgetTables>,
  {account, period}: Pick<Account, 'account' | 'period'>,
  now: Date,
): Promise<{readonly spent?: bigint; readonly reserved: bigint}> {
  const spent = await spentOf(database, {account, period})
  const reservations = await database
    .selectFrom('llm_reservations')
    .select('amount_nano_usd')
    .where('account', '=', account)
    .where('period', '=', period)
    .where('expires_at', '>', now.toISOString())
    .execute()
  const reserved = reservations.reduce((sum, row) => sum + row.amount_nano_usd, 0n)
  return spent === undefined ? {reserved} : {spent: spent.nanoUsd, reserved}
}

async function spentOf(
  database: TenantReader<BudgetTables>,
  {account, period}: Pick<Account, 'account' | 'period'>,
): Promise<Spent | undefined> {
  const row = await database
    .selectFrom('llm_spending')
    .select(['spent_nano_usd', 'unpriced'])
    .where('account', '=', account)
    .where('period', '=', period)
    .executeTakeFirst()
  return row && {nanoUsd: row.spent_nano_usd, unpriced: row.unpriced}
}

interface Demand {
  readonly spent: bigint
  readonly reserved: bigint
  readonly worst: bigint | null
}

/** @throws BudgetExceededError */
function judge(budget: Budget, demand: Demand, warn: (message: string) => void): void {
  const refused = refusalOf(budget, demand)
  if (refused) throw refused
  if (demand.worst !== null && !covers(budget, {...demand, worst: demand.worst})) warn(`${nameOf(budget)} is exceeded`)
}

function covers({limitNanoUsd}: Budget, {spent, reserved, worst}: Demand & {readonly worst: bigint}): boolean {
  return spent + reserved + worst <= limitNanoUsd
}

function nameOf({window, of, scope}: Budget): string {
  return `The ${window === 'total' ? 'total' : `${window}'s`} budget of ${of === '' ? `the ${scope}` : of}`
}

function refusalOf(budget: Budget, {spent, reserved, worst}: Demand): BudgetExceededError | undefined {
  if (!budget.isHard) return undefined
  if (worst === null) {
    return new BudgetExceededError(`${nameOf(budget)} takes no call whose price is unknown`, {
      hint: 'set the price of the deployment, or another model; `omni llm route explain` shows which have a price',
      details: {reason: 'unpriced'},
    })
  }
  if (covers(budget, {spent, reserved, worst})) return undefined
  return new BudgetExceededError(`${nameOf(budget)} does not cover the worst case of this call`, {
    hint: 'set --max-tokens lower, wait for the next window, or raise it: omni llm budget set',
    details: {
      reason: 'exceeded',
      limit_nano_usd: String(budget.limitNanoUsd),
      spent_nano_usd: String(spent),
      reserved_nano_usd: String(reserved),
      worst_case_nano_usd: String(worst),
    },
  })
}

/** Puts what a dead call spent in the place of what it had reserved. */
export async function spendReserved(
  database: TenantWriter<BudgetTables>,
  id: string,
  cost: bigint | null,
): Promise<void> {
  const reserved = await database
    .selectFrom('llm_reservations')
    .select(['account', 'period'])
    .where('id', '=', id)
    .execute()
  if (reserved.length === 0) return
  await database.deleteFrom('llm_reservations').where('id', '=', id).execute()
  for (const account of reserved) await spend(database, account, cost)
}

async function spend(
  database: TenantWriter<BudgetTables>,
  {account, period}: {readonly account: string; readonly period: string},
  cost: bigint | null,
): Promise<void> {
  const present = await database
    .selectFrom('llm_spending')
    .select(['spent_nano_usd', 'unpriced'])
    .where('account', '=', account)
    .where('period', '=', period)
    .executeTakeFirst()
  const row = {
    spent_nano_usd: (present?.spent_nano_usd ?? 0n) + (cost ?? 0n),
    unpriced: (present?.unpriced ?? 0) + (cost === null ? 1 : 0),
  }
  await database
    .insertInto('llm_spending')
    .values({account, period, ...row})
    .onConflict(conflict => conflict.columns(['account', 'period']).doUpdateSet(row))
    .execute()
}
