import {chmodSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeAll, describe, expect, test} from 'vitest'
import type {DashboardData} from '../../src/build/dashboard-data.ts'
import {assertFormats} from '../../src/render/renderers.ts'
import {renderPdf, settled} from '../../src/render/pdf/render-pdf.ts'
import {quantityText} from '../../src/render/quantity-text.ts'
import {browserPath} from '../support/browser.ts'
import {temporaryDirectory} from '../support/data.ts'
import {context, hostile, hostileData, sampleData} from '../support/dashboards.ts'

test('where no browser is, that is said before anything is read, with what to do', async () => {
  const settings = {'dashboard.browser': join(temporaryDirectory(), 'nothing')}
  await expect(assertFormats(['html', 'pdf'], context(settings))).rejects.toMatchObject({
    code: 'no_browser',
    exitCode: 9,
    hint: expect.stringContaining('Chromium'),
  })
})

test('a program that is no browser is told as such', async () => {
  const program = join(temporaryDirectory(), 'browser')
  writeFileSync(program, '#!/bin/sh\nexit 3\n')
  chmodSync(program, 0o700)
  const data = await hostileData()
  await expect(renderPdf(data, context({'dashboard.browser': program}))).rejects.toMatchObject({code: 'print_failed'})
})

describe.skipIf(browserPath === undefined)('with Chromium', () => {
  let data: DashboardData
  let pdf: Buffer
  beforeAll(async () => {
    data = await sampleData('Revenue Analytics')
    pdf = Buffer.from(await renderPdf(data, context()))
  })

  const pagesOf = async (bytes: Uint8Array) => {
    const {extractText, getDocumentProxy} = await import('unpdf')
    const document = await getDocumentProxy(Uint8Array.from(bytes))
    const {text} = await extractText(document, {mergePages: false})
    return {document, text}
  }

  test('it has every figure, numbered pages, headings of tables on each page they go on to, an outline and tags', async () => {
    const {document, text} = await pagesOf(pdf)
    const all = text.join('\n')
    for (const shown of data.panels) {
      expect(all).toContain(shown.panel.title)
      if ('data' in shown && shown.data.kind === 'figure') {
        expect(all).toContain(quantityText(shown.data.value, shown.data.unit))
      }
    }
    expect(text.length).toBeGreaterThan(2)
    text.forEach((page, index) => expect(page).toContain(`${index + 1} / ${text.length}`))
    const days = text.filter(page => /\b2\d{3}-\d{2}-\d{2}\s+€/.test(page))
    expect(days.length).toBeGreaterThan(1)
    for (const page of days) expect(page).toMatch(/Begins\s+\S/)
    const outline = await document.getOutline()
    expect(JSON.stringify(outline)).toContain('Largest products')
    expect((await document.getMarkInfo())?.Marked).toBe(true)
  })

  test('the same data give the same bytes, dated as the data are', async () => {
    const again = Buffer.from(await renderPdf(data, context()))
    expect(again.equals(pdf)).toBe(true)
    const {document} = await pagesOf(pdf)
    const info = (await document.getMetadata()).info as unknown as {CreationDate: string; Title: string}
    expect(info.CreationDate.slice(2, 10)).toBe(data.period.current.end.slice(0, 10).replaceAll('-', ''))
    expect(info.Title).toBe('Revenue Analytics')
  })

  test('names of elements are numbered in their order, and titles are left alone', () => {
    const printed = (first: string, second: string) =>
      Buffer.from(`/Title (node00000009) /ID (node${first}) /Headers [(node${second}) (node${first})]`)
    const [one, other] = [printed('00000064', '00000007'), printed('00000065', '00000008')].map(each =>
      settled(each, '2026-01-01T00:00:00Z').toString(),
    )
    expect(one).toBe('/Title (node00000009) /ID (node00000002) /Headers [(node00000001) (node00000002)]')
    expect(other).toBe(one)
  })

  test('hostile text is printed as text', async () => {
    const {text} = await pagesOf(await renderPdf(await hostileData(), context()))
    const all = text.join(' ').replaceAll(/\s+/g, '')
    for (const each of hostile.slice(0, 5)) expect(all).toContain(each.replaceAll(/\s+/g, ''))
  })

  test('a cancelled one ends as such', async () => {
    const controller = new AbortController()
    const printing = renderPdf(data, {...context(), signal: controller.signal})
    controller.abort()
    await expect(printing).rejects.toMatchObject({code: 'cancelled'})
  })
})
