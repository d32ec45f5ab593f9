import fc from 'fast-check'
import {expect, test} from 'vitest'
import {compareDashboards} from '../../src/compare/compare-dashboards.ts'
import {difference, relativeDifference} from '../../src/compare/decimal.ts'
import {readShownDashboard} from '../../src/compare/read-shown-dashboard.ts'
import {renderPage} from '../../src/render/html/page.ts'
import {dataOf, type DashboardDocument, documentOf} from '../../src/render/json/dashboard-document.ts'
import {hostileData, outlookData, sampleData} from '../support/dashboards.ts'

const read = (document: DashboardDocument) => readShownDashboard(JSON.stringify(document), 'x.json')

test('a page and the JSON of one moment do not differ, whatever their texts hold', async () => {
  for (const data of [await hostileData(), await outlookData(), await sampleData('Revenue Analytics')]) {
    const document = documentOf(data)
    const page = readShownDashboard(await renderPage(data), 'x.html')
    expect(page.panels.map(({id}) => id).toSorted()).toEqual(data.panels.map(({panel}) => panel.id).toSorted())
    expect(compareDashboards(page, {...read(document), spec: undefined})).toEqual([])
    expect(compareDashboards(read(document), read(structuredClone(document)))).toEqual([])
  }
})

test('what changed is told: definition, figure, point, panels that came and went', async () => {
  const before = documentOf(await hostileData())
  const after = structuredClone(before)
  const [figure, trend, parts, , , absent] = after.panels
  if (figure?.status !== 'shown' || figure.data.kind !== 'figure') throw new Error('no figure')
  if (trend?.status !== 'shown' || trend.data.kind !== 'trend') throw new Error('no trend')
  figure.data.value = '9007199254740993.5'
  trend.data.series[0]!.values[0] = null
  after.spec.panels[2] = {...after.spec.panels[2]!, title: 'Renamed', top: 3} as never
  parts!.panel = {...parts!.panel, title: 'Renamed'} as never
  after.panels = [
    figure,
    trend,
    parts!,
    ...after.panels.slice(3, 5),
    {...absent!, panel: {...absent!.panel, id: 'other'}},
  ]
  const changes = compareDashboards(read(before), read(after))
  const title = trend.data.series[0]!.title
  expect(changes).toMatchObject([
    {kind: 'spec', panel: 'parts', name: 'top', before: '8', after: '3'},
    {
      kind: 'figure',
      panel: 'figure',
      before: '1.5',
      after: '9007199254740993.5',
      absolute: '9007199254740992',
      relative: '6004800000000000',
    },
    {kind: 'point', panel: 'trend', name: expect.stringContaining(title.slice(1, 9)), at: '2026-01-01', after: null},
    {kind: 'spec', panel: 'parts', name: 'title', after: 'Renamed'},
    {kind: 'panel', panel: 'other', before: null},
    {kind: 'panel', panel: 'absent', after: null},
  ])
})

test('a file that is neither is told as such', () => {
  expect(() => readShownDashboard('<p>Hello</p>', 'x.html')).toThrow('x.html is no dashboard')
})

test('differences of decimals are exact', () => {
  const decimal = fc
    .tuple(fc.bigInt({min: -(10n ** 20n), max: 10n ** 20n}), fc.integer({min: 0, max: 9}))
    .map(([units, scale]) => ({units, scale, text: textOf(units, scale)}))
  fc.assert(
    fc.property(decimal, decimal, (one, other) => {
      const units = one.units * 10n ** BigInt(9 - one.scale) - other.units * 10n ** BigInt(9 - other.scale)
      expect(difference(one.text, other.text)).toBe(textOf(units, 9).replace(/\.?0+$/, '') || '0')
    }),
  )
  expect([relativeDifference('3', '2'), relativeDifference('1', '0'), relativeDifference('-1', '-2')]).toEqual([
    '0.5',
    null,
    '0.5',
  ])
})

function textOf(units: bigint, scale: number): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0')
  const fraction = scale === 0 ? '' : `.${digits.slice(-scale)}`
  return `${units < 0n ? '-' : ''}${digits.slice(0, digits.length - scale)}${fraction}`
}

test('a document that was read is the one that was written', async () => {
  const document = documentOf(await hostileData())
  expect(documentOf(dataOf(structuredClone(document)))).toEqual(document)
})
