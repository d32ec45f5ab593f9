import {type Meter, type MeteredCall, type Quantities, RefusedAnswerError} from '@omni-ops/core/llm'
import {CancelledError} from '@omni-ops/core/operation'
import {describeOnEachDatabase, TestClock, testContext} from '@omni-ops/core/testing'
import type {Store} from '@omni-ops/core/store'
import {describe, expect, it, onTestFinished, test, vi} from 'vitest'
import {Budgets} from '../../src/budget/budgets.ts'
import type {BudgetTables} from '../../src/budget/tables.ts'
import {budgetSchema, retrySchema} from '../../src/configuration/schema.ts'
import {KeyLimits} from '../../src/keys/key-limits.ts'
import {Ledger} from '../../src/ledger/ledger.ts'
import type {LedgerTables} from '../../src/ledger/tables.ts'
import {attemptsOf} from '../../src/ledger/trail.ts'
import {usageBy} from '../../src/ledger/usage-report.ts'
import {meterOver} from '../../src/metering/metered-calls.ts'
import type {MediaRates} from '../../src/metering/media-rates.ts'
import type {Timing} from '../../src/routing/timing.ts'
import {migrations} from '../../src/migrations.ts'
import {BudgetExceededError, ProviderError} from '../../src/routing/errors.ts'
import {temporaryStore} from '../support/routing.ts'

interface Options {
  readonly budget?: string
  readonly hard?: boolean
  readonly rates?: Readonly<Record<string, MediaRates>>
  readonly store?: Store
  readonly clock?: TestClock
}

const ttl = 660_000

async function metering({budget, hard = true, rates = {}, ...given}: Options = {}) {
  const clock = given.clock ?? new TestClock()
  const store = given.store ?? (await temporaryStore(clock))
  const context = testContext({clock, store, operation: 'audio.transcribe'})
  const waits: number[] = []
  const timers = new Set<() => void>()
  const budgets = new Budgets(
    store,
    budget === undefined ? [] : [budgetSchema().parse({usd: budget, hard, window: 'total'})],
    ttl,
  )
  const timing: Timing = {
    async wait(milliseconds) {
      waits.push(milliseconds)
      clock.advance(milliseconds)
    },
    after(_, callback) {
      timers.add(callback)
      return () => timers.delete(callback)
    },
  }
  const meter = meterOver(context, {
    ledger: new Ledger(store, timing),
    budgets,
    keys: new KeyLimits(store, clock),
    retry: retrySchema().parse({attempts: 3}),
    total: 600_000,
    rates,
    timing,
  })
  const spent = async () => {
    const [state] = await budgets.states(context)
    return {spent: state!.spentNanoUsd, reserved: state!.reservedNanoUsd, unpriced: state!.unpriced}
  }
  return {meter, store, context, clock, budgets, waits, spent, expire: () => timers.forEach(each => each())}
}

const call = (over: Partial<MeteredCall> = {}): MeteredCall => ({
  provider: 'openai',
  model: 'whisper-1',
  pricing: 'list',
  most: {audio_seconds: 60},
  repeatable: true,
  timeout: 60_000,
  secrets: ['sk-secret'],
  signal: new AbortController().signal,
  ...over,
})

const answering = (used: Quantities | null) => async () => ({answer: 'heard', used})
const refusing = (status: number, body = '{"error":{"message":"no"}}', headers: Record<string, string> = {}) => {
  return async () => {
    throw new RefusedAnswerError(status, new Headers(headers), body)
  }
}

const requestsOf = (store: Store) => store.read<LedgerTables>('acme').selectFrom('llm_requests').selectAll().execute()
const runOf = (meter: Meter, over: Partial<MeteredCall>, send: Parameters<Meter['run']>[1]) =>
  meter.run(call(over), send)

