import {describeOnEachDatabase, TestClock} from '@omni-ops/core/testing'
import {describe, expect, onTestFinished, test, vi} from 'vitest'
import type {LedgerTables} from '../../src/ledger/tables.ts'
import {attemptsOf} from '../../src/ledger/trail.ts'
import {usageBy} from '../../src/ledger/usage-report.ts'
import {migrations} from '../../src/migrations.ts'
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

  test('a call is in the database before its caller has the end of it, and calls that end together share a unit', async () => {
    const {call, store, context} = await routing({deployments: {a: {scripts: [answer('x')]}}})
    const units = vi.spyOn(store, 'unit')
    const calls = async () =>
      (await usageBy(store, context.tenant, {by: 'tenant', since: new Date(0)})).map(line => line.calls)
    await textOf(call())
    expect(await calls()).toEqual([1])
    units.mockClear()
    await Promise.all(Array.from({length: 100}, () => textOf(call())))
    expect(await calls()).toEqual([101])
    expect(units.mock.calls.length).toBeLessThan(10)
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
