import {getHeapStatistics, setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'
import fc from 'fast-check'
import {expect, test} from 'vitest'
import {OpenCalls} from '../../src/ledger/open-calls.ts'

test('knows the same as a map, whatever begins and ends', () => {
  const step = fc.record({id: fc.integer({min: 0, max: 12}).map(String), ends: fc.boolean()})
  fc.assert(
    fc.property(fc.array(step, {maxLength: 200}), steps => {
      const calls = new OpenCalls<object>()
      const expected = new Map<string, object>()
      for (const {id, ends} of steps) {
        if (ends) {
          expect(calls.remove(id)).toBe(expected.get(id))
          expected.delete(id)
        } else if (!expected.has(id)) {
          const known = {}
          calls.add(id, known)
          expected.set(id, known)
        }
        expect(calls.size).toBe(expected.size)
        expect(new Set(calls)).toEqual(new Set(expected.values()))
        expect(calls.has(id)).toBe(expected.has(id))
      }
    }),
  )
})

test('what has ended goes with the young objects: of a map all of it would stay', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as (options: {readonly type: 'minor' | 'major'}) => void
  const calls = new OpenCalls<readonly number[]>()
  const rounds = (count: number) => {
    for (let index = 0; index < count; index += 1) {
      calls.add(`${index}`, Array<number>(1_000).fill(index))
      calls.remove(`${index - 8}`)
      if (index % 50 === 49) collect({type: 'minor'})
    }
    for (let index = count - 8; index < count; index += 1) calls.remove(`${index}`)
  }
  collect({type: 'major'})
  rounds(100)
  const before = getHeapStatistics().used_heap_size
  rounds(1_000)
  // What survives two of them is among the old objects.
  for (let time = 0; time < 2; time += 1) collect({type: 'minor'})
  expect(getHeapStatistics().used_heap_size - before).toBeLessThan(2_000_000)
})
