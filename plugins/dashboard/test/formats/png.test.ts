import {beforeAll, expect, test} from 'vitest'
import type {DashboardData} from '../../src/build/dashboard-data.ts'
import {lightColours} from '../../src/render/html/style.ts'
import {fontOptions} from '../../src/render/png/font-file.ts'
import {renderPng} from '../../src/render/png/render-png.ts'
import {sheetSvg} from '../../src/render/png/sheet.ts'
import {TextRuler} from '../../src/render/png/text-ruler.ts'
import {possibleXml} from '../../src/render/png/xml-text.ts'
import {hostileData, outlookData, sampleData} from '../support/dashboards.ts'

const library = await import('@resvg/resvg-js')
const ruler = new TextRuler(library)
let revenue: DashboardData
beforeAll(async () => {
  revenue = await sampleData('Revenue Analytics')
})

/** Width and height of a PNG stand in its first chunk (ISO/IEC 15948, 11.2.1). */
const sizeOf = (png: Uint8Array) => {
  const view = new DataView(png.buffer, png.byteOffset)
  return {width: view.getUint32(16), height: view.getUint32(20)}
}

test('the same data give the same picture, of which nothing is out of sight', async () => {
  const [one, again] = [await renderPng(revenue), await renderPng(revenue)]
  expect(Buffer.from(one).equals(Buffer.from(again))).toBe(true)
  expect(Buffer.from(one.subarray(1, 4)).toString()).toBe('PNG')
  const {width, height} = sizeOf(one)
  expect(width).toBe(2800)
  expect(height).toBeGreaterThan(2000)
})

test.each([
  ['Revenue Analytics', async () => revenue],
  ['hostile', hostileData],
  ['what is to come', outlookData],
])('%s: nothing sticks out of the sheet, and every colour is one', async (_name, read) => {
  const data = await read()
  const svg = possibleXml(await sheetSvg(data, ruler))
  const names = [...svg.matchAll(/var\((--[a-z0-9-]+)\)/g)].map(([, variable]) => variable!)
  expect([...new Set(names)].filter(each => !lightColours.has(each))).toEqual([])
  const box = new library.Resvg(svg, {font: fontOptions()}).getBBox()!
  expect([box.x, box.y]).toEqual([0, 0])
  expect(box.width).toBeLessThanOrEqual(1400.5)
})

test('hostile text is text', async () => {
  const evil = await hostileData()
  const svg = await sheetSvg(evil, ruler)
  expect(svg).not.toMatch(/<script|onload='|&lt;b&gt;<\/script/i)
  expect(svg).toContain('&lt;/script&gt;&lt;script&gt;')
  expect((await renderPng({...evil, title: 'a\u0000b\ud800c\ufffe'})).length).toBeGreaterThan(1000)
})

test('lines are no wider than their room, and no word of them is lost', () => {
  const words = ['W'.repeat(200), 'short', '日本', 'm'.repeat(60), 'and more'].join(' ')
  const lines = ruler.lines(words, 16, true, 300)
  for (const line of lines) expect(ruler.width(line, 16, true)).toBeLessThanOrEqual(301)
  expect(lines.join('').replaceAll(' ', '')).toBe(words.replaceAll(' ', ''))
})

test('what is drawn is drawn: a figure’s pixels differ with its digits', async () => {
  const figures = (value: string): DashboardData => ({
    ...revenue,
    panels: revenue.panels
      .slice(0, 1)
      .map(each => ('data' in each && each.data.kind === 'figure' ? {...each, data: {...each.data, value}} : each)),
  })
  const [one, other] = [await renderPng(figures('1111')), await renderPng(figures('8888'))]
  expect(Buffer.from(one).equals(Buffer.from(other))).toBe(false)
})
