import {describeOnEachDatabase, TestClock, testContext} from '@omni-ops/core/testing'
import type {Store} from '@omni-ops/core/store'
import fc from 'fast-check'
import {describe, expect, onTestFinished, test} from 'vitest'
import {Budgets} from '../../src/budget/budgets.ts'
import {dollarsFromNano} from '../../src/configuration/money.ts'
import {budgetSchema} from '../../src/configuration/schema.ts'
import {migrations} from '../../src/migrations.ts'
import {BudgetExceededError} from '../../src/routing/errors.ts'
import {eventsOf, question, registry, routing, temporaryStore, textOf} from '../support/routing.ts'
import {answer, failureOf, usageOf} from '../support/scripted-adapter.ts'

const spender = {key: null, provider: 'openai', model: 'm'}
const quiet = () => {}

let seeds = 0

/** As a process of its own has them: another source of identifiers, and a list of its own. */
function budgets(store: Store, clock: TestClock, ...declared: object[]) {
  return budgetsOf('acme', store, clock, ...declared)
}

function budgetsOf(tenant: string, store: Store, clock: TestClock, ...declared: object[]) {
  const context = testContext({registry, clock, store, tenant, seed: (seeds += 1)})
  return {
    context,
    budgets: new Budgets(
      store,
      declared.map(each => budgetSchema().parse(each)),
      60_000,
    ),
  }
}

describeOnEachDatabase('budgets', databases => {
  test('200 calls at once against a budget for 50 let exactly 50 through', async () => {
    const clock = new TestClock()
    const database = await databases.create(migrations)
    const stores = [await database.open({clock}), ...(databases.concurrent ? [await database.open({clock})] : [])]
    onTestFinished(async () => {
      for (const store of stores) await store.close()
    })
    // Two processes, each with its own store and its own list of budgets.
    const processes = stores.map(store => budgets(store, clock, {usd: '0.000050', window: 'day'}))
    const worst = 1_000n
    const results = await Promise.allSettled(
      Array.from({length: 200}, (_, at) => {
        const {context, budgets: own} = processes[at % processes.length]!
        return own.reserve(context, spender, worst, quiet)
      }),
    )
    const held = results.filter(({status}) => status === 'fulfilled')
    expect(held).toHaveLength(50)
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(BudgetExceededError)
    }
    const {context, budgets: own} = processes[0]!
    expect(await own.states(context)).toMatchObject([{spentNanoUsd: 0n, reservedNanoUsd: 50_000n}])
    // What was spent is less than the worst case: the rest can be spent by others.
    await Promise.all(
      held.map(result =>
        own.settle(context, result.status === 'fulfilled' ? result.value! : (undefined as never), 400n),
      ),
    )
    expect(await own.states(context)).toMatchObject([{spentNanoUsd: 20_000n, reservedNanoUsd: 0n}])
    const again = await Promise.allSettled(Array.from({length: 40}, () => own.reserve(context, spender, worst, quiet)))
    expect(again.filter(({status}) => status === 'fulfilled')).toHaveLength(30)
  })

  test('a reservation whose process died is released when its time is over', async () => {
    const clock = new TestClock()
    const store = await (await databases.create(migrations)).open({clock})
    onTestFinished(() => store.close())
    const {context, budgets: own} = budgets(store, clock, {usd: '0.000001'})
    const dead = await own.reserve(context, spender, 1_000n, quiet)
    await expect(own.reserve(context, spender, 1n, quiet)).rejects.toBeInstanceOf(BudgetExceededError)
    clock.advance(59_999)
    await expect(own.reserve(context, spender, 1n, quiet)).rejects.toBeInstanceOf(BudgetExceededError)
    clock.advance(1)
    const alive = await own.reserve(context, spender, 500n, quiet)
    // It was not dead but slow: what it spent is counted all the same.
    await own.settle(context, dead!, 900n)
    await own.settle(context, alive!, 50n)
    expect(await own.states(context)).toMatchObject([{spentNanoUsd: 950n, reservedNanoUsd: 0n}])
  })

  test('a window that begins is empty, and what the old one reserved is settled there', async () => {
    const clock = new TestClock('2026-03-31T23:59:59.000Z')
    const store = await (await databases.create(migrations)).open({clock})
    onTestFinished(() => store.close())
    const {context, budgets: own} = budgets(store, clock, {usd: '0.000001', window: 'month'})
    const late = await own.reserve(context, spender, 1_000n, quiet)
    clock.advance(1_000)
    const early = await own.reserve(context, spender, 1_000n, quiet)
    await own.settle(context, late!, 1_000n)
    await own.settle(context, early!, 300n)
    expect(await own.states(context)).toMatchObject([
      {spentNanoUsd: 300n, periodStart: '2026-04-01T00:00:00.000Z', periodEnd: '2026-05-01T00:00:00.000Z'},
    ])
  })
})

