import {expect, test} from 'vitest'
import {buildRequest} from '../src/handlers/build-request.ts'
import {assertOneKindOfData} from '../src/presentation/data-flags.ts'
import {shortfalls} from '../src/presentation/shortfalls.ts'

type Built = Parameters<typeof shortfalls>[0][number]

const page = (title: string, status: Built['status'], reasons: readonly (string | null)[]): Built => ({
  title,
  type: title,
  status,
  panels: reasons.map((reason, index) => ({
    id: `p${index}`,
    title: `Panel ${index}`,
    status: reason === null ? 'shown' : 'not_shown',
    reason,
  })),
  panels_shown: reasons.filter(reason => reason === null).length,
  file: null,
  html: null,
  files: [],
  first_day: null,
  last_day: null,
  error: null,
  proposal: null,
  spec: null,
})

test('two kinds of data are refused, by commands and over HTTP', () => {
  for (const two of [
    {source: 'shop', sample: true},
    {data: 'sales.csv', sample: true},
    {data: 'sales.csv', source: 'shop'},
  ]) {
    expect(() => assertOneKindOfData(two)).toThrow('three kinds of data')
  }
  expect(() => assertOneKindOfData({source: 'shop', sample: false})).not.toThrow()
  const rest = {seed: 1, where: {}, save_to_disk: false, output_dir: '', formats: ['html']} as const
  expect(() => buildRequest({...rest, sample: true, source: 'shop'})).toThrow('Sample data or a source')
})

test('one dashboard is told with the reason of each panel, those that lack the same together', () => {
  expect(shortfalls([page('Revenue', 'partial', [null, 'no amounts', 'no amounts', 'no regions'])])).toEqual([
    'Revenue is not whole:',
    '  Panel 1, Panel 2: no amounts',
    '  Panel 3: no regions',
  ])
  expect(shortfalls([page('Revenue', 'built', [null])])).toEqual([])
})

test('of several it is told how many panels are missing, and why one cannot be built', () => {
  const failed: Built = {...page('Users', 'failed', []), error: {code: 'x', message: 'nothing', hint: 'needs a time'}}
  expect(
    shortfalls([page('Revenue', 'partial', [null, 'a', 'b']), page('Sales', 'partial', [null, 'a']), failed]),
  ).toEqual([
    'Users cannot be built: needs a time',
    'Revenue: 2 panels are not shown; the page says why',
    'Sales: 1 panel is not shown; the page says why',
  ])
})
