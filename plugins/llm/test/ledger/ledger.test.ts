import {describeOnEachDatabase, TestClock} from '@omni-ops/core/testing'
import {describe, expect, onTestFinished, test, vi} from 'vitest'
import type {BudgetTables} from '../../src/budget/tables.ts'
import type {LedgerTables} from '../../src/ledger/tables.ts'
import {attemptsOf} from '../../src/ledger/trail.ts'
import {Ledger} from '../../src/ledger/ledger.ts'
import {usageBy} from '../../src/ledger/usage-report.ts'
import {migrations} from '../../src/migrations.ts'
import {systemTiming} from '../../src/routing/timing.ts'
import {eventsOf, question, routing, textOf} from '../support/routing.ts'
import {answer, failureOf, usageOf} from '../support/scripted-adapter.ts'

describeOnEachDatabase('the ledger', databases => {
  test('has every call and every attempt, in integers', async () => {
    const clock = new TestClock()
    const store = await (await databases.create(migrations)).open({clock})
    onTestFinished(() => store.close())
    const huge = usageOf(2_000_000_000, 5)
    const {call, context} = await routing({
      deployments: {
        a: {scripts: [[failureOf('overload', {status: 529})]]},
        b: {scripts: [answer('yes', huge)], price: {input: '999999', output: '2'}},
      },
      store,
      clock,
    })
    const routed = call()
    await textOf(routed)
    const {requestId, costNanoUsd} = await routed.outcome
    const [row] = await store.read<LedgerTables>(context.tenant).selectFrom('llm_requests').selectAll().execute()
    // More than a double can count: 2 × 10⁹ tokens at almost a dollar each.
    expect(costNanoUsd).toBe(1_999_998_000_000_010_000n)
    expect(row).toMatchObject({
      id: requestId,
      outcome: 'answered',
      deployment: 'b',
      attempts: 2,
      input_tokens: 2_000_000_000,
      cost_nano_usd: costNanoUsd,
      estimated: false,
    })
    expect(await attemptsOf(store, context.tenant, requestId)).toMatchObject([
      {deployment: 'a', outcome: 'overload', status: 529},
      {deployment: 'b', outcome: 'answered', status: null},
    ])
  })
})

describeOnEachDatabase('what was said', databases => {
  test('is kept without what no database takes, and holds up no other record', async () => {
    const clock = new TestClock()
    const store = await (await databases.create(migrations)).open({clock})
    onTestFinished(() => store.close())
    const {call, context} = await routing({
      deployments: {a: {scripts: [answer('a\0b\ud83d'), answer('fine')]}},
      logContent: true,
      store,
      clock,
    })
    await textOf(call({subject: 'customer\0 7'}))
    await textOf(call({subject: 'customer 8'}))
    const rows = await store.read<LedgerTables>(context.tenant).selectFrom('llm_contents').selectAll().execute()
    expect(rows.map(({subject, answer: said}) => [subject, said]).toSorted()).toEqual([
      ['customer 8', 'fine'],
      ['customer\ufffd 7', 'a\ufffdb\ufffd'],
    ])
  })
})