describe('which calls a budget is about', () => {
  test.each([
    [{scope: 'tenant'}, spender, true],
    [{scope: 'key'}, spender, false],
    [{scope: 'key'}, {...spender, key: 'k1'}, true],
    [{scope: 'key', of: 'k2'}, {...spender, key: 'k1'}, false],
    [{scope: 'model', of: 'm'}, spender, true],
    [{scope: 'model', of: 'openai/m'}, spender, true],
    [{scope: 'model', of: 'azure/m'}, spender, false],
  ])('%j', async (settings, who, applies) => {
    const clock = new TestClock()
    const {context, budgets: own} = budgets(await temporaryStore(clock), clock, {usd: '0', ...settings})
    const reserving = own.reserve(context, who, 1n, quiet)
    if (applies) await expect(reserving).rejects.toBeInstanceOf(BudgetExceededError)
    else expect(await reserving).toBeUndefined()
  })

  test('one for every key counts each by itself', async () => {
    const clock = new TestClock()
    const {context, budgets: own} = budgets(await temporaryStore(clock), clock, {usd: '0.000001', scope: 'key'})
    expect(await own.states(context)).toMatchObject([{whose: '', spentNanoUsd: 0n}])
    const first = await own.reserve(context, {...spender, key: 'k1'}, 1_000n, quiet)
    await own.reserve(context, {...spender, key: 'k2'}, 1_000n, quiet)
    await own.settle(context, first!, 700n)
    expect(await own.states(context)).toMatchObject([
      {whose: 'k1', spentNanoUsd: 700n, reservedNanoUsd: 0n},
      {whose: 'k2', spentNanoUsd: 0n, reservedNanoUsd: 1_000n},
    ])
  })

  test('where one of several refuses, nothing is reserved on any', async () => {
    const clock = new TestClock()
    const both = [{usd: '1'}, {usd: '0', window: 'day'}] as const
    const {context, budgets: own} = budgets(await temporaryStore(clock), clock, ...both)
    await expect(own.reserve(context, spender, 5n, quiet)).rejects.toBeInstanceOf(BudgetExceededError)
    expect((await own.states(context)).map(({reservedNanoUsd}) => reservedNanoUsd)).toEqual([0n, 0n])
  })
})

