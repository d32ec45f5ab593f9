import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {NotFoundError} from '@omni-ops/core/operation'
import {TableError} from '../../src/anonymity/errors.ts'
import {encodeColumns} from '../../src/table/encode-columns.ts'
import {csvLine, openCsv} from '../../src/table/table-source.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'omni-table-'))
})
afterAll(() => rm(directory, {recursive: true}))

async function file(text: string): Promise<string> {
  const path = join(directory, `${crypto.randomUUID()}.csv`)
  await writeFile(path, text)
  return path
}

test('delimiters are found, byte order marks and quotes understood', async () => {
  const table = await openCsv(await file('\uFEFF"a;b";c\r\n"x, ""y""";"1\r\n2"\r\n'))
  expect(table.header).toEqual(['a;b', 'c'])
  const rows: (readonly string[])[] = []
  for await (const row of table.rows()) rows.push(row)
  expect(rows).toEqual([['x, "y"', '1\r\n2']])
  expect(csvLine(rows[0]!, ',')).toBe('"x, ""y""","1\r\n2"')
})

test('columns become codes in the order of first occurrence', async () => {
  const lines = Array.from({length: 3000}, (_, index) => `v${index % 7},${index}`)
  const table = await openCsv(await file(`a,b\n${lines.join('\n')}\n`))
  const column = (await encodeColumns(table, ['a'])).get('a')!
  expect(column.labels).toEqual(['v0', 'v1', 'v2', 'v3', 'v4', 'v5', 'v6'])
  expect(column.codes).toHaveLength(3000)
  expect(column.labels[column.codes[2999]!]).toBe(`v${2999 % 7}`)
})

test('what is no table is refused with the place', async () => {
  await expect(openCsv(join(directory, 'none.csv'))).rejects.toThrow(NotFoundError)
  await expect(openCsv(await file(''))).rejects.toThrow(TableError)
  await expect(openCsv(await file('a,a\n1,2\n'))).rejects.toThrow('two columns')
  const ragged = await openCsv(await file('a,b\n1,2\n3\n'))
  await expect(encodeColumns(ragged, ['a'])).rejects.toThrow(/line 3/)
  await expect(encodeColumns(ragged, ['z'])).rejects.toThrow('no column "z"')
})
