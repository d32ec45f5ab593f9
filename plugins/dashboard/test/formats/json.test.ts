import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {Ajv2020} from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import {expect, test} from 'vitest'
import {renderPage} from '../../src/render/html/page.ts'
import {dataOf} from '../../src/render/json/dashboard-document.ts'
import {documentSchema} from '../../src/render/json/document-schema.ts'
import {readDocument} from '../../src/render/json/read-document.ts'
import {renderJson} from '../../src/render/json/render-json.ts'
import {templates} from '../../src/templates/index.ts'
import {hostile, hostileData, outlookData, sampleData, withoutData} from '../support/dashboards.ts'

const schemaFile = join(import.meta.dirname, '../../../../snapshots/dashboard.schema.json')

test('the schema that is published is that of what is written', () => {
  const published = readFileSync(schemaFile, 'utf8')
  expect(JSON.parse(published)).toEqual(documentSchema())
})

test('every type is JSON as the schema has it, the same bytes for the same data, and gives back the page that it was', async () => {
  const ajv = new Ajv2020({strict: false, allErrors: true})
  formats.default(ajv)
  const validate = ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8')))
  const dashboards = [
    await sampleData('Revenue Analytics'),
    await sampleData('Subscription Metrics'),
    ...templates.map(({name, spec}) => withoutData(name, spec.panels)),
    await hostileData(),
    await outlookData(),
  ]
  for (const data of dashboards) {
    const name = data.title
    const text = await renderJson(data)
    expect(validate(JSON.parse(text)), `${name}: ${JSON.stringify(validate.errors?.slice(0, 3))}`).toBe(true)
    const back = dataOf(readDocument(text, name))
    expect((await renderJson(back)) === text, name).toBe(true)
    if (data.source === undefined || name === 'Outlook')
      expect((await renderPage(back)) === (await renderPage(data))).toBe(true)
  }
  expect((await renderJson(await hostileData())) === (await renderJson(await hostileData()))).toBe(true)
})

test('numbers are text with every digit, and what is not known is null', async () => {
  const document = JSON.parse(await renderJson(await hostileData()))
  const [figure, trend, parts, , , absent] = document.panels
  expect(figure).toMatchObject({
    status: 'shown',
    data: {value: '1.5', previous: null},
    text: {
      value: '1.5',
      comparison: 'no comparison: the data begin on 2026-01-01',
      target: expect.stringMatching(/^100\.0%, of /),
    },
  })
  const values = trend.data.series.map((series: {values: string[]}) => series.values)
  expect(values).toContainEqual(['-3.25', '0.25', '3.25'])
  expect(parts.data.totals[0]).toBe('1.5')
  expect(absent).toMatchObject({status: 'not_shown'})
  expect(document.title).toBe(hostile[0])
  const json = JSON.stringify(document)
  expect(json.match(/"(value|previous)":-?\d/g)).toBe(null)
})

test.each([
  ['nothing', '', 'is no JSON'],
  ['another version', '{"kind":"omni.dashboard","version":2}', 'version'],
  ['a number where digits belong', '{"kind":"omni.dashboard","version":1,"title":7}', 'title: Invalid input'],
])('%s is told as what it is not', (_name, text, reason) => {
  expect(() => readDocument(text, 'x.json')).toThrow(reason)
})
