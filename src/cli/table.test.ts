import fc from 'fast-check'
import stringWidth from 'string-width'
import {describe, expect, test} from 'vitest'
import {fitWidths, renderTable} from './table.ts'
import type {Terminal} from './terminal.ts'

const narrowest = 8

test('widths: never wider than natural, and within the space or all at the minimum', () => {
  const natural = fc.array(fc.nat(300), {minLength: 1, maxLength: 12})
  fc.assert(
    fc.property(natural, fc.integer({min: -20, max: 400}), (widths, available) => {
      const fitted = fitWidths(widths, available)
      expect(fitted).toHaveLength(widths.length)
      for (const [index, width] of fitted.entries()) {
        expect(width).toBeLessThanOrEqual(widths[index] ?? 0)
        expect(width).toBeGreaterThanOrEqual(Math.min(widths[index] ?? 0, narrowest))
      }
      const sum = fitted.reduce((total, width) => total + width, 0)
      const smallest = widths.every((width, index) => fitted[index] === Math.min(width, narrowest))
      expect(sum <= available || smallest).toBe(true)
      // No space is given away while a column is cut.
      if (widths.reduce((total, width) => total + width, 0) > available && !smallest) expect(sum).toBe(available)
    }),
  )
})

function terminal(columns: number): Terminal {
  const stream = {isTerminal: true, columns, write: () => undefined}
  return {stdout: stream, stderr: stream, interactive: false, colour: {stdout: false, stderr: false}}
}

test('a table fits its terminal, wide characters and emoji included', () => {
  const rows = [
    {name: '東京都千代田区丸の内一丁目九番一号東京駅', note: '👩‍👩‍👧‍👦 '.repeat(20)},
    {name: 'Škofja Loka', note: 'short'},
  ]
  const lines = renderTable(rows, ['name', 'note'], terminal(60)).split('\n')
  expect(lines).toHaveLength(3)
  for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(60)
  expect(lines[1]).toContain('…')
  expect(lines[2]).toMatch(/^Škofja Loka\s+short$/)
})

test('times are friendly, line ends are blanks, control characters of a value do not reach the terminal', () => {
  const rows = [{at: '2026-01-02T03:04:05.678Z', text: 'one\n  two', score: 0.123456}]
  const table = renderTable(rows, ['at', 'text', 'score'], terminal(80))
  expect(table.split('\n')[1]).toMatch(/^2026-01-02 03:04Z\s+one two\s+0\.123$/)
  const hostile = renderTable([{text: 'a\u001B]0;title\u0007b\u001B[31mc\u009B5n\rd'}], ['text'], terminal(80))
  expect(hostile).toMatch(/^TEXT\na.*b.*c.*d$/)
  for (const control of ['\u001B', '\u0007', '\u009B', '\r']) expect(hostile).not.toContain(control)
})

test('on a narrow terminal columns stay apart, and rows can be told by their first', () => {
  const rows = ['llm.cohere_api_key', 'llm.cohere_base_url'].map(name => ({
    name,
    value: 'x'.repeat(30),
    note: 'y'.repeat(90),
  }))
  const lines = renderTable(rows, ['name', 'value', 'note'], terminal(44)).split('\n')
  expect(lines[1]).toMatch(/^llm\.cohere_api_key +x+… {2}y+…$/)
  expect(lines[2]).toMatch(/^llm\.cohere_base_url {2}x+… {2}y+…$/)
  for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(44)
})

describe('where there is less room than columns need', () => {
  const columns = ['deployment', 'input_tokens', 'until', 'output_tokens', 'latency_ms.p50']
  const rows = [{deployment: 'a-deployment', input_tokens: 12, output_tokens: 3, latency_ms: {p50: 863.3}}]

  test('titles of several words take several lines before anything is cut', () => {
    expect(renderTable(rows, columns, terminal(55)).split('\n')).toEqual([
      'DEPLOYMENT    INPUT   UNTIL  OUTPUT  LATENCY',
      '              TOKENS         TOKENS  MS',
      '                                     P50',
      'a-deployment  12             3       863.3',
    ])
  })

  test('columns without any value go, and then each row is a list in which nothing is cut', () => {
    expect(renderTable(rows, columns, terminal(37)).split('\n').at(-1)).toBe('a-deployment  12      3       863.3')
    const list = ['DEPLOYMENT      a-deployment', 'INPUT TOKENS    12', 'OUTPUT TOKENS   3', 'LATENCY MS P50  863.3']
    const lists = [...list, '', ...list].join('\n')
    expect(renderTable([...rows, ...rows], columns, terminal(20))).toBe(lists)
  })
})

test('a list of values is one to a person, and not JSON', () => {
  expect(renderTable([{targets: ['mini', 'haiku']}], ['targets'], terminal(80))).toBe('TARGETS\nmini, haiku')
})
