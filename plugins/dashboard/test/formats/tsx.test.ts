import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {build} from 'esbuild'
import {describe, expect, test} from 'vitest'
import type {DashboardData} from '../../src/build/dashboard-data.ts'
import {renderPage} from '../../src/render/html/page.ts'
import {renderJson} from '../../src/render/json/render-json.ts'
import {componentName} from '../../src/render/tsx/names.ts'
import {renderTsx} from '../../src/render/tsx/render-tsx.ts'
import {slugOf, templates} from '../../src/templates/index.ts'
import {browserPath, openPage} from '../support/browser.ts'
import {temporaryDirectory} from '../support/data.ts'
import {hostile, hostileData, outlookData, sampleData, withoutData} from '../support/dashboards.ts'
import {typeErrors} from '../support/type-check.ts'

const odd = [
  'Security & Auth',
  '404 “Not found”',
  "O'Brien's `weekly`",
  'Neo4j Graph Insights',
  'Forecast Dashboard',
  '売上',
  'Čas & škoda',
  'Dashboard',
  '${x} {{y}} */ //',
]

/** Components by file, and for each a use of it with its data written out, so that every field is checked. */
async function filesOf(dashboards: readonly DashboardData[]): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {}
  for (const data of dashboards) {
    const name = componentName(data.title)
    const slug = slugOf(data.title)
    files[`${slug}.tsx`] = await renderTsx(data)
    files[`${slug}-use.tsx`] =
      `import {${name}, type DashboardData, route, title} from './${slug}'\n` +
      `const data: DashboardData = ${await renderJson(data)}\n` +
      `export const use = [<${name} />, <${name} loading />, <${name} error={new Error(title)} onRetry={() => undefined} />, <${name} data={data} />]\n` +
      `export const path: string = route\n`
  }
  return files
}

test('every type, and every odd name, compiles strictly against React’s and Recharts’ own types', async () => {
  const [revenue] = templates
  const laidOut = [
    ...templates.map(({name, spec}) => withoutData(name, spec.panels)),
    ...odd.map(title => withoutData(title, revenue!.spec.panels.slice(0, 2))),
  ]
  const files = {
    ...Object.fromEntries(
      await Promise.all(laidOut.map(async data => [`${slugOf(data.title)}.tsx`, await renderTsx(data)] as const)),
    ),
    ...(await filesOf([await sampleData('Revenue Analytics'), await hostileData(), await outlookData()])),
  }
  const wrong = `import {RevenueAnalyticsDashboard} from './revenue-analytics'\nexport const use = <RevenueAnalyticsDashboard data={{title: 1}} />\n`
  const found = await typeErrors(temporaryDirectory(), {...files, 'wrong.tsx': wrong})
  expect(found.split('\n').filter(line => /^\S/.test(line) && !line.startsWith('wrong.tsx'))).toEqual([])
  expect(found).toContain('wrong.tsx')
})

test('names are words of the title, and two titles are two files', () => {
  expect(odd.map(componentName)).toEqual([
    'SecurityAuthDashboard',
    'Page404NotFoundDashboard',
    'OBrienSWeeklyDashboard',
    'Neo4jGraphInsightsDashboard',
    'ForecastDashboard',
    'PageDashboard',
    'CasSkodaDashboard',
    'PageDashboard',
    'XYDashboard',
  ])
  const slugs = odd.map(slugOf)
  expect(new Set(slugs).size).toBe(odd.length)
  for (const slug of slugs) expect(slug).toMatch(/^[a-z0-9][a-z0-9-]*$/)
})

test('the same data give the same bytes, and hostile titles are inside of literals', async () => {
  const data = await hostileData()
  const text = await renderTsx(data)
  expect(text === (await renderTsx(await hostileData()))).toBe(true)
  for (const each of hostile) expect(text).not.toContain(each)
  expect(text).not.toMatch(/[\u2028\u202e]|<\/script/)
})

/** What a component is given, by the part of the address behind `#`. */
const states = `{
  shown: {data},
  loading: {},
  failed: {error: new Error('refused'), onRetry: () => { document.title = 'again' }},
  empty: {data: {...data, panels: []}},
}`

