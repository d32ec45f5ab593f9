import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {type Browser, chromium} from 'playwright-core'
import {beforeAll, describe, expect, test} from 'vitest'
import {type BuildRequest, outcomeOf, readDashboard} from '../src/build/dashboard-data.ts'
import {outputDirectory} from '../src/build/output-directory.ts'
import type {DataSession} from '../src/data/data-session.ts'
import {renderPage} from '../src/render/html/page.ts'
import {panelCsv} from '../src/render/panel-table.ts'
import {openSample} from '../src/sample/open-sample.ts'
import {bindTemplate} from '../src/templates/bind-template.ts'
import {slugOf, templateNamed, templates} from '../src/templates/index.ts'
import {sessionOn, signal, temporaryDirectory} from './support/data.ts'

async function page(request: BuildRequest, session: DataSession) {
  const data = await readDashboard(request, session)
  return {html: await renderPage(data), panels: data.panels.map(outcomeOf)}
}

async function sample(name: string, seed = 1) {
  const template = templateNamed(name)
  await using session = await openSample(template, seed, signal)
  const {spec, catalogue} = template
  return await page({spec, catalogue, missing: [], source: undefined, zone: 'Europe/Ljubljana'}, session)
}

async function revenueOf(csv: string, where: object[] = []) {
  const session = await sessionOn({'sales.csv': csv})
  const template = templateNamed('Revenue Analytics')
  const {catalogue, missing} = await bindTemplate(template, await session.schema(), session)
  const spec = {...template.spec, filters: where as never}
  return await page({spec, catalogue, missing, source: 'sales.csv', zone: 'UTC'}, session)
}

test('the same data give the same bytes, and another seed others', async () => {
  const [one, again, other] = [
    await sample('Revenue Analytics'),
    await sample('Revenue Analytics'),
    await sample('Revenue Analytics', 2),
  ]
  expect(one.html === again.html).toBe(true)
  expect(one.html === other.html).toBe(false)
  expect(one.html).toContain('Sample data: nothing here happened')
})

test('what the data lack is said, and the rest is shown', async () => {
  const {panels, html} = await revenueOf('date,region,total\n2026-01-01,North,10.5\n2026-01-02,South,20\n')
  const status = Object.fromEntries(panels.map(({id, status: each}) => [id, each]))
  expect(status).toMatchObject({
    revenue: 'shown',
    'revenue-by-day': 'partial',
    'revenue-by-region': 'shown',
    orders: 'not_shown',
  })
  expect(panels.find(({id}) => id === 'orders')!.reason).toContain('order_id')
  expect(html).toContain('What these data do not tell')
  expect(html).toContain('needs a column of sales such as refunded_amount')
  expect(html).not.toContain('Sample data')
})

test('repeated order numbers are no orders: they are lines, and the number of orders is not made up', async () => {
  const {panels} = await revenueOf('order_id,date,total\n7,2026-01-01,10\n7,2026-01-01,5\n')
  expect(panels.find(({id}) => id === 'orders')).toMatchObject({
    status: 'not_shown',
    reason: expect.stringContaining('tell each row'),
  })
  expect(panels.find(({id}) => id === 'revenue')).toMatchObject({status: 'shown'})
})

test('a panel that fails leaves the others: money in two currencies', async () => {
  const {panels, html} = await revenueOf(
    'order_id,date,total,currency,region\n1,2026-01-01,10,EUR,North\n2,2026-01-01,5,USD,North\n',
  )
  expect(panels.find(({id}) => id === 'revenue')).toMatchObject({
    status: 'not_shown',
    reason: expect.stringContaining('EUR and USD'),
  })
  expect(panels.find(({id}) => id === 'orders')).toMatchObject({status: 'shown'})
  expect(html).toContain('EUR and USD')
})

