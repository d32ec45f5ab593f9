import {expect, test} from 'vitest'
import type {ColumnType} from '../src/catalogue/check-catalogue.ts'
import {readDashboard} from '../src/build/dashboard-data.ts'
import {bindTemplate} from '../src/templates/bind-template.ts'
import {templateNamed} from '../src/templates/index.ts'
import {sessionOn} from './support/data.ts'

/** What became of one column of text. */
async function columnOf(values: readonly string[], separator = ';'): Promise<[ColumnType, unknown[]]> {
  const session = await sessionOn({
    't.csv': `n${separator}c\n${values.map((each, n) => `${n}${separator}${each}`).join('\n')}\n`,
  })
  const rows = await session.query('SELECT CAST(c AS VARCHAR) AS c FROM t ORDER BY n')
  return [(await session.schema()).get('t')!.get('c')!, rows.map(({c}) => c)]
}

test.each([
  ['a day above 12 comes first', ['13/03/2026', '01/02/2026'], 'date', ['2026-03-13', '2026-02-01']],
  ['a day above 12 comes second', ['3/1/2026', '3/13/2026'], 'date', ['2026-03-01', '2026-03-13']],
  ['dots are written between days that come first', ['01.03.2026', '2.3.2026'], 'date', ['2026-03-01', '2026-03-02']],
  [
    'a time stands behind',
    ['01.03.2026 09:30', '02.03.2026 10:00:05'],
    'instant',
    ['2026-03-01 09:30:00', '2026-03-02 10:00:05'],
  ],
  [
    'hours are of half a day',
    ['3/13/2026 1:05 PM', '3/14/2026 12:00 AM'],
    'instant',
    ['2026-03-13 13:05:00', '2026-03-14 00:00:00'],
  ],
  ['nothing tells the month', ['01/03/2026', '02/03/2026'], 'text', ['01/03/2026', '02/03/2026']],
  ['years have two digits', ['01-03-26', '13-03-26'], 'text', ['01-03-26', '13-03-26']],
  ['there is no such month', ['13/13/2026', '01/02/2026'], 'text', ['13/13/2026', '01/02/2026']],
  ['one is no day', ['13/03/2026', 'n/a'], 'text', ['13/03/2026', 'n/a']],
] as const)('days of text: %s', async (_name, values, type, read) => {
  expect(await columnOf(values)).toEqual([type, read])
})

test.each([
  ['a fraction behind a comma', ['10,5', '1.020,50', '-3'], 'number', ['10.5', '1020.5', '-3.0']],
  ['thousands with commas', ['"1,000.50"', '"1,234,567"', '7'], 'number', ['1000.5', '1234567.0', '7.0']],
  ['a comma that may be either', ['"1,020"', '"2,500"'], 'text', ['1,020', '2,500']],
  ['lists of numbers', ['"1,2"', '"1,2,3"'], 'text', ['1,2', '1,2,3']],
  ['addresses', ['10.0.0.1', '10.0.0.2'], 'text', ['10.0.0.1', '10.0.0.2']],
] as const)('numbers of text: %s', async (_name, values, type, read) => {
  expect(await columnOf(values)).toEqual([type, read])
})

const plain = 'order_id,date,total,region\n1,2026-03-01,10.5,Süd\n2,2026-03-02,11,Nord\n'

test('UTF-16 is read as what its mark says', async () => {
  const session = await sessionOn({'t.csv': Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(plain, 'utf16le')])})
  expect(await session.query('SELECT region, total FROM t ORDER BY order_id')).toEqual([
    {region: 'Süd', total: 10.5},
    {region: 'Nord', total: 11},
  ])
})

test.each([
  ['nothing', '', 'sales.csv is empty'],
  ['another encoding', Buffer.from(plain, 'latin1'), 'sales.csv is not in UTF-8, as its line 2 shows'],
  [
    'bytes',
    Buffer.from(Array.from({length: 5000}, (_, index) => (index * 7) % 256)),
    /^sales.csv (is no table of text|is not in UTF-8)/,
  ],
  ['lines of different lengths', 'a,b,c\n1,2,3\n1,2,3,4,5\n1,2\n', 'more or of fewer columns than its heading'],
] as const)('%s is refused, with what is wrong and without the path', async (_name, content, message) => {
  const refused = await sessionOn({'sales.csv': content}).catch((error: unknown) => error)
  expect(refused).toMatchObject({
    code: 'unreadable_data',
    message: typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
  })
  expect((refused as Error).message).not.toMatch(/\/|Error:/)
})

async function revenueOf(csv: string, filters: object[] = []) {
  const session = await sessionOn({'sales.csv': csv})
  const template = templateNamed('Revenue Analytics')
  const {catalogue, missing} = await bindTemplate(template, await session.schema(), session)
  const spec = {...template.spec, filters: filters as never}
  return readDashboard({spec, catalogue, missing, source: 'sales.csv', zone: 'UTC'}, session)
}

test.each([
  [
    'days as spreadsheets count them',
    'order_id,date,total\n1,46082,10\n',
    'date of sales, which holds numbers, such as “46082”: days as spreadsheets',
  ],
  ['days that may be either', 'order_id,date,total\n1,01/03/2026,10\n', 'nothing tells which number is the month'],
  ['no row', 'order_id,date,total\n', 'date of sales, which holds nothing'],
  ['other columns', 'foo,bar\n1,2\n', 'there is sales (foo, bar)'],
])('a dashboard that cannot be built says why: %s', async (_name, csv, hint) => {
  await expect(revenueOf(csv)).rejects.toMatchObject({code: 'data_not_found', hint: expect.stringContaining(hint)})
})

test.each([
  ['€1,000.50', 'needs numbers in total of sales, which holds text, such as “€1,000.50”'],
  ['', 'needs numbers in total of sales, which holds nothing'],
  ['99999999999999999999999', 'Revenue has a value of more than 22 digits before the point'],
])('a figure of %j is not shown, and says what the column holds', async (total, reason) => {
  const {panels} = await revenueOf(`order_id,date,total\n1,2026-03-01,"${total}"\n`)
  expect(panels.find(({panel}) => panel.id === 'revenue')).toMatchObject({reason: expect.stringContaining(reason)})
  expect(panels.find(({panel}) => panel.id === 'orders')).toHaveProperty('data')
})

test('a filter by something else than a dimension builds no empty page', async () => {
  await expect(revenueOf(plain, [{dimension: 'planet', operator: 'in', values: ['Mars']}])).rejects.toMatchObject({
    message: 'Rows cannot be filtered by planet',
    hint: 'there is region',
  })
})

test('a name that is nearly that of a type is told which', () => {
  expect(() => templateNamed('Revenue')).toThrow(
    expect.objectContaining({hint: expect.stringContaining('did you mean Revenue Analytics?')}),
  )
})
