import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {describe, expect, test} from 'vitest'
import {type DashboardData} from '../../src/build/dashboard-data.ts'
import {quantityText} from '../../src/render/quantity-text.ts'
import {renderInteractive} from '../../src/render/interactive/render-interactive.ts'
import {browserPath, openPage} from '../support/browser.ts'
import {temporaryDirectory} from '../support/data.ts'
import {hostile, hostileData, outlookData, sampleData} from '../support/dashboards.ts'

test('the same data give the same bytes, and nothing of the data is script', async () => {
  const [one, again] = [await renderInteractive(await hostileData()), await renderInteractive(await hostileData())]
  expect(one === again).toBe(true)
  const scripts = [...one.matchAll(/<script[^>]*>/g)].map(([tag]) => tag)
  expect(scripts).toEqual(['<script type="application/json" id="dashboard-charts">', '<script>', '<script>'])
  const [policy] = /default-src 'none'[^"]*/.exec(one) ?? ['']
  expect(policy.replaceAll('&#39;', "'")).not.toMatch(/unsafe|https?:|\*|data:/)
  expect(one.length).toBeLessThan(1_000_000)
})

describe.skipIf(browserPath === undefined)('in a browser', () => {
  const opened = async (data: DashboardData, javaScriptEnabled = true) => {
    const file = join(temporaryDirectory(), 'page.html')
    writeFileSync(file, await renderInteractive(data))
    const shown = await openPage({viewport: {width: 1280, height: 900}, javaScriptEnabled})
    await shown.page.goto(pathToFileURL(file).href)
    return shown
  }

  test('a step is told with its exact digits when it is pointed at, and a series can be hidden by keyboard', async () => {
    const data = await sampleData('Revenue Analytics')
    const {page, complaints, requests} = await opened(data)
    const chart = page.locator('#revenue-by-day .interactive')
    await chart.locator('canvas').waitFor()
    expect(await page.locator('#revenue-by-day .chart.wide').isVisible()).toBe(false)
    const box = (await chart.boundingBox())!
    await chart.hover({position: {x: box.width / 2, y: box.height / 2}})
    const told = chart.locator('strong')
    await told.waitFor()
    const tip = (await told.locator('..').textContent())!
    const shown = data.panels.find(({panel}) => panel.id === 'revenue-by-day')!
    if (!('data' in shown) || shown.data.kind !== 'trend') throw new Error('no trend')
    const [series] = shown.data.series
    expect(series!.values.some(value => tip.includes(`Revenue: ${quantityText(value, series!.unit)}`))).toBe(true)
    const picture = () =>
      chart.locator('canvas').evaluate(canvas => (canvas as unknown as {toDataURL(): string}).toDataURL())
    await page.mouse.move(0, 0)
    const button = page.locator('#revenue-by-day .legend button').first()
    await expect.poll(() => told.count().then(async count => count === 0 || !(await told.isVisible()))).toBe(true)
    const before = await picture()
    await button.focus()
    await page.keyboard.press('Enter')
    expect(await button.getAttribute('aria-pressed')).toBe('false')
    await expect.poll(picture).not.toBe(before)
    expect(await page.locator('.additions').textContent()).toContain('nothing on this page filters')
    expect(complaints).toEqual([])
    expect(requests).toHaveLength(1)
    await page.close()
  })

  test('hostile text is text, forecasts are drawn, and the policy has nothing to complain of', async () => {
    for (const data of [await hostileData(), await outlookData()]) {
      const {page, complaints} = await opened(data)
      await page.locator('.interactive canvas').first().waitFor()
      for (const chart of await page.locator('.interactive').all()) {
        const box = (await chart.boundingBox())!
        await chart.hover({position: {x: box.width * 0.6, y: box.height * 0.5}})
        await chart.locator('strong').waitFor()
      }
      const texts = (await page.locator('.interactive').allTextContents()).join('\n')
      if (data.title === hostile[0]) expect(hostile.some(each => texts.includes(each))).toBe(true)
      expect(complaints).toEqual([])
      await page.close()
    }
  })

  test('without a script the pictures and tables are there, and on paper too', async () => {
    const data = await sampleData('Revenue Analytics')
    const without = await opened(data, false)
    expect(await without.page.locator('#revenue-by-day .chart.wide svg').isVisible()).toBe(true)
    expect(await without.page.locator('.interactive').count()).toBe(0)
    await without.page.close()
    const {page} = await opened(data)
    await page.locator('.interactive canvas').first().waitFor()
    await page.emulateMedia({media: 'print'})
    expect(await page.locator('#revenue-by-day .chart.wide svg').isVisible()).toBe(true)
    expect(await page.locator('#revenue-by-day .interactive').isVisible()).toBe(false)
    await page.close()
  })
})
