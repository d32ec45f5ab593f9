import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {quoteCsv} from '../csv/csv-cell.ts'
import {type TableLayout, cellText, escapeTsv, printResult, rowsOf, valueAt} from './output.ts'
import type {OutputFormat} from './flags.ts'
import type {Terminal} from './terminal.ts'

/** A terminal that keeps what is written to it. */
function recording(isTerminal = false): {terminal: Terminal; text: () => string} {
  let written = ''
  const stream = {isTerminal, columns: 80, write: (text: string) => void (written += text)}
  return {
    terminal: {stdout: stream, stderr: stream, interactive: false, colour: {stdout: false, stderr: false}},
    text: () => written,
  }
}

async function printed(result: unknown, format: OutputFormat | undefined, layout: TableLayout = {}): Promise<string> {
  const {terminal, text} = recording()
  await printResult(result, format, layout, terminal)
  return text()
}

describe('CSV', () => {
  test.each(['=1+1', '+cmd', '-2+3', '@SUM(A1)', '\tx', '\r=x', '=HYPERLINK("http://x")'])(
    'a spreadsheet does not run %j',
    cell => {
      expect(quoteCsv(cell).replace(/^"/, '').startsWith("'")).toBe(true)
    },
  )

  test.each(['-5', '+0.25', '-1e-3', '12', 'a=b', 'plain', ''])('%j stays as it is', cell => {
    expect(quoteCsv(cell)).toBe(cell)
  })

  test('quotes, commas and line ends survive', () => {
    expect(quoteCsv('say "no", twice\n')).toBe('"say ""no"", twice\n"')
  })

  test('has a header and ends its lines as RFC 4180 says', async () => {
    expect(await printed({rows: [{a: 1, b: 'x,y'}]}, 'csv', {rows: 'rows'})).toBe('a,b\r\n1,"x,y"\r\n')
  })
})

test('TSV: a value never breaks out of its cell, and can be read back', () => {
  fc.assert(
    fc.property(fc.string({unit: 'binary'}), cell => {
      const escaped = escapeTsv(cell)
      expect(escaped).not.toMatch(/[\t\n\r]/)
      const meaning: Record<string, string> = {'\\\\': '\\', '\\t': '\t', '\\n': '\n', '\\r': '\r'}
      expect(escaped.replaceAll(/\\[\\tnr]/g, each => meaning[each] ?? each)).toBe(cell)
    }),
  )
})

test('cells: nothing for null and undefined, JSON for structures, all digits of big numbers', () => {
  expect([null, undefined, true, 0, 2n ** 60n, {a: [1]}].map(cellText)).toEqual([
    '',
    '',
    'true',
    '0',
    '1152921504606846976',
    '{"a":[1]}',
  ])
})

test('rows: a field, the whole, or one row', () => {
  expect(rowsOf({items: [{a: 1}]}, {rows: 'items'})).toEqual([{a: 1}])
  expect(rowsOf([1, 'x'], {})).toEqual([{value: 1}, {value: 'x'}])
  expect(rowsOf({a: 1}, {})).toEqual([{a: 1}])
})

test('columns: dotted paths, empty where a path ends early', async () => {
  expect(valueAt({a: {b: 2}}, 'a.b')).toBe(2)
  expect(valueAt({a: null}, 'a.b')).toBeUndefined()
  expect(await printed([{a: {b: 2}}, {a: null}, {}], 'tsv', {columns: ['a.b']})).toBe('2\n\n\n')
})

test('without a format: TSV for a pipe, a table for a terminal, nothing for no rows', async () => {
  expect(await printed([{a: 1}], undefined)).toBe('1\n')
  const {terminal, text} = recording(true)
  await printResult([{a: 1}], undefined, {}, terminal)
  expect(text()).toBe('A\n1\n')
  const empty = recording(true)
  await printResult([], undefined, {}, empty.terminal)
  expect(empty.text()).toBe('')
})