test('what stands in data is text: in the page, in its table and in its CSV', async () => {
  const evil = [
    '</script><script>alert(1)</script>',
    '=HYPERLINK("http://evil.example","x")',
    "' onload='alert(1)",
    '-2+3',
    '日本 č',
  ]
  const rows = evil.map((region, index) => `${index},2026-01-01,${index + 1},"${region.replaceAll('"', '""')}"`)
  const {html} = await revenueOf(`order_id,date,total,region\n${rows.join('\n')}\n`)
  expect(html).not.toContain('<script')
  expect(html).not.toContain("onload='")
  const csvs = [...html.matchAll(/base64,([A-Za-z0-9+/=]+)"/g)].map(([, text]) =>
    Buffer.from(text!, 'base64').toString('utf8'),
  )
  const regions = csvs.find(text => text.includes('HYPERLINK'))!
  expect(regions.startsWith('\ufeff')).toBe(true)
  expect(regions).toContain(`"'=HYPERLINK(""http://evil.example"",""x"")"`)
  expect(regions).toContain("'-2+3")
  expect(regions).toContain('日本 č')
})

test('a key figure is the same in its tile, its table and its CSV', async () => {
  const {html} = await sample('Revenue Analytics')
  const tile =
    /<section id="revenue"[\s\S]*?<p class="value">([^<]+)<\/p>[\s\S]*?<td class="number">([^<]+)<\/td>[\s\S]*?base64,([A-Za-z0-9+/=]+)"/.exec(
      html,
    )!
  const [, value, cell, csv] = tile
  expect(cell).toBe(value)
  const [, line] = Buffer.from(csv!, 'base64').toString('utf8').split('\r\n')
  expect(Number(line!.split(',')[1])).toBe(Number(value!.replaceAll(/[€,]/g, '')))
})

test('a CSV gives exact digits, and nothing for what is not known', () => {
  const column = {numeric: true}
  const table = {
    columns: [
      {title: '=A', ...column},
      {title: 'B', ...column},
    ],
    rows: [
      [
        {text: '1.2k', raw: '1234.567891'},
        {text: 'no data', raw: ''},
      ],
    ],
  }
  expect(panelCsv(table)).toBe("\ufeff'=A,B\r\n1234.567891,\r\n")
})

test('a directory of pages cannot be left, by no link and at no step', async () => {
  const base = join(temporaryDirectory(), 'dashboards', 'acme')
  const elsewhere = temporaryDirectory()
  expect(await outputDirectory(base, 'weekly/north')).toMatch(/weekly.north$/)
  mkdirSync(join(base, 'inside'), {recursive: true})
  symlinkSync(elsewhere, join(base, 'outside'))
  symlinkSync(elsewhere, join(base, 'inside', 'outside'))
  await expect(outputDirectory(base, 'outside')).rejects.toMatchObject({code: 'outside_dashboards'})
  await expect(outputDirectory(base, 'inside/outside/deeper')).rejects.toMatchObject({code: 'outside_dashboards'})
  await expect(outputDirectory(base, '../..')).rejects.toMatchObject({code: 'outside_dashboards'})
  expect(existsSync(join(elsewhere, 'deeper'))).toBe(false)
})

const browser = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
if (browser === undefined) process.stdout.write('Skipped: dashboards in a browser, because no Chromium is installed\n')