describeOnEachDatabase('a metered call', databases => {
  test('is reserved at its most, settled at what it used, and shows in the usage', async () => {
    const clock = new TestClock()
    const store = await (await databases.create(migrations)).open({clock})
    onTestFinished(() => store.close())
    const {meter, spent, context} = await metering({budget: '1', store, clock})
    const outcome = await meter.run(call(), async () => {
      expect(await spent()).toMatchObject({spent: 0n, reserved: 6_000_000n})
      return {answer: 'heard', used: {audio_seconds: 12.5}}
    })
    expect(outcome).toMatchObject({answer: 'heard', costNanoUsd: 1_250_000n})
    expect(await spent()).toMatchObject({spent: 1_250_000n, reserved: 0n})
    expect(await usageBy(store, context.tenant, {by: 'operation', since: new Date(0)})).toMatchObject([
      {name: 'audio.transcribe', calls: 1, audioSeconds: 12.5, images: 0, costNanoUsd: 1_250_000n, unpriced: 0},
    ])
    expect(await attemptsOf(store, context.tenant, outcome.requestId)).toMatchObject([
      {provider: 'openai', model: 'whisper-1', outcome: 'answered', status: null},
    ])
  })
})

describe('the budget of a metered call', () => {
  it('refuses what does not fit in the worst case, before anything is sent', async () => {
    const {meter, store, spent} = await metering({budget: '0.005'})
    let sent = 0
    const send = async () => ({answer: sent++, used: {audio_seconds: 1}})
    await expect(meter.run(call(), send)).rejects.toBeInstanceOf(BudgetExceededError)
    expect(sent).toBe(0)
    expect(await spent()).toMatchObject({spent: 0n, reserved: 0n})
    expect(await requestsOf(store)).toMatchObject([
      {outcome: 'failed', error: 'llm_budget_exceeded', cost_nano_usd: 0n},
    ])
  })

  it('refuses a model without a price where it is hard, and counts it as unpriced where it is soft', async () => {
    const unknown = {model: 'a-model-of-tomorrow'}
    const hard = await metering({budget: '100'})
    await expect(runOf(hard.meter, unknown, answering({audio_seconds: 1}))).rejects.toMatchObject({
      details: {reason: 'unpriced'},
    })
    const soft = await metering({budget: '100', hard: false})
    expect(await runOf(soft.meter, unknown, answering({audio_seconds: 1}))).toMatchObject({costNanoUsd: null})
    expect(await soft.spent()).toMatchObject({spent: 0n, unpriced: 1})
    expect(await usageBy(soft.store, 'acme', {by: 'model', since: new Date(0)})).toMatchObject([{unpriced: 1}])
  })

  it('knows no price of another server, nothing of one’s own, and those of the profile before the list', async () => {
    const {meter} = await metering({rates: {'openai/priced': {audio_seconds: {usd: '0.1', per: 1}}}})
    const costOf = async (over: Partial<MeteredCall>) =>
      (await meter.run(call(over), answering({audio_seconds: 10}))).costNanoUsd
    expect(await costOf({pricing: 'unknown'})).toBeNull()
    expect(await costOf({pricing: 'own-machine'})).toBe(0n)
    expect(await costOf({pricing: 'unknown', model: 'priced'})).toBe(1_000_000_000n)
  })

  it('lets no two calls see the same remainder', async () => {
    const {meter, spent} = await metering({budget: '0.015'})
    const gate = Promise.withResolvers<void>()
    const send = async () => {
      await gate.promise
      return {answer: 'heard', used: {audio_seconds: 60}}
    }
    const calls = Array.from({length: 5}, () => meter.run(call(), send))
    const settled = Promise.allSettled(calls)
    gate.resolve()
    const outcomes = (await settled).map(({status}) => status)
    expect(outcomes.filter(status => status === 'fulfilled')).toHaveLength(2)
    expect(await spent()).toMatchObject({spent: 12_000_000n, reserved: 0n})
  })

  it('gets back what a process that died had reserved, when its time is over', async () => {
    const {meter, budgets, context, clock, store, spent} = await metering({budget: '0.006'})
    await budgets.reserve(context, {key: null, provider: 'openai', model: 'whisper-1'}, 6_000_000n, () => undefined)
    await expect(meter.run(call(), answering({audio_seconds: 1}))).rejects.toBeInstanceOf(BudgetExceededError)
    clock.advance(ttl + 1)
    await meter.run(call(), answering({audio_seconds: 1}))
    expect(await spent()).toMatchObject({spent: 100_000n, reserved: 0n})
    clock.advance(86_400_000)
    await meter.run(call({most: {audio_seconds: 1}}), answering({audio_seconds: 1}))
    expect(await store.read<BudgetTables>('acme').selectFrom('llm_reservations').selectAll().execute()).toEqual([])
  })
})

