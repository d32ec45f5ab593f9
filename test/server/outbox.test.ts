import {expect, onTestFinished, test} from 'vitest'
import {OutboxWorker} from '../../src/server/outbox-worker.ts'
import {systemClock} from '../../src/operation/random.ts'
import {silentLog, unitContext} from '../../src/testing/index.ts'
import {Workspace} from '../support/workspace.ts'

test('events of committed units are handed on in order, again after a failure, and never those of others', async () => {
  const workspace = new Workspace()
  const {context, close} = await workspace.session()
  const store = await context.store()
  const publish = (id: string) =>
    store.unit(unitContext({clock: systemClock, random: context.random}), {audit: false}, unit =>
      unit.publish('marked', {id}),
    )
  await publish('first')
  await publish('second')
  await store
    .unit(unitContext({random: context.random}), {audit: false}, async unit => {
      await unit.publish('marked', {id: 'rolled back'})
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
    deliver: async ({payload, attempts}) => {
      given.push([(payload as {id: string}).id, attempts])
      if (given.length === 1) throw new Error('unreachable')
      if (given.length === 3) all.resolve()
    },
  })
  onTestFinished(async () => {
    await worker.stop()
    await close()
  })
  worker.start()
  await all.promise
  expect(given).toEqual([
    ['first', 1],
    ['second', 1],
    ['first', 2],
  ])
})
