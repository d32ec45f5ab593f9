import {randomBytes, randomUUID} from 'node:crypto'
import {describeOnEachDatabase, TestClock, testContext} from '@omni-ops/core/testing'
import type {Store} from '@omni-ops/core/store'
import {expect, test} from 'vitest'
import {cooldownSchema} from '../../src/configuration/schema.ts'
import {migrations} from '../../src/migrations.ts'
import {Cooldowns} from '../../src/routing/cooldowns.ts'
import {DeploymentLoad} from '../../src/routing/load.ts'
import {SharedState} from '../../src/routing/shared-state.ts'
import {failureOf} from '../support/scripted-adapter.ts'
import {registry} from '../support/routing.ts'

const clock = () => new TestClock('2026-03-10T12:00:00.000Z')
const rate = (retryAfter: number | null) => failureOf('rate', {status: 429, retryAfter}).facts
const server = failureOf('transient', {status: 500}).facts
const mini = {id: 'mini', rpm: 3, tpm: 1000, maxParallel: null}

/** One of the processes of an installation; its timer runs when the test says so. */
async function processOn(store: Store, time: TestClock) {
  const cooldowns = new Cooldowns(cooldownSchema().parse({}), time)
  const loads = {deployment: new DeploymentLoad(time), key: new DeploymentLoad(time)}
  const timers: (() => void)[] = []
  const timing = {
    wait: async () => {},
    after: (_milliseconds: number, callback: () => void) => {
      timers.push(callback)
      return () => void timers.splice(timers.indexOf(callback), 1)
    },
  }
  const context = testContext({registry, clock: time, store, random: {bytes: randomBytes, id: randomUUID}})
  const state = await SharedState.open({store, cooldowns, loads, context, timing})
  return {state, cooldowns, load: loads.deployment, keys: loads.key, timers}
}

describeOnEachDatabase('processes of one installation', databases => {
  async function two() {
    const database = await databases.create(migrations)
    const time = clock()
    const [one, other] = [await database.open(), await database.open()]
    return {time, stores: [one, other], one: await processOn(one, time), other: await processOn(other, time)}
  }

  test('leave alone what another found failing, for as long, and never shorter', async () => {
    const {time, one, other} = await two()
    one.cooldowns.failed('mini', rate(60_000), false)
    expect(other.cooldowns.state('mini')).toEqual({kind: 'healthy'})
    expect(one.timers).toHaveLength(1)
    await one.state.synchronize()
    await other.state.synchronize()
    const cooling = {kind: 'cooling', reason: 'rate', until: new Date('2026-03-10T12:01:00.000Z')}
    expect(other.cooldowns.state('mini')).toEqual(cooling)
    other.cooldowns.failed('mini', rate(5_000), false)
    await other.state.synchronize()
    await one.state.synchronize()
    expect(one.cooldowns.state('mini')).toEqual(cooling)
    time.advance(10_000)
    other.cooldowns.failed('mini', rate(90_000), false)
    await other.state.synchronize()
    await one.state.synchronize()
    expect(one.cooldowns.state('mini')).toMatchObject({until: new Date('2026-03-10T12:01:40.000Z')})
  })

  test('let in again what answered another, and not what failed meanwhile', async () => {
    const {time, one, other} = await two()
    one.cooldowns.failed('mini', rate(10_000), false)
    await one.state.synchronize()
    await other.state.synchronize()
    time.advance(10_000)
    expect(other.cooldowns.state('mini')).toEqual({kind: 'half-open'})
    other.cooldowns.admit('mini')
    other.cooldowns.succeeded('mini')
    await other.state.synchronize()
    await one.state.synchronize()
    expect(one.cooldowns.state('mini')).toEqual({kind: 'healthy'})
    // It fails here while the other process sees the end of what was before.
    one.cooldowns.failed('mini', rate(10_000), false)
    await one.state.synchronize()
    await other.state.synchronize()
    one.cooldowns.failed('mini', rate(40_000), false)
    other.cooldowns.succeeded('mini')
    await one.state.synchronize()
    await other.state.synchronize()
    expect(other.cooldowns.state('mini')).toMatchObject({kind: 'cooling'})
    one.cooldowns.reset('mini')
    await one.state.synchronize()
    await other.state.synchronize()
    expect(other.cooldowns.state('mini')).toEqual({kind: 'healthy'})
  })

  test('know when they start what is cooling, and how often it did', async () => {
    const {time, stores, one} = await two()
    one.cooldowns.failed('mini', server, false)
    time.advance(15_000)
    one.cooldowns.failed('mini', server, false)
    await one.state.close()
    const late = await processOn(stores[1]!, time)
    expect(late.cooldowns.state('mini')).toMatchObject({kind: 'cooling', until: new Date('2026-03-10T12:00:45.000Z')})
    time.advance(30_000)
    late.cooldowns.failed('mini', server, false)
    // The third in a row: four times the first.
    expect(late.cooldowns.state('mini')).toMatchObject({until: new Date('2026-03-10T12:01:45.000Z')})
  })

  test('count requests and tokens of a minute together, for deployments and keys', async () => {
    const {time, one, other} = await two()
    one.load.begin(mini, 10).end()
    other.load.begin(mini, 10).end()
    time.advance(1_000)
    const ticket = one.load.begin(mini, 100)
    expect(other.load.blocked(mini, 10)).toBeUndefined()
    await one.state.synchronize()
    await other.state.synchronize()
    // Its own request leaves first: of the other's nobody knows where in a second they were.
    expect(other.load.blocked(mini, 10)).toEqual({by: 'rate-window', wait: 59_000})
    await one.state.synchronize()
    expect(one.load.blocked(mini, 10)).toEqual({by: 'rate-window', wait: 59_000})
    ticket.used(985)
    await one.state.synchronize()
    await other.state.synchronize()
    expect(other.load.blocked({...mini, rpm: null}, 10)).toMatchObject({by: 'rate-window', wait: 61_000})
    expect(other.keys.blocked(mini, 10)).toBeUndefined()
    one.keys.begin({...mini, id: 'acme k1', rpm: 1}, 1).end()
    await one.state.synchronize()
    await other.state.synchronize()
    expect(other.keys.blocked({...mini, id: 'acme k1', rpm: 1}, 1)).toMatchObject({by: 'rate-window'})
    time.advance(62_000)
    expect(other.load.blocked(mini, 10)).toBeUndefined()
    expect(other.keys.blocked({...mini, id: 'acme k1', rpm: 1}, 1)).toBeUndefined()
  })

  test('write nothing where nothing is limited and nothing fails, and go on where the database does not answer', async () => {
    const {one, other, stores} = await two()
    one.load.begin({...mini, rpm: null, tpm: null}, 10).end()
    expect([one.load.takeUses(), one.cooldowns.takeChanges()]).toEqual([[], []])
    one.cooldowns.failed('mini', rate(60_000), false)
    one.load.begin(mini, 10).end()
    await stores[0]!.close()
    await one.state.synchronize()
    // What could not be told is told later.
    expect(one.cooldowns.takeChanges()).toHaveLength(1)
    expect(one.load.takeUses()).toEqual([{account: 'mini', second: expect.any(Number), requests: 1, tokens: 10}])
    expect(other.cooldowns.state('mini')).toEqual({kind: 'healthy'})
  })
})
