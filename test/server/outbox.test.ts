import {getEventListeners} from 'node:events'
import {expect, onTestFinished, test, vi} from 'vitest'
import {OutboxWorker} from '../../src/server/outbox-worker.ts'
import {systemClock} from '../../src/operation/random.ts'
import {marked} from '../../src/testing/counter.ts'
import {silentLog, unitContext} from '../../src/testing/index.ts'
import {Workspace} from '../support/workspace.ts'

test('events of committed units are handed on in order, alone and again after a failure, and never those of others', async () => {
  const workspace = new Workspace()
  const {context, close} = await workspace.session()
  const store = await context.store()
  const publish = (id: string) =>
    store.unit(unitContext({clock: systemClock, random: context.random}), {audit: false}, unit =>
      unit.publish(marked, {id}),
    )
  await publish('first')
  await publish('second')
  await store
    .unit(unitContext({random: context.random}), {audit: false}, async unit => {
      await unit.publish(marked, {id: 'rolled back'})
      throw new Error('no')
    })
    .catch(() => {})
  const given: unknown[] = []
  const all = Promise.withResolvers<void>()
  const worker = new OutboxWorker({
    store: context.store,
    clock: systemClock,
    log: silentLog,
    worker: 'w',
    interval: 20,
    deliver: async events => {
      const ids = events.map(({payload}) => (payload as {id: string}).id)
      given.push([ids, events[0]?.attempts])
      if (ids.includes('first') && events[0]?.attempts === 1) throw new Error('unreachable')
      if (ids.includes('first')) all.resolve()
    },
  })
  onTestFinished(async () => {
    await worker.stop()
    await close()
  })
  worker.start()
  await all.promise
  expect(given).toEqual([
    [['first', 'second'], 1],
    [['first'], 1],
    [['second'], 1],
    [['first'], 2],
  ])
})

test('however often it looks, a worker listens for its end once', async () => {
  const workspace = new Workspace()
  const {context, close} = await workspace.session()
  const signals = vi.spyOn(AbortController.prototype, 'signal', 'get')
  onTestFinished(() => void signals.mockRestore())
  const looked = Promise.withResolvers<void>()
  let looks = 0
  const worker = new OutboxWorker({
    store: () => {
      if ((looks += 1) === 20) looked.resolve()
      return context.store()
    },
    clock: systemClock,
    log: silentLog,
    worker: 'w',
    interval: 1,
    deliver: async () => {},
  })
  onTestFinished(async () => {
    await worker.stop()
    await close()
  })
  worker.start()
  await looked.promise
  const most = signals.mock.results.map(({value}) => getEventListeners(value as AbortSignal, 'abort').length)
  expect(Math.max(...most)).toBeLessThanOrEqual(1)
})