describeOnEachDatabase('calls whose process is killed', databases => {
  test('leave an estimated record when their time is over, and their budget has spent as much', async () => {
    const clock = new TestClock()
    const store = await (await databases.create(migrations)).open({clock})
    onTestFinished(() => store.close())
    const budgets = [{usd: '1', window: 'day'}]
    const [start, begin, delta] = answer('y')
    const forEver = new Promise(() => undefined)
    const killed = await routing({
      deployments: {a: {scripts: [[start!, begin!, delta!, forEver]]}},
      budgets,
      store,
      clock,
    })
    const events = killed.call({virtualKey: 'k1'}).events[Symbol.asyncIterator]()
    await events.next()
    // The clock strikes twice: only what was there before is noted.
    await killed.engine.ledger.noteOpen()
    const database = store.read<LedgerTables & BudgetTables>(killed.context.tenant)
    const open = () => database.selectFrom('llm_open_calls').selectAll().execute()
    const requests = () => database.selectFrom('llm_requests').selectAll().execute()
    expect(await open()).toEqual([])
    await killed.engine.ledger.noteOpen()
    expect(await open()).toMatchObject([{deployment: 'a', attempts: 1, key: 'k1'}])

    // Nobody goes on with that call: another process comes by.
    const {engine, context} = await routing({deployments: {a: {scripts: [answer('x')]}}, budgets, store, clock})
    await engine.ledger.complete(context)
    expect(await requests()).toEqual([])
    clock.advance(3_600_000)
    // Who reserves before the dead call is settled takes nothing of it away.
    const spender = {key: 'k1', provider: 'openai', model: 'model-a'}
    const alive = await engine.budgets.reserve(context, spender, 5n, () => {})
    await engine.budgets.settle(context, alive!, 0n)
    await Promise.all([engine.ledger.complete(context), engine.ledger.complete(context)])
    const [row, ...more] = await requests()
    expect(more).toEqual([])
    expect(row).toMatchObject({
      outcome: 'interrupted',
      error: 'llm_process_ended',
      deployment: 'a',
      key: 'k1',
      estimated: true,
      output_tokens: null,
    })
    // One input token costs a nano-dollar here.
    expect(row!.cost_nano_usd).toBe(BigInt(row!.input_tokens!))
    expect(row!.input_tokens).toBeGreaterThan(0)
    expect(await open()).toEqual([])
    expect(await database.selectFrom('llm_reservations').selectAll().execute()).toEqual([])
    expect(await database.selectFrom('llm_spending').selectAll().execute()).toMatchObject([
      {spent_nano_usd: row!.cost_nano_usd},
    ])
  })

  test('leave nothing of those that ended: the note goes with the record', async () => {
    const clock = new TestClock()
    const store = await (await databases.create(migrations)).open({clock})
    onTestFinished(() => store.close())
    const gate = Promise.withResolvers<void>()
    const [start, begin, delta, ...rest] = answer('y')
    const {call, engine, context} = await routing({
      deployments: {a: {scripts: [[start!, begin!, delta!, gate.promise, ...rest]]}},
      store,
      clock,
    })
    const text = textOf(call())
    await vi.waitUntil(async () => {
      await engine.ledger.noteOpen()
      const rows = await store.read<LedgerTables>(context.tenant).selectFrom('llm_open_calls').selectAll().execute()
      return rows.length === 1
    })
    gate.resolve()
    expect(await text).toBe('y')
    clock.advance(3_600_000)
    await engine.ledger.complete(context)
    const database = store.read<LedgerTables>(context.tenant)
    expect(await database.selectFrom('llm_open_calls').selectAll().execute()).toEqual([])
    expect(await database.selectFrom('llm_requests').selectAll().execute()).toMatchObject([{outcome: 'answered'}])
  })
})

