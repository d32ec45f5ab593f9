import * as z from 'zod'
import {expect, test} from 'vitest'
import {plainProblem} from './plain-problems.ts'

test.each([
  [z.string(), undefined, 'is required'],
  [z.string(), 5, 'must be a text, not a number'],
  [z.string(), null, 'must be a text, not null'],
  [z.array(z.string()), 'x', 'must be a list, not a text'],
  [z.record(z.string(), z.string()), [], 'must be an object, not a list'],
  [z.boolean(), 'yes', 'must be true or false, not a text'],
  [z.int(), 1.5, 'must be a whole number, not 1.5'],
  [z.int().min(1), 0, 'must be at least 1'],
  [z.int().max(50), 51, 'must be at most 50'],
  [z.number().gt(0), 0, 'must be more than 0'],
  [z.number().lt(1), 1, 'must be less than 1'],
  [z.string().min(1), '', 'must not be empty'],
  [z.string().max(3), 'abcd', 'must have at most 3 characters'],
  [z.string().length(1), 'ab', 'must have exactly 1 character'],
  [z.array(z.string()).min(2), [], 'must have at least 2 items'],
  [z.enum(['a', 'b']), 'c', 'must be one of a, b'],
  [z.literal('a'), 'c', 'must be a'],
  [z.url(), 'localhost', 'must be a URL, such as https://example.com'],
])('%#: says what was expected', (schema, value, told) => {
  expect(schema.safeParse(value, {error: plainProblem}).error?.issues.map(({message}) => message)).toEqual([told])
})

test('what a schema says itself goes before it', () => {
  const schema = z.string().min(3, 'is no code')
  expect(schema.safeParse('x', {error: plainProblem}).error?.issues[0]?.message).toBe('is no code')
})
