import {expect, onTestFinished, test, vi} from 'vitest'
import {systemClock, systemRandomness} from '../operation/random.ts'
import type {Store} from '../store/store.ts'
import {silentLog} from '../testing/context.ts'
import {ScheduleWorker} from './schedule-worker.ts'

test('looks one at a time, however slow the database is, and ends after the last look', async () => {
  vi.useFakeTimers({toFake: ['setInterval', 'clearInterval']})
  onTestFinished(() => void vi.useRealTimers())
  const opened = Promise.withResolvers<Store>()
  const store = vi.fn(() => opened.promise)
  const runtime = {store, clock: systemClock, random: systemRandomness(systemClock), log: silentLog}
  const worker = new ScheduleWorker({runtime, wake: () => {}})
  worker.start()
  vi.advanceTimersByTime(5_000)
  expect(store).toHaveBeenCalledTimes(1)
  const stopped = vi.fn()
  const stopping = worker.stop().then(stopped)
  await Promise.resolve()
  expect(stopped).not.toHaveBeenCalled()
  opened.reject(new Error('the database is away'))
  await stopping
})
