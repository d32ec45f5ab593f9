import {parse} from 'csv-parse/sync'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {formatOf, segmentReader} from '../src/formats/format.ts'
import {MalformedFileError, type Segment, type SegmentReader} from '../src/formats/segment.ts'
import {pieces} from './pieces.ts'

async function read(reader: SegmentReader, text: string, cuts: readonly number[] = []): Promise<Segment[]> {
  const segments: Segment[] = []
  for await (const batch of reader(pieces(text, cuts))) segments.push(...batch)
  return segments
}

const cuts = fc.array(fc.nat({max: 5000}), {maxLength: 6})
const cell = fc.string({unit: fc.constantFrom('a', 'č', '"', ',', '\n', ' ', '👍', '1'), maxLength: 8})

function csvOf(rows: readonly (readonly string[])[]): string {
  return rows.map(row => row.map(each => `"${each.replaceAll('"', '""')}"`).join(',')).join('\r\n')
}

describe('text', () => {
  it('comes back whole, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({unit: 'binary', maxLength: 300}), cuts, async (text, at) => {
        const segments = await read(segmentReader('text'), text, at)
        expect(segments.map(segment => segment.raw).join('')).toBe(text)
      }),
    )
  })

  it('is cut between paragraphs, and never inside a character', async () => {
    const paragraph = `${'beseda '.repeat(3000)}\n\n`
    const segments = await read(segmentReader('text'), paragraph.repeat(20))
    expect(segments.length).toBeGreaterThan(5)
    for (const segment of segments.slice(0, -1)) expect(segment.raw.endsWith('\n\n')).toBe(true)
    const endless = await read(segmentReader('text'), '👍'.repeat(200_000))
    for (const segment of endless) expect(segment.raw.isWellFormed()).toBe(true)
  })
})

describe('CSV', () => {
  it('gives the cells that csv-parse gives, and comes back whole, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell, cell), {minLength: 2, maxLength: 6}), cuts, async (rows, at) => {
        const text = csvOf([['one', 'two', 'three'], ...rows])
        const segments = await read(segmentReader('csv', {delimiter: ','}), text, at)
        expect(segments.map(segment => segment.raw).join('')).toBe(text)
        const values = segments.filter(segment => segment.kind === 'value')
        const expected = (parse(text) as string[][]).slice(1).flat()
        expect(values.map(value => value.text)).toEqual(expected)
        expect(values.map(value => value.field)).toEqual(rows.flatMap(() => ['one', 'two', 'three']))
        for (const value of values) {
          for (let from = 0; from < value.text.length; from++) {
            const raw = value.raw.slice(value.rawOffset(from), value.rawOffset(from + 1))
            expect(raw.replace('""', '"')).toBe(value.text.charAt(from))
          }
        }
      }),
      {numRuns: 300},
    )
  })

  it('finds the delimiter by itself and copes without a header', async () => {
    const semicolons = await read(segmentReader('csv'), 'ime;kraj\nAna;Celje\n')
    expect(semicolons.filter(segment => segment.kind === 'value').map(value => [value.field, value.text])).toEqual([
      ['ime', 'Ana'],
      ['kraj', 'Celje'],
    ])
    const bare = await read(segmentReader('csv', {header: false}), 'Ana,Celje\n')
    expect(bare.filter(segment => segment.kind === 'value')).toHaveLength(2)
  })

  it('tells where quotes never close', async () => {
    await expect(read(segmentReader('csv'), 'a,b\n"x,y\n')).rejects.toBeInstanceOf(MalformedFileError)
  })
})

describe('JSON', () => {
  it('gives every string and number with its key, and comes back whole, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json({stringUnit: 'grapheme'}), cuts, async (text, at) => {
        const segments = await read(segmentReader('json'), text, at)
        expect(segments.map(segment => segment.raw).join('')).toBe(text)
        const values = segments.filter(segment => segment.kind === 'value')
        const strings: string[] = []
        JSON.parse(text, function (this: unknown, key, value: unknown) {
          if (typeof value === 'string') strings.push(value)
          if (key !== '' && !Array.isArray(this)) strings.push(key)
          return value
        })
        const given = values.filter(value => !value.bare && value.text !== '').map(value => value.text)
        // A key that comes twice is kept once by JSON.parse: what is given is at least what it knows.
        for (const each of strings.filter(string => string !== '')) expect(given).toContain(each)
      }),
    )
  })

  it('leads from the meaning of a string to its literal', async () => {
    const text = String.raw`{"note": "a\u0041\n\"č\\ x"}`
    const value = (await read(segmentReader('json'), text)).findLast(segment => segment.kind === 'value')
    if (value?.kind !== 'value') throw new Error('no value')
    expect(value.text).toBe('aA\n"č\\ x')
    expect(value.raw.slice(value.rawOffset(1), value.rawOffset(2))).toBe(String.raw`\u0041`)
    expect(value.raw.slice(value.rawOffset(3), value.rawOffset(5))).toBe(String.raw`\"č`)
    expect(value.raw.slice(value.rawOffset(6), value.rawOffset(8))).toBe(' x')
    expect(value.field).toBe('note')
  })

  it('reads values line by line and knows the key above an array', async () => {
    const segments = await read(segmentReader('jsonl'), '{"a": [1, "x"]}\n{"b": {"c": 2}}\n')
    const values = segments.filter(segment => segment.kind === 'value')
    expect(values.map(value => [value.field, value.text])).toEqual([
      ['', 'a'],
      ['a', '1'],
      ['a', 'x'],
      ['', 'b'],
      ['', 'c'],
      ['c', '2'],
    ])
  })

  it.each(['{"a": 1', '["x', '{]', 'nul', '{"a" "b"\u0000}', '"tab\tinside"', "{'a': 1}"])('refuses %s', async text => {
    await expect(read(segmentReader('json'), text)).rejects.toBeInstanceOf(MalformedFileError)
  })
})

describe('the format of a file', () => {
  it('follows from its name', () => {
    expect(['a.CSV', 'a.tsv', 'a.json', 'a.ndjson', 'a.md', 'a'].map(formatOf)).toEqual([
      'csv',
      'csv',
      'json',
      'jsonl',
      'text',
      'text',
    ])
  })
})
