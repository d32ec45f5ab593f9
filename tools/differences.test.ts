import {expect, test} from 'vitest'
import {differences} from './differences.ts'

test('equal values have none, whatever the order of their keys', () => {
  expect(differences({a: 1, b: [1, {c: null}]}, {b: [1, {c: null}], a: 1})).toEqual([])
})

test('each change is told where it is', () => {
  const before = {flags: {old: {type: 'boolean'}, kept: {char: 'k'}}, examples: ['one']}
  const after = {flags: {kept: {char: 'K'}, fresh: {}}, examples: ['one', 'two']}
  expect(differences(before, after)).toEqual([
    '- flags › old: {"type":"boolean"}',
    '~ flags › kept › char: "k" → "K"',
    '+ flags › fresh: {}',
    '+ examples › 1: "two"',
  ])
})

test('another kind of value is a change of the whole', () => {
  expect(differences({a: []}, {a: {}})).toEqual(['~ a: [] → {}'])
})
