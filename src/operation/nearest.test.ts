import {expect, test} from 'vitest'
import {nearest} from './nearest.ts'

const names = ['config list', 'config get', 'config set', 'rag search', 'rag status', 'doctor']

test('one letter wrong, missing, too many or swapped is found first', () => {
  for (const typed of ['rag serach', 'rag seach', 'rag ssearch', 'rag sesrch']) {
    expect(nearest(typed, names)[0]).toBe('rag search')
  }
  expect(nearest('docter', names)).toEqual(['doctor'])
})

test('what is far from everything has no neighbour, and never more than three are named', () => {
  expect(nearest('xyzzy', names)).toEqual([])
  expect(nearest('config', ['config a', 'config b', 'config c', 'config d']).length).toBeLessThanOrEqual(3)
})
