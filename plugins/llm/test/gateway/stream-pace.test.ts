import {afterEach, expect, test, vi} from 'vitest'
import {StreamPace} from '../../src/gateway/stream-pace.ts'

afterEach(() => void vi.useRealTimers())

test('a few streams never wait', () => {
  const pace = new StreamPace()
  for (let count = 0; count < 16; count += 1) {
    pace.begin()
    expect(pace.pause()).toBeUndefined()
  }
})

test('many wait together, the longer the more they are, and not for those that have ended', async () => {
  vi.useFakeTimers()
  const pace = new StreamPace()
  const ends = Array.from({length: 64}, () => pace.begin())
  const first = pace.pause()
  expect(first).toBeInstanceOf(Promise)
  expect(pace.pause()).toBe(first)
  let isOver = false
  void first!.then(() => (isOver = true))
  await vi.advanceTimersByTimeAsync(3)
  expect(isOver).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(isOver).toBe(true)
  for (const end of ends.slice(16)) {
    end()
    end()
  }
  expect(pace.pause()).toBeUndefined()
})

test('no pause is longer than a fiftieth of a second', async () => {
  vi.useFakeTimers()
  const pace = new StreamPace()
  for (let count = 0; count < 10_000; count += 1) pace.begin()
  let isOver = false
  void pace.pause()!.then(() => (isOver = true))
  await vi.advanceTimersByTimeAsync(20)
  expect(isOver).toBe(true)
})