describe.skipIf(browserPath === undefined)('in a browser', () => {
  async function bundled(data: DashboardData): Promise<string> {
    const directory = temporaryDirectory()
    const slug = slugOf(data.title)
    writeFileSync(join(directory, `${slug}.tsx`), await renderTsx(data))
    writeFileSync(join(directory, 'data.json'), await renderJson(data))
    writeFileSync(
      join(directory, 'main.tsx'),
      `import {createRoot} from 'react-dom/client'\nimport Shown from './${slug}'\nimport data from './data.json'\n` +
        `const states: any = ${states}\n` +
        `createRoot(document.getElementById('root')!).render(<Shown {...states[location.hash.slice(1)]} />)\n`,
    )
    await build({
      entryPoints: [join(directory, 'main.tsx')],
      bundle: true,
      outfile: join(directory, 'main.js'),
      jsx: 'automatic',
      nodePaths: [join(import.meta.dirname, '../../../../node_modules')],
      // React's own warnings are errors of the console then.
      define: {'process.env.NODE_ENV': '"development"'},
      logLevel: 'silent',
    })
    writeFileSync(
      join(directory, 'index.html'),
      '<!doctype html><meta charset="utf-8"><title>T</title><div id="root"></div><script src="main.js"></script>',
    )
    return pathToFileURL(join(directory, 'index.html')).href
  }

  const drawn = async (url: string, state: string) => {
    const opened = await openPage({viewport: {width: 1280, height: 900}})
    await opened.page.goto(`${url}#${state}`)
    await opened.page.waitForSelector('h1')
    return opened
  }

  test.each([
    ['Revenue Analytics', () => sampleData('Revenue Analytics')],
    ['what is to come', outlookData],
  ])('%s is drawn with the figures and tables of its page, and complains of nothing', async (_name, read) => {
    const data = await read()
    const {page, complaints, requests} = await drawn(await bundled(data), 'shown')
    const html = await openPage({javaScriptEnabled: false})
    await html.page.setContent(await renderPage(data))
    for (const {panel} of data.panels) {
      const [cells, expected] = await Promise.all(
        [page.locator(`[id="${panel.id}"] td`), html.page.locator(`[id="${panel.id}"] details td`)].map(each =>
          each.allTextContents(),
        ),
      )
      expect([panel.id, cells]).toEqual([panel.id, expected])
      if (panel.kind === 'figure') {
        expect(await page.textContent(`#${panel.id} .omni-value`)).toBe(
          await html.page.textContent(`#${panel.id} .value`),
        )
      } else {
        expect(await page.locator(`#${panel.id} svg.recharts-surface path`).count()).toBeGreaterThan(1)
      }
    }
    expect(complaints).toEqual([])
    expect(requests.every(url => url.startsWith('file:'))).toBe(true)
    await html.page.close()
    await page.close()
  })

  test('on its way, failed and empty are told, a failure can be tried again, and hostile text is text', async () => {
    const url = await bundled(await hostileData())
    const loading = await drawn(url, 'loading')
    expect(await loading.page.getByRole('status').textContent()).toContain('Loading')
    const failed = await drawn(url, 'failed')
    expect(await failed.page.getByRole('alert').textContent()).toContain('refused')
    await failed.page.getByRole('button').click()
    expect(await failed.page.title()).toBe('again')
    const empty = await drawn(url, 'empty')
    expect(await empty.page.getByRole('status').textContent()).toBe('There are no data for this.')
    const shown = await drawn(url, 'shown')
    expect(await shown.page.textContent('h1')).toBe(hostile[0])
    expect(await shown.page.locator('#matrix .omni-matrix th[scope=row]').allTextContents()).toHaveLength(
      hostile.length,
    )
    expect(await shown.page.locator('#funnel svg.recharts-surface path').count()).toBeGreaterThan(0)
    expect(await shown.page.locator('#parts td').allTextContents()).toEqual(expect.arrayContaining([...hostile]))
    for (const each of [loading, failed, empty, shown]) {
      expect(each.complaints).toEqual([])
      await each.page.close()
    }
  })
})
