import fc from 'fast-check'
import {beforeAll, describe, expect, it} from 'vitest'
import {CellMemory} from '../src/detect/cell-memory.ts'
import {createDetector} from '../src/detect/create-detector.ts'
import type {Detector} from '../src/detect/detector.ts'

let detector: Detector

beforeAll(async () => {
  detector = await createDetector()
})

const cell = fc.constantFrom(
  'Ana Kranjc',
  'ana@example.com',
  '031 123 456',
  '50223054',
  '1000',
  '47',
  'Celje',
  'paid',
  '12.50',
  '2026-11-22',
  'to ana@example.com, 4111 1111 1111 1111',
  'C\u030Celje',
  '',
)
const column = fc.constantFrom('name', 'davčna', 'postal_code', 'age', 'city', 'note', '')

describe('the memory of a table', () => {
  it('finds what the detector finds, however often a value comes again and whatever its column', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, column), {maxLength: 40}), cells => {
        const memory = new CellMemory(detector)
        for (const [text, field] of cells) expect(memory.detect(text, {field})).toEqual(detector.detect(text, {field}))
      }),
    )
  })

  it('asks once for a value that comes again, and again for each of a column of distinct ones', () => {
    let asked = 0
    const counting = {
      detect: () => {
        asked++
        return []
      },
    }
    const memory = new CellMemory(counting)
    for (let row = 0; row < 1000; row++) memory.detect(`town ${row % 5}`, {field: 'town'})
    expect(asked).toBe(5)
    // After 4,096 values that never came again, a column is no longer remembered, and what came before is forgotten.
    for (let row = 0; row < 5000; row++) memory.detect(`id ${row}`, {field: 'id'})
    asked = 0
    memory.detect('id 4999', {field: 'id'})
    expect(asked).toBe(1)
  })
})

describe('columns that say what they hold', () => {
  const found = (text: string, field: string) =>
    detector.detect(text, {field}).map(span => `${span.type} ${text.slice(span.start, span.end)}`)

  it.each([
    ['1000', 'postal_code', 'POSTCODE 1000'],
    ['SW1A 1AA', 'postcode', 'POSTCODE SW1A 1AA'],
    ['47', 'age', 'AGE 47'],
    ['PB1234567', 'passportNumber', 'PASSPORT PB1234567'],
    ['00482913', 'mrn', 'MEDICAL_RECORD 00482913'],
  ])('%s of %s', (text, field, expected) => {
    expect(found(text, field)).toEqual([expected])
  })

  it.each([
    ['1000', 'amount'],
    ['47', 'page'],
    ['12345', 'account_balance'],
    ['47000', 'age'],
    ['MIT', 'license'],
  ])('not %s of %s', (text, field) => {
    expect(found(text, field)).toEqual([])
  })
})