describe('what is written down', () => {
  test('a provider’s words are not, since they can echo secrets', async () => {
    const {call, store, context} = await routing({
      deployments: {a: {scripts: [[failureOf('client', {status: 400, message: 'bad key sk-secret'})]]}},
    })
    await eventsOf(call()).catch(() => undefined)
    const database = store.read<LedgerTables>(context.tenant)
    const rows = [
      await database.selectFrom('llm_requests').selectAll().execute(),
      await database.selectFrom('llm_attempts').selectAll().execute(),
    ]
    expect(rows[0]).toMatchObject([{outcome: 'failed', error: 'llm_rejected', cost_nano_usd: 0n}])
    expect(
      JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    ).not.toContain('secret')
  })

  test('prompts and answers only where that is on, and then with whom they are about', async () => {
    for (const logContent of [false, true]) {
      const {call, store, context} = await routing({
        deployments: {a: {scripts: [answer('thirty days')]}},
        logContent,
      })
      await textOf(call({subject: 'customer-7'}))
      const rows = await store.read<LedgerTables>(context.tenant).selectFrom('llm_contents').selectAll().execute()
      if (!logContent) expect(rows).toEqual([])
      else {
        expect(rows).toMatchObject([{subject: 'customer-7', answer: 'thirty days'}])
        expect(rows[0]!.prompt).toContain('notice period')
      }
    }
  })

  test('a call whose price nobody knows is unpriced, and never free', async () => {
    const {call, store, context} = await routing({
      deployments: {a: {scripts: [answer('x')], price: undefined, model: 'nobodys'}, b: {scripts: [answer('y')]}},
    })
    await textOf(call({target: 'a'}))
    await textOf(call({target: 'b'}))
    const lines = await usageBy(store, context.tenant, {by: 'model', since: new Date(0)})
    expect(lines).toMatchObject([
      {name: 'openai/model-b', costNanoUsd: 20n, unpriced: 0},
      {name: 'openai/nobodys', costNanoUsd: 0n, unpriced: 1},
    ])
  })

  test('a call for which nobody was asked is of no model, whatever it named', async () => {
    const {call, store, context} = await routing({
      deployments: {a: {scripts: [answer('x')]}},
      groups: {small: {deployments: ['a']}},
    })
    await textOf(call({target: 'small'}))
    await expect(textOf(call({target: 'small', requirements: {maxCostNanoUsd: 1n}}))).rejects.toThrow()
    for (const by of ['model', 'provider', 'deployment'] as const) {
      const lines = await usageBy(store, context.tenant, {by, since: new Date(0)})
      expect(lines.map(({name, calls}) => [name, calls])).toEqual([
        [{model: 'openai/model-a', provider: 'openai', deployment: 'a'}[by], 1],
        ['(none)', 1],
      ])
    }
  })

  test('a call is written before its caller has the end of it, and calls that end together share a unit', async () => {
    const {call, store, context} = await routing({deployments: {a: {scripts: [answer('x')]}}})
    const units = vi.spyOn(store, 'unit')
    // As another process finds it.
    const elsewhere = new Ledger(store, systemTiming)
    const calls = async () => {
      await elsewhere.complete(context)
      return (await usageBy(store, context.tenant, {by: 'tenant', since: new Date(0)})).map(line => line.calls)
    }
    await textOf(call())
    expect(await calls()).toEqual([1])
    units.mockClear()
    await Promise.all(Array.from({length: 100}, () => textOf(call())))
    expect(units.mock.calls.length).toBeLessThan(10)
    expect(await calls()).toEqual([101])
  })

  test('a database that is away loses nothing: what waits is written later', async () => {
    const {call, engine, store, context, clock} = await routing({deployments: {a: {scripts: [answer('x')]}}})
    const unit = store.unit.bind(store)
    store.unit = async () => Promise.reject(new Error('disk full'))
    expect(await textOf(call())).toBe('x')
    await expect(engine.ledger.flush()).rejects.toThrow('disk full')
    store.unit = unit
    clock.advance(1)
    await textOf(call())
    expect(await usageBy(store, context.tenant, {by: 'tenant', since: new Date(0)})).toMatchObject([{calls: 2}])
  })

  test.each([
    ['model', 'openai/model-a'],
    ['provider', 'openai'],
    ['deployment', 'a'],
    ['tenant', 'acme'],
    ['key', 'k1'],
    ['operation', 'test.ask'],
    ['day', '2026-01-02'],
  ] as const)('by %s', async (by, name) => {
    const {call, store, context} = await routing({deployments: {a: {scripts: [answer('x')]}}})
    await textOf(call({virtualKey: 'k1', request: question}))
    expect(await usageBy(store, context.tenant, {by, since: new Date('2026-01-02T00:00:00Z')})).toMatchObject([
      {name, calls: 1, inputTokens: 10, outputTokens: 5, costNanoUsd: 20n},
    ])
    expect(await usageBy(store, context.tenant, {by, since: new Date('2026-01-03T00:00:00Z')})).toEqual([])
  })
})