describe('what a vendor does', () => {
  it('is tried again where nothing can have run, no sooner than it asks', async () => {
    const {meter, store, waits} = await metering()
    const answers = [refusing(429, '{}', {'retry-after': '3'}), refusing(503), answering({audio_seconds: 5})]
    const {requestId, costNanoUsd} = await meter.run(call({repeatable: false}), () => answers.shift()!())
    expect(costNanoUsd).toBe(500_000n)
    expect(waits[0]).toBe(3_000)
    expect(await attemptsOf(store, 'acme', requestId)).toMatchObject([
      {outcome: 'rate', status: 429},
      {outcome: 'overload', status: 503},
      {outcome: 'answered'},
    ])
  })

  it('is not sent again after a timeout where it would be paid for twice, and counted at its most', async () => {
    const {meter, store, expire, spent} = await metering({budget: '5'})
    let sent = 0
    const picture = {model: 'gpt-image-2', most: {output_image_tokens: 10_000}, repeatable: false}
    const running = runOf(meter, picture, signal => {
      sent++
      const {promise, reject} = Promise.withResolvers<never>()
      signal.addEventListener('abort', () => reject(signal.reason as Error))
      queueMicrotask(expire)
      return promise
    })
    await expect(running).rejects.toMatchObject({code: 'llm_unreachable', message: expect.stringContaining('60 s')})
    expect(sent).toBe(1)
    expect(await spent()).toMatchObject({spent: 300_000_000n, reserved: 0n})
    expect(await requestsOf(store)).toMatchObject([{outcome: 'failed', estimated: true, attempts: 1}])
  })

  it('is told by its class, without its words where they may hold a key', async () => {
    const {meter, spent} = await metering({budget: '1'})
    const failing = meter.run(call(), refusing(401, '{"error":{"message":"Incorrect API key sk-secret"}}'))
    await expect(failing).rejects.toMatchObject({
      code: 'llm_denied',
      message: 'openai/whisper-1: openai answered HTTP 401',
    })
    await expect(meter.run(call(), refusing(400, '{"error":{"message":"bad sk-secret file"}}'))).rejects.toThrow(
      'openai/whisper-1: openai answered HTTP 400: bad … file',
    )
    expect(await spent()).toMatchObject({spent: 0n, reserved: 0n})
  })

  it.each([
    ['ElevenLabs, no credits', 401, '{"detail":{"status":"quota_exceeded","message":"left"}}', 'llm_billing'],
    ['ElevenLabs, wrong key', 401, '{"detail":{"status":"invalid_api_key","message":"x"}}', 'llm_denied'],
    ['Stability, filter', 403, '{"name":"content_moderation","errors":["x"]}', 'llm_content_refused'],
    ['OpenAI, filter', 400, '{"error":{"code":"moderation_blocked","message":"x"}}', 'llm_content_refused'],
  ])('%s', async (_, status, body, code) => {
    const {meter} = await metering()
    await expect(meter.run(call(), refusing(status, body))).rejects.toMatchObject({code})
  })

  it('ends when its caller cancels: the request is aborted and its most is counted', async () => {
    const {meter, store, spent} = await metering({budget: '1'})
    const cancel = new AbortController()
    const running = meter.run(call({signal: cancel.signal}), signal => {
      const {promise, reject} = Promise.withResolvers<never>()
      signal.addEventListener('abort', () => reject(signal.reason as Error))
      cancel.abort()
      return promise
    })
    await expect(running).rejects.toBeInstanceOf(CancelledError)
    expect(await spent()).toMatchObject({spent: 6_000_000n, reserved: 0n})
    expect(await requestsOf(store)).toMatchObject([{outcome: 'cancelled', estimated: true}])
  })

  it('is written down also where its budget cannot be settled', async () => {
    const {meter, store, budgets} = await metering({budget: '1'})
    vi.spyOn(budgets, 'settle').mockRejectedValue(new Error('the database is away'))
    await expect(meter.run(call(), answering({audio_seconds: 30}))).rejects.toThrow('the database is away')
    expect(await requestsOf(store)).toMatchObject([{outcome: 'answered', cost_nano_usd: 3_000_000n}])
  })

  it('is a ProviderError with every attempt in it', async () => {
    const {meter} = await metering()
    const error = await meter.run(call(), refusing(500)).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ProviderError)
    expect(error).toMatchObject({details: {attempts: [{status: 500}, {status: 500}, {status: 500}]}})
  })
})