describe.skipIf(browser === undefined)('in a browser', () => {
  let directory: string
  let chrome: Browser
  beforeAll(async () => {
    chrome = await chromium.launch({executablePath: browser!, args: ['--no-sandbox']})
    directory = mkdtempSync(join(tmpdir(), 'omni-pages-'))
    return async () => {
      await chrome.close()
      rmSync(directory, {recursive: true, force: true})
    }
  })

  /** The address of a type's page. */
  async function pageOf(name: string): Promise<string> {
    const file = join(directory, `${slugOf(name)}.html`)
    if (!existsSync(file)) writeFileSync(file, (await sample(name)).html)
    return pathToFileURL(file).href
  }

  // Several at once: while one is looked at by axe in its own process, another is drawn in this one.
  test.concurrent.each(templates.map(({name}) => name))(
    '%s: at every width nothing overflows or overlaps, axe finds nothing serious, nothing is asked for',
    async name => {
      const url = await pageOf(name)
      // A page without a script is at every size as if it had been opened there.
      const page = await chrome.newPage()
      const complaints: string[] = []
      const requests: string[] = []
      page.on('console', message => void (message.type() === 'error' && complaints.push(message.text())))
      page.on('pageerror', error => void complaints.push(error.message))
      page.on('request', request => void requests.push(request.url()))
      await page.goto(url)
      for (const [width, colorScheme] of sizes) {
        await page.setViewportSize({width, height: 900})
        await page.emulateMedia({colorScheme})
        expect([width, await page.evaluate(layoutProblems)]).toEqual([width, []])
      }
      expect([requests, complaints]).toEqual([[url], []])
      await page.evaluate(axe)
      for (const [width, colorScheme] of sizes) {
        await page.setViewportSize({width, height: 900})
        await page.emulateMedia({colorScheme})
        expect([width, await page.evaluate(violations)]).toEqual([width, []])
      }
      expect([requests, complaints]).toEqual([[url], []])
      await page.close()
    },
  )

  test('on paper no chart is drawn twice, it is light, and how each number is made is open', async () => {
    const page = await chrome.newPage({viewport: {width: 1280, height: 900}, colorScheme: 'dark'})
    await page.goto(await pageOf('Revenue Analytics'))
    await page.emulateMedia({media: 'print', colorScheme: 'dark'})
    expect(await page.locator('#revenue-by-day .narrow').isVisible()).toBe(false)
    expect(await page.locator('#revenue-by-day .wide').isVisible()).toBe(true)
    expect((await page.locator('#definitions table').boundingBox())!.height).toBeGreaterThan(100)
    expect(await page.evaluate('getComputedStyle(document.querySelector("section")).backgroundColor')).toBe(
      'rgb(255, 255, 255)',
    )
    await page.close()
  })

  test('by keyboard alone, a table is opened and its CSV saved', async () => {
    const page = await chrome.newPage()
    await page.goto(await pageOf('Revenue Analytics'))
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await page.locator('#revenue table').isVisible()).toBe(true)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    const download = page.waitForEvent('download')
    await page.keyboard.press('Enter')
    const file = await download
    expect(file.suggestedFilename()).toBe('revenue.csv')
    expect(readFileSync(await file.path(), 'utf8')).toMatch(/^\ufeffDays,Revenue\r\n/)
    await page.close()
  })
})

const sizes = [
  [390, 'light'],
  [1280, 'dark'],
  [1920, 'light'],
] as const

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** In the page: only what is asked for is described, which is most of what axe takes its time for. */
const violations = `axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations']})
  .then(({violations}) => violations.map(({id, impact, nodes}) => [id, impact, nodes.map(node => node.html + node.failureSummary)]))`

/** In the page: what sticks out of the screen or of its box, and texts of a chart that lie over each other. */
const layoutProblems = `(() => {
  const problems = []
  const root = document.documentElement
  if (root.scrollWidth > root.clientWidth) problems.push('the page is wider than the screen')
  for (const box of document.querySelectorAll('section, h1, h2, p, li, .bar-list, .bar-list th, .bar-list td')) {
    if (box.scrollWidth > box.clientWidth + 1 && box.clientWidth > 0) problems.push('overflow: ' + box.textContent.slice(0, 60))
  }
  for (const svg of document.querySelectorAll('.chart svg')) {
    if (svg.getBoundingClientRect().width === 0) continue
    const texts = [...svg.querySelectorAll('text')].filter(each => each.textContent.trim() !== '').map(each => [each.textContent, each.getBoundingClientRect()])
    const frame = svg.closest('section').getBoundingClientRect()
    for (const [text, box] of texts) if (box.left < frame.left - 1 || box.right > frame.right + 1) problems.push('outside: ' + text)
    texts.forEach(([one, a], index) => texts.slice(index + 1).forEach(([other, b]) => {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left)
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
      if (wide > 1 && high > 3) problems.push('overlap: ' + one + ' / ' + other)
    }))
  }
  return problems
})()`
