import {parse} from 'csv-parse/sync'
import {DOMParser} from 'linkedom'
import {expect, test} from 'vitest'
import {portableDocument} from '../../src/archive/portable-document.ts'

const disclosure = {
  request: {id: 'R-1', right: 'portability', received_at: '2026-11-23T00:00:00.000Z'},
  terms: [],
  recipients: [],
}
const fields = {name: 'Ana <Novak> & "co"', note: '=1+1', tags: ['a', 'b'], gone: null, odd: 'a\u0000b\ud800'}
const records = [{place: 'sql shop_customers', record: 'C-1', redacted: 0, data: {fields}}]

test('JSON has the fields as they are', () => {
  const document = JSON.parse(portableDocument(disclosure, records, 'json')) as {records: unknown[]}
  expect(document.records).toEqual([{place: 'sql shop_customers', record: 'C-1', fields}])
})

test('CSV has a line for each field, and nothing that a spreadsheet would run', () => {
  const rows = parse(portableDocument(disclosure, records, 'csv'), {columns: true}) as Record<string, string>[]
  expect(rows.map(({field, value}) => [field, value])).toEqual([
    ['name', 'Ana <Novak> & "co"'],
    ['note', "'=1+1"],
    ['tags', '["a","b"]'],
    ['gone', ''],
    ['odd', 'a\u0000b\ufffd'],
  ])
})

test('XML is well-formed, whatever the fields hold', () => {
  const text = portableDocument(disclosure, records, 'xml')
  const document = new DOMParser().parseFromString(text, 'text/xml')
  const values = [...document.querySelectorAll('record > field')].map(field => field.textContent)
  expect(values).toEqual(['Ana <Novak> & "co"', '=1+1', '["a","b"]', '', 'a\ufffdb\ufffd'])
  expect(document.querySelector('record')?.getAttribute('place')).toBe('sql shop_customers')
})
