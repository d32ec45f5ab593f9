import fc from 'fast-check'
import stringWidth from 'string-width'
import {expect, test} from 'vitest'
import {sideBySide} from './side-by-side.ts'
import type {Terminal} from './terminal.ts'

function terminal(columns: number): Terminal {
  const stream = {isTerminal: true, columns, write: () => undefined}
  return {stdout: stream, stderr: stream, interactive: false, colour: {stdout: false, stderr: false}}
}

const columns = [
  {title: 'mini', text: 'The time between giving notice and the end.', foot: '0.4 s'},
  {title: 'haiku', text: 'Thirty days.', foot: '1.2 s'},
]

test('texts stand beside each other, wrapped between words', () => {
  expect(sideBySide(columns, terminal(60)).split('\n')).toEqual([
    'mini                           haiku',
    'The time between giving        Thirty days.',
    'notice and the end.',
    '0.4 s                          1.2 s',
  ])
})

test('on a narrow terminal they stand below each other', () => {
  const first = 'mini\nThe time between giving notice and the\nend.\n0.4 s'
  expect(sideBySide(columns, terminal(40))).toBe(`${first}\n\nhaiku\nThirty days.\n1.2 s`)
})

test('whatever is said, all of it is shown and no line is wider than the terminal', () => {
  const text = fc.string({unit: fc.constantFrom('a', 'ž', '東', '👩‍👩‍👧‍👦', ' ', '\n', '\t'), maxLength: 200})
  fc.assert(
    fc.property(text, text, fc.integer({min: 10, max: 120}), (left, right, width) => {
      const shown = sideBySide(
        [
          {title: 'l', text: left, foot: ''},
          {title: 'r', text: right, foot: ''},
        ],
        terminal(width),
      )
      for (const line of shown.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width)
      for (const letter of ['a', 'ž', '東', '👩‍👩‍👧‍👦']) {
        expect(shown.split(letter).length).toBe(left.split(letter).length + right.split(letter).length - 1)
      }
    }),
  )
})