describe('calls', () => {
  test('a hard budget refuses a call whose price nobody knows; a soft one counts it as unpriced', async () => {
    const unpriced = {a: {scripts: [answer('yes')], price: undefined, model: 'nobodys'}}
    const hard = await routing({deployments: unpriced, budgets: [{usd: '1000'}]})
    await expect(eventsOf(hard.call())).rejects.toMatchObject({
      code: 'llm_budget_exceeded',
      httpStatus: 402,
      details: {reason: 'unpriced'},
    })
    expect(hard.adapters.a!.requests).toHaveLength(0)
    const soft = await routing({deployments: unpriced, budgets: [{usd: '1000', hard: false}]})
    const routed = soft.call()
    expect(await textOf(routed)).toBe('yes')
    expect((await routed.outcome).costNanoUsd).toBeNull()
    expect(await soft.engine.budgets.states(soft.context)).toMatchObject([{spentNanoUsd: 0n, unpriced: 1}])
  })

  test('a request that fits if nothing is kept is refused where writing to the cache may cost more', async () => {
    const prices = {input: '1', output: '5', cache_write: '1.25', cache_write_1h: '2'}
    const page = 'x'.repeat(10_000)
    const asking = (cacheBreakpoint?: {ttl?: '5m' | '1h'}) => ({
      request: {
        messages: [
          {
            role: 'user' as const,
            content: [{type: 'text' as const, text: page, ...(cacheBreakpoint ? {cacheBreakpoint} : {})}],
          },
        ],
        maxOutputTokens: 100,
      },
    })
    // 10,032 tokens at most and 100 more: $0.010532 plain, $0.01304 for 5 minutes, $0.020564 for an hour.
    const limited = (usd: string) =>
      routing({
        deployments: {a: {scripts: [answer('yes')], provider: 'anthropic', price: prices}},
        budgets: [{usd}],
      })
    const refusal = {code: 'llm_budget_exceeded', httpStatus: 402}
    const plain = await limited('0.0106')
    await expect(eventsOf(plain.call(asking({})))).rejects.toMatchObject(refusal)
    expect(plain.adapters.a!.requests).toHaveLength(0)
    expect(await textOf(plain.call(asking()))).toBe('yes')
    const minutes = await limited('0.0131')
    await expect(eventsOf(minutes.call(asking({ttl: '1h'})))).rejects.toMatchObject(refusal)
    expect(await textOf(minutes.call(asking({ttl: '5m'})))).toBe('yes')
    const hour = await limited('0.0206')
    expect(await textOf(hour.call(asking({ttl: '1h'})))).toBe('yes')
  })

  test('a soft budget that is exceeded is said, and lets the call through', async () => {
    const {call, context} = await routing({
      deployments: {a: {scripts: [answer('yes')]}},
      budgets: [{usd: '0', hard: false}],
    })
    expect(await textOf(call())).toBe('yes')
    expect((context as unknown as {events: unknown[]}).events).toMatchObject([{type: 'note', level: 'warn'}])
  })

  test('the answer is bounded where money is limited, and settled by what it took', async () => {
    const {call, adapters, engine, context} = await routing({
      deployments: {a: {scripts: [answer('yes', usageOf(10, 5))]}},
      budgets: [{usd: '1'}],
    })
    const {maxOutputTokens: _, ...unbounded} = question
    await textOf(call({request: unbounded}))
    expect(adapters.a!.requests[0]!.maxOutputTokens).toBe(4_096)
    expect(await engine.budgets.states(context)).toMatchObject([{spentNanoUsd: 20n, reservedNanoUsd: 0n}])
  })

  test('a failure gives back what was reserved, and a cheaper deployment may still answer', async () => {
    const {call, adapters, engine, context} = await routing({
      deployments: {
        dear: {scripts: [answer('dear')], price: {input: '1', output: '1000'}},
        broken: {scripts: [[failureOf('transient', {status: 500})]]},
        cheap: {scripts: [answer('cheap', usageOf(10, 5))]},
      },
      budgets: [{usd: '0.000001'}],
    })
    expect(await textOf(call())).toBe('cheap')
    expect(adapters.dear!.requests).toHaveLength(0)
    expect(adapters.broken!.requests).toHaveLength(1)
    expect(await engine.budgets.states(context)).toMatchObject([{spentNanoUsd: 20n, reservedNanoUsd: 0n}])
  })

  test('a budget that is set in the midst of its window knows what that has cost', async () => {
    const {call, engine, context} = await routing({
      deployments: {a: {scripts: [answer('yes', usageOf(10, 5))]}},
    })
    await textOf(call())
    await textOf(call())
    const settings = (more: object) => budgetSchema().parse({usd: '0.00000004', ...more})
    await engine.budgets.set(context, settings({}))
    await engine.budgets.set(context, settings({scope: 'model'}))
    expect(await engine.budgets.states(context)).toMatchObject([
      {scope: 'tenant', spentNanoUsd: 40n},
      {scope: 'model', whose: 'openai/model-a', spentNanoUsd: 40n},
    ])
    await expect(eventsOf(call())).rejects.toMatchObject({details: {spent_nano_usd: '40'}})
    // What is counted from then on, is counted once.
    await engine.budgets.set(context, settings({usd: '1'}))
    await engine.budgets.set(context, settings({scope: 'model', usd: '1'}))
    await textOf(call())
    expect(await engine.budgets.states(context)).toMatchObject([{spentNanoUsd: 60n}, {spentNanoUsd: 60n}])
  })

  test('200 calls at once against a budget for 50 reach the provider 50 times', async () => {
    const release = Promise.withResolvers<void>()
    const {call, router, adapters, context, engine} = await routing({
      deployments: {a: {scripts: [[release.promise, ...answer('yes', usageOf(10, 5))]]}},
    })
    const {candidates} = await router.explain({target: 'main', request: question})
    const usd = dollarsFromNano(candidates[0]!.worstCaseNanoUsd! * 50n)
    await engine.budgets.set(context, budgetSchema().parse({usd}))
    const asked = Array.from({length: 200}, () => textOf(call()))
    const refused = asked.map(each => each.catch((error: unknown) => error))
    await expect.poll(() => adapters.a!.requests.length, {timeout: 20_000}).toBe(50)
    await Promise.race(refused)
    release.resolve()
    const results = await Promise.all(refused)
    expect(results.filter(each => each === 'yes')).toHaveLength(50)
    expect(results.filter(each => each instanceof BudgetExceededError)).toHaveLength(150)
    expect(await engine.budgets.states(context)).toMatchObject([{spentNanoUsd: 1_000n, reservedNanoUsd: 0n}])
  })
})

test('however calls overlap, a hard budget is never exceeded and nothing stays reserved', async () => {
  const step = fc.record({worst: fc.bigInt({min: 1n, max: 400n}), share: fc.integer({min: 0, max: 100})})
  const clock = new TestClock()
  const store = await temporaryStore(clock)
  let tenants = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, {minLength: 1, maxLength: 25}), async steps => {
      const {context, budgets: own} = budgetsOf(`tenant-${(tenants += 1)}`, store, clock, {usd: '0.000001'})
      await Promise.all(
        steps.map(async ({worst, share}) => {
          const held = await own.reserve(context, spender, worst, quiet).catch((error: unknown) => {
            if (error instanceof BudgetExceededError) return undefined
            throw error
          })
          if (held) await own.settle(context, held, (worst * BigInt(share)) / 100n)
        }),
      )
      const [state] = await own.states(context)
      expect(state!.spentNanoUsd).toBeLessThanOrEqual(1_000n)
      expect(state!.reservedNanoUsd).toBe(0n)
    }),
    {numRuns: 30},
  )
})
