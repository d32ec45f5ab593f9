import {expect, test} from 'vitest'
import {colourFor} from './terminal.ts'

test.each([
  ['a terminal', true, {}, false, true],
  ['a pipe', false, {}, false, false],
  ['a dumb terminal', true, {TERM: 'dumb'}, false, false],
  ['NO_COLOR', true, {NO_COLOR: '1'}, false, false],
  ['an empty NO_COLOR', true, {NO_COLOR: ''}, false, true],
  ['FORCE_COLOR in a pipe', false, {FORCE_COLOR: '1'}, false, true],
  ['an empty FORCE_COLOR in a pipe', false, {FORCE_COLOR: ''}, false, true],
  ['FORCE_COLOR=0 on a terminal', true, {FORCE_COLOR: '0'}, false, false],
  ['NO_COLOR against FORCE_COLOR', true, {NO_COLOR: '1', FORCE_COLOR: '1'}, false, false],
  ['--no-color against FORCE_COLOR', true, {FORCE_COLOR: '1'}, true, false],
])('colour: %s', (_name, isTerminal, env, noColour, expected) => {
  expect(colourFor(isTerminal, env, noColour)).toBe(expected)
})
