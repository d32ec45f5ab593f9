import {expect, test} from 'vitest'
import {SharedResources} from './shared-resources.ts'

const group = {name: 'indexes', most: 2}

test('of a group the most recently used are kept, and the others are closed and made anew', async () => {
  const resources = new SharedResources()
  const closed: string[] = []
  let made = 0
  const get = (key: string, within = true) =>
    resources.get(
      key,
      async () => `${key}${(made += 1)}`,
      async resource => void closed.push(resource),
      within ? group : undefined,
    )
  expect(await get('store', false)).toBe('store1')
  expect([await get('a'), await get('b'), await get('a')]).toEqual(['a2', 'b3', 'a2'])
  expect(await get('c')).toBe('c4')
  expect(await get('a')).toBe('a2')
  expect(await get('b')).toBe('b5')
  await resources.close()
  expect(closed.toSorted()).toEqual(['a2', 'b3', 'b5', 'c4', 'store1'])
  expect(closed.at(-1)).toBe('store1')
})

test('one that cannot be closed keeps none of the others open', async () => {
  const resources = new SharedResources()
  const closed: string[] = []
  await resources.get(
    'store',
    async () => 'store',
    async resource => void closed.push(resource),
  )
  await resources.get(
    'ledger',
    async () => 'ledger',
    async () => {
      throw new Error('the disk is full')
    },
  )
  await expect(resources.close()).rejects.toThrow('the disk is full')
  expect(closed).toEqual(['store'])
})

test('one whose making fails late leaves the one that took its place', async () => {
  const resources = new SharedResources()
  const first = Promise.withResolvers<string>()
  const lost = resources.get('a', () => first.promise, undefined, group)
  for (const key of ['b', 'c']) await resources.get(key, async () => key, undefined, group)
  const made = resources.get('a', async () => 'again', undefined, group)
  first.reject(new Error('too late'))
  await expect(lost).rejects.toThrow('too late')
  expect(await resources.get('a', async () => 'a third time', undefined, group)).toBe(await made)
  await resources.close()
})

test('one that cannot be closed is let go', async () => {
  const resources = new SharedResources()
  const fail = async () => {
    throw new Error('in use')
  }
  for (const key of ['a', 'b', 'c']) await resources.get(key, async () => key, key === 'a' ? fail : undefined, group)
  await expect(resources.close()).resolves.toBeUndefined()
})
